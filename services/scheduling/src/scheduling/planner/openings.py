"""Sets of days as bits, sixty-four to a word: cheap to intersect, cheap to ask for the first and the last."""

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.planner.model import Bits, Flags, Ints

WORD = 64


def pack(days: Flags) -> Bits:
    """Rows of day flags as rows of bits."""
    rows, width = days.shape
    padded = np.zeros((rows, -(-width // WORD) * WORD), np.bool_)
    padded[:, :width] = days
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def unpack(bits: Bits, width: int) -> Flags:
    """The day flags of rows of bits."""
    as_bytes = np.ascontiguousarray(bits.astype("<u8")).view(np.uint8)
    return np.unpackbits(as_bytes, axis=1, bitorder="little")[:, :width].astype(np.bool_)


@compiled
def is_open(bits: Bits, day: int) -> bool:
    """Whether a day is in the set."""
    return (bits[day >> 6] >> np.uint64(day & 63)) & np.uint64(1) != np.uint64(0)


@compiled
def first_open(bits: Bits, start: int, end: int) -> int:
    """The first day of the set from `start` on; `end` where there is none before it."""
    for day in range(start, end):
        if is_open(bits, day):
            return day
    return end


@compiled
def last_open(bits: Bits, start: int) -> int:
    """The last day of the set up to `start`; -1 where there is none."""
    for day in range(start, -1, -1):
        if is_open(bits, day):
            return day
    return -1


@compiled
def fitting(bits: Bits, following: Ints, visits: Ints, start: int, end: int) -> Ints:
    """For every row, how many of the visits fit into its days from `start` on and before `end`, the spacing kept."""
    found = np.zeros(len(visits), np.int64)
    for row in range(len(visits)):
        day = first_open(bits[row], start, end)
        while found[row] < visits[row] and day < end:
            found[row] += 1
            day = first_open(bits[row], following[day], end)
    return found


def holds_each(bits: Bits, following: Ints, visits: Ints) -> Flags:
    """For every row, whether all its visits fit."""
    return fitting(bits, following, visits, 0, len(following)) >= visits

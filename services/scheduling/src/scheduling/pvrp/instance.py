"""A periodic instance as Cordeau's files state it: type 1, with visit combinations, capacity and duration."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

PERIODIC = 1


class NotPeriodicError(ValueError):
    """The file is no periodic instance, or breaks its format."""


@dataclass(frozen=True)
class Instance:
    """Customers 1..n and the depot 0; `choices[c]` are the sets of days on which customer c may be visited."""

    name: str
    vehicles: int
    place: Reals
    service: Reals
    demand: Reals
    choices: tuple[Flags, ...]
    duration: Reals
    capacity: Reals

    @property
    def customers(self) -> int:
        return len(self.place) - 1

    @property
    def days(self) -> int:
        return len(self.capacity)

    @property
    def distance(self) -> Reals:
        return np.hypot(*(self.place[:, None, :] - self.place[None, :, :]).transpose(2, 0, 1))


def read(path: Path) -> Instance:
    """Reads a file; NotPeriodicError says what is wrong with which line."""
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    except UnicodeDecodeError as fault:
        raise NotPeriodicError(f"{path.name} is no text, see byte {fault.start + 1}. Name a Cordeau file.") from fault
    try:
        kind, vehicles, _, days = (int(cell) for cell in lines[0][:4])
    except (IndexError, ValueError) as fault:
        raise NotPeriodicError(f"{path.name}, line 1: not `type m n t` ({fault})") from fault
    if kind != PERIODIC:
        raise NotPeriodicError(f"{path.name}: type {kind}, and only type 1 (PVRP) is periodic")
    limits = np.array([_row(lines, i + 1, 2)[:2] for i in range(days)])
    # The n of the header is not asked: in the oldest files it counts the depot as well.
    places = [_row(lines, i, 7) for i in range(days + 1, len(lines))]
    columns = np.array([row[:5] for row in places])
    if len(places) < 2 or not np.array_equal(columns[:, 0], np.arange(len(places))):
        raise NotPeriodicError(f"{path.name}: customers are not numbered from the depot 0 on")
    choices = tuple(_choices(path, row, days) for row in places)
    return Instance(
        name=path.stem,
        vehicles=vehicles,
        place=columns[:, 1:3],
        service=columns[:, 3],
        demand=columns[:, 4],
        choices=choices,
        duration=np.where(limits[:, 0] > 0, limits[:, 0], np.inf),
        capacity=np.where(limits[:, 1] > 0, limits[:, 1], np.inf),
    )


def _row(lines: list[list[str]], at: int, least: int) -> list[float]:
    try:
        cells = [float(cell) for cell in lines[at]]
    except (IndexError, ValueError) as fault:
        raise NotPeriodicError(f"line {at + 1}: {fault}") from fault
    if len(cells) < least:
        raise NotPeriodicError(f"line {at + 1}: {len(cells)} numbers, at least {least} expected")
    return cells


def _choices(path: Path, row: list[float], days: int) -> Flags:
    """Day flags of each visit combination: in a 5-day period 10 is 01010, days 2 and 4."""
    visits, count, masks = int(row[5]), int(row[6]), np.array(row[7:], dtype=np.int64)
    customer = f"{path.name}, customer {int(row[0])}"
    if len(masks) < count:
        raise NotPeriodicError(f"{customer}: {count} combinations are promised and {len(masks)} given")
    if visits and not count:
        raise NotPeriodicError(f"{customer}: {visits} visits and no combination of days for them")
    choices = (masks[:count, None] >> np.arange(days - 1, -1, -1)[None, :]) & 1 == 1
    for mask, chosen in zip(masks, choices, strict=False):
        if not 0 <= mask < 2**days or chosen.sum() != visits:
            raise NotPeriodicError(f"{customer}: combination {mask} is not {visits} of {days} days")
    return choices

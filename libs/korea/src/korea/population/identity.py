"""Who is who in a synthetic population: ids that follow from seed and number, and numbers and names that no one has."""

import hashlib
from uuid import UUID, uuid5

import numpy as np

from korea.population.columns import Places, Texts, text_of, texts

SYNTHETIC = UUID("5f0c7c1e-93c4-5e0b-8a39-2d1f5b6a7e10")  # namespace of every made-up id
MARK = "합성"
"""Stands in every made-up name: 'synthetic'."""
# Tax offices are numbered from 101, so that no real business number begins with 0; 8 digits are left to count with.
BUSINESS_NUMBERS = 10**8
SCATTERING = 61_803_399  # shares no factor with 10^8: different numbers stay different
CHECK_WEIGHTS = np.array([1, 3, 7, 1, 3, 7, 1, 3, 5])


def uuid_of(seed: int, kind: str, number: int) -> UUID:
    """The id of one made-up thing."""
    return uuid5(SYNTHETIC, f"{seed}:{kind}:{number}")


def uuids_of(seed: int, kind: str, numbers: int) -> Texts:
    """The ids of things 1, 2, ... as text: the same as `uuid_of`, a few times faster."""
    start = hashlib.sha1(SYNTHETIC.bytes + f"{seed}:{kind}:".encode(), usedforsecurity=False)
    found = bytearray()
    for number in range(1, numbers + 1):
        one = start.copy()
        one.update(b"%d" % number)
        found += one.digest()[:16]
    octets = np.frombuffer(found, dtype=np.uint8).reshape(-1, 16).copy()
    octets[:, 6] = octets[:, 6] & 0x0F | 0x50
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    digits = octets.tobytes().hex()
    return texts([_dashed(digits[at : at + 32]) for at in range(0, len(digits), 32)])


def business_numbers(seed: int, numbers: int, first: int = 1) -> Texts:
    """Ten digits as `012-34-56789` with a right check digit, in a range that no tax office gives out."""
    serial = (np.arange(first, first + numbers, dtype=np.int64) * SCATTERING + seed) % BUSINESS_NUMBERS
    digits = np.stack([serial // 10**place % 10 for place in range(8, -1, -1)])
    numbered = np.vstack([digits, check_digit(digits)]).astype(np.uint8) + ord("0")
    dash = np.full(numbers, ord("-"), dtype=np.uint8)
    written = np.vstack([numbered[:3], dash, numbered[3:5], dash, numbered[5:]])
    return text_of(np.ascontiguousarray(written.T).view("S12").ravel())


def check_digit(digits: Places) -> Places:
    """The tenth digit of business registration numbers, from the first nine (first axis)."""
    total = np.tensordot(CHECK_WEIGHTS, digits, axes=1) + digits[8] * 5 // 10
    return (10 - total % 10) % 10


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

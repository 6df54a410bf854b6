"""Kilometres: a flat map of Korea, and the exact length of a manager's short day."""

import math

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.planner.model import Ints, Reals

ROAD = 1.3
"""Road kilometres for each straight one, as measured on Korean roads between small places."""
_MIDDLE = (36.3, 127.8)
_KM_A_DEGREE = (110.9, 111.32 * float(np.cos(np.radians(_MIDDLE[0]))))


def on_the_map(latitude: Reals, longitude: Reals) -> Reals:
    """Kilometres east and north of the country's middle."""
    return np.column_stack([(longitude - _MIDDLE[1]) * _KM_A_DEGREE[1], (latitude - _MIDDLE[0]) * _KM_A_DEGREE[0]])


def on_the_globe(place: Reals) -> tuple[Reals, Reals]:
    """Latitude and longitude of places on the map."""
    return place[:, 1] / _KM_A_DEGREE[0] + _MIDDLE[0], place[:, 0] / _KM_A_DEGREE[1] + _MIDDLE[1]


@compiled
def apart(here: Reals, there: Reals) -> float:
    """Straight kilometres between two places."""
    east, north = here[0] - there[0], here[1] - there[1]
    return (east * east + north * north) ** 0.5


@compiled
def leg(place: Reals, here: int, there: int) -> float:
    """Straight kilometres between two rows."""
    east, north = place[here, 0] - place[there, 0], place[here, 1] - place[there, 1]
    return math.sqrt(east * east + north * north)


@compiled
def stem(place: Reals, base: Reals, there: int) -> float:
    """Straight kilometres from the base to a row."""
    east, north = base[0] - place[there, 0], base[1] - place[there, 1]
    return math.sqrt(east * east + north * north)


@compiled
def tour(place: Reals, base: Reals, stops: Ints, count: int) -> float:
    """The shortest round from the base through the first `count` stops: exact up to four, then nearly."""
    if count == 0:
        return 0.0
    if count == 1:
        return 2 * stem(place, base, stops[0])
    if count == 2:
        return stem(place, base, stops[0]) + leg(place, stops[0], stops[1]) + stem(place, base, stops[1])
    if count == 3:
        return _tour_of_three(place, base, stops)
    if count == 4:
        return _tour_of_four(place, base, stops)
    return _tour_of_many(place, base, stops, count)


@compiled
def _tour_of_three(place: Reals, base: Reals, stops: Ints) -> float:
    a, b, c = stops[0], stops[1], stops[2]
    oa, ob, oc = stem(place, base, a), stem(place, base, b), stem(place, base, c)
    ab, ac, bc = leg(place, a, b), leg(place, a, c), leg(place, b, c)
    return min(oa + ab + bc + oc, ob + ab + ac + oc, oa + ac + bc + ob)


@compiled
def _tour_of_four(place: Reals, base: Reals, stops: Ints) -> float:
    a, b, c, d = stops[0], stops[1], stops[2], stops[3]
    oa, ob, oc, od = stem(place, base, a), stem(place, base, b), stem(place, base, c), stem(place, base, d)
    ab, ac, ad = leg(place, a, b), leg(place, a, c), leg(place, a, d)
    bc, bd, cd = leg(place, b, c), leg(place, b, d), leg(place, c, d)
    by_first = min(
        oa + ob + cd + min(ac + bd, ad + bc), oa + oc + bd + min(ab + cd, ad + bc), oa + od + bc + min(ab + cd, ac + bd)
    )
    by_rest = min(
        ob + oc + ad + min(ab + cd, bd + ac), ob + od + ac + min(ab + cd, bc + ad), oc + od + ab + min(ac + bd, bc + ad)
    )
    return min(by_first, by_rest)


@compiled
def _tour_of_many(place: Reals, base: Reals, stops: Ints, count: int) -> float:
    order = np.empty(count, np.int64)
    for taken in range(count):
        _insert_cheapest(place, base, order[: taken + 1], stops[taken])
    while _untangle(place, base, order):
        pass
    length = apart(base, place[order[0]]) + apart(base, place[order[-1]])
    for leg in range(count - 1):
        length += apart(place[order[leg]], place[order[leg + 1]])
    return length


@compiled
def _insert_cheapest(place: Reals, base: Reals, order: Ints, stop: int) -> None:
    best, slot = np.inf, 0
    last = len(order) - 1
    for at in range(last + 1):
        before = base if at == 0 else place[order[at - 1]]
        after = base if at == last else place[order[at]]
        longer = apart(before, place[stop]) + apart(place[stop], after) - apart(before, after)
        if longer < best:
            best, slot = longer, at
    for at in range(last, slot, -1):
        order[at] = order[at - 1]
    order[slot] = stop


@compiled
def _untangle(place: Reals, base: Reals, order: Ints) -> bool:
    for start in range(len(order) - 1):
        before = base if start == 0 else place[order[start - 1]]
        for end in range(start + 1, len(order)):
            after = base if end == len(order) - 1 else place[order[end + 1]]
            now = apart(before, place[order[start]]) + apart(place[order[end]], after)
            turned = apart(before, place[order[end]]) + apart(place[order[start]], after)
            if turned < now - 1e-9:
                order[start : end + 1] = order[start : end + 1][::-1].copy()
                return True
    return False

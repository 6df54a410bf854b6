"""Day bundles by savings: near enterprises that share enough days are joined while a common round is shorter."""

from typing import NamedTuple

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.planner.geometry import apart, tour
from scheduling.planner.model import Bits, Ints, Reals
from scheduling.planner.openings import first_open, last_open


class Ground(NamedTuple):
    """What one group has to bundle: where the enterprises are and when they are open.

    A bundle's common days must span `span` calendar days, and begin no later than the `deadline` of any member.
    """

    place: Reals
    base: Reals
    open_days: Bits
    dates: Ints
    limit: int
    span: int
    deadline: Ints


class Bundles(NamedTuple):
    """Bundles under construction: a bundle is named after one of its first members; a merged one has size 0.

    `bare` is what is left of a round without one enterprise; `left` and `joined` are scratch paper.
    """

    of: Ints
    member: Ints
    size: Ints
    days: Bits
    first: Ints
    last: Ints
    deadline: Ints
    km: Reals
    bare: Reals
    left: Ints
    joined: Ints


@compiled
def alone(ground: Ground) -> Bundles:
    """Every enterprise its own bundle."""
    count, width = len(ground.place), len(ground.dates)
    member = np.full((count, ground.limit + 1), -1, np.int64)
    first, last, km = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count)
    for site in range(count):
        member[site, 0] = site
        first[site] = first_open(ground.open_days[site], 0, width)
        last[site] = last_open(ground.open_days[site], width - 1)
        km[site] = 2 * apart(ground.base, ground.place[site])
    ones, paper = np.ones(count, np.int64), np.empty((2, ground.limit + 1), np.int64)
    days = ground.open_days.copy()
    return Bundles(
        np.arange(count),
        member,
        ones,
        days,
        first,
        last,
        ground.deadline.copy(),
        km,
        np.zeros(count),
        paper[0],
        paper[1],
    )


@compiled
def savings(ground: Ground, one: Ints, other: Ints) -> Reals:
    """What driving from one to the other saves over two rounds."""
    saved = np.empty(len(one))
    for pair in range(len(one)):
        a, b = ground.place[one[pair]], ground.place[other[pair]]
        saved[pair] = apart(ground.base, a) + apart(ground.base, b) - apart(a, b)
    return saved


@compiled
def common_span(ground: Ground, days: Bits, first: int, last: int) -> tuple[int, int]:
    """The first and last day of a set of days, looked for between two days."""
    if first > last:
        return first, -1
    first = first_open(days, first, last + 1)
    return first, last_open(days, last) if first <= last else -1


@compiled
def roomy(ground: Ground, first: int, last: int) -> bool:
    """Whether two days with the spacing, and some slack, fit between."""
    return last > first and ground.dates[last] - ground.dates[first] >= ground.span


@compiled
def join(ground: Ground, bundles: Bundles, one: int, other: int) -> bool:
    """Joins two bundles if they fit into a day, share enough days, and the round becomes shorter."""
    size = bundles.size[one] + bundles.size[other]
    if one == other or size > ground.limit:
        return False
    early, late = max(bundles.first[one], bundles.first[other]), min(bundles.last[one], bundles.last[other])
    if not roomy(ground, early, late):
        return False
    days = bundles.days[one] & bundles.days[other]
    early, late = common_span(ground, days, early, late)
    deadline = min(bundles.deadline[one], bundles.deadline[other])
    if not roomy(ground, early, late) or early > deadline:
        return False
    stops = np.empty(size, np.int64)
    stops[: bundles.size[one]] = bundles.member[one, : bundles.size[one]]
    stops[bundles.size[one] :] = bundles.member[other, : bundles.size[other]]
    km = tour(ground.place, ground.base, stops, size)
    if km >= bundles.km[one] + bundles.km[other] - 1e-9:
        return False
    bundles.days[one], bundles.first[one], bundles.last[one], bundles.km[one] = days, early, late, km
    bundles.deadline[one] = deadline
    _move_in(bundles, one, other, stops)
    return True


@compiled
def _move_in(bundles: Bundles, one: int, other: int, stops: Ints) -> None:
    for slot in range(len(stops)):
        bundles.member[one, slot] = stops[slot]
        bundles.of[stops[slot]] = one
    bundles.size[one] = len(stops)
    bundles.size[other], bundles.km[other] = 0, 0.0


@compiled
def join_all(ground: Ground, bundles: Bundles, one: Ints, other: Ints) -> None:
    """Joins along the pairs, the largest saving first."""
    saved = savings(ground, one, other)
    order = np.argsort(-saved, kind="mergesort")
    for place in range(len(order)):
        pair = int(order[place])
        if saved[pair] <= 0:
            break
        join(ground, bundles, int(bundles.of[one[pair]]), int(bundles.of[other[pair]]))


@compiled
def unfinished(ground: Ground, bundles: Bundles) -> Ints:
    """The enterprises of bundles that still have room."""
    count = 0
    rest = np.empty(len(bundles.of), np.int64)
    for site in range(len(bundles.of)):
        if bundles.size[bundles.of[site]] < ground.limit:
            rest[count] = site
            count += 1
    return rest[:count]


@compiled
def every_pair(rest: Ints) -> tuple[Ints, Ints]:
    """All pairs of some enterprises."""
    count = len(rest)
    one, other = np.empty(count * (count - 1) // 2, np.int64), np.empty(count * (count - 1) // 2, np.int64)
    at = 0
    for a in range(count):
        for b in range(a):
            one[at], other[at] = rest[a], rest[b]
            at += 1
    return one, other

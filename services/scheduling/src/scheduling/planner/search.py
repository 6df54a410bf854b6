"""Better bundles: enterprises move to a neighbour's bundle, or change places, while kilometres fall."""

from typing import NamedTuple

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.planner.geometry import tour
from scheduling.planner.model import Bits, Ints
from scheduling.planner.savings import Bundles, Ground, common_span, roomy

GAIN = 1e-6


class Marks(NamedTuple):
    """Who is near whom; when each bundle changed, each enterprise was looked at, and in which turn a bundle tried."""

    near: Ints
    changed: Ints
    looked: Ints
    tried: Ints


@compiled
def improve(ground: Ground, bundles: Bundles, near: Ints, rounds: int) -> int:
    """Goes over all enterprises and their near ones until nothing improves; says how many changes there were."""
    count = len(near)
    marks = Marks(near, np.ones(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64))
    for bundle in range(count):
        _strip(ground, bundles, bundle)
    now, changes = 1, 0
    for _ in range(rounds):
        before = changes
        for site in range(count):
            now += 1
            changes += _improve_one(ground, bundles, marks, site, now)
        if changes == before:
            break
    return changes


@compiled
def _improve_one(ground: Ground, bundles: Bundles, marks: Marks, site: int, now: int) -> int:
    """Tries the bundle of each near one; where several are in one bundle, it is tried again only after a change."""
    since, marks.looked[site] = marks.looked[site], now
    near, changes = marks.near[site], 0
    for rank in range(len(near)):
        here, there = int(bundles.of[site]), int(bundles.of[near[rank]])
        turn = now * (len(near) + 1) + changes
        fresh = max(marks.changed[here], marks.changed[there]) > since and marks.tried[there] != turn
        marks.tried[there] = turn
        if here != there and fresh and _try(ground, bundles, site, there):
            changes += 1
            marks.changed[here], marks.changed[there] = now + 1, now + 1
    return changes


@compiled
def _strip(ground: Ground, bundles: Bundles, bundle: int) -> None:
    """Notes for each member what the round would be without it."""
    for slot in range(bundles.size[bundle]):
        count = _others(bundles.member[bundle], bundles.size[bundle], slot, bundles.left)
        bundles.bare[bundles.member[bundle, slot]] = tour(ground.place, ground.base, bundles.left, count)


@compiled
def _others(member: Ints, size: int, without: int, out: Ints) -> int:
    at = 0
    for slot in range(size):
        if slot != without:
            out[at] = member[slot]
            at += 1
    return at


@compiled
def _slot_of(bundles: Bundles, site: int) -> int:
    bundle, slot = bundles.of[site], 0
    while bundles.member[bundle, slot] != site:
        slot += 1
    return slot


@compiled
def _try(ground: Ground, bundles: Bundles, site: int, there: int) -> bool:
    here = int(bundles.of[site])
    _others(bundles.member[here], bundles.size[here], _slot_of(bundles, site), bundles.left)
    if bundles.size[there] < ground.limit and _relocate(ground, bundles, site, there):
        return True
    for slot in range(bundles.size[there]):  # noqa: SIM110 - no generators in compiled code
        if _swap(ground, bundles, site, there, slot):
            return True
    return False


@compiled
def _relocate(ground: Ground, bundles: Bundles, site: int, there: int) -> bool:
    """The enterprise itself moves; without it its bundle stands on the scratch paper."""
    here = int(bundles.of[site])
    spared = bundles.km[here] - bundles.bare[site]
    theirs = _others(bundles.member[there], bundles.size[there], -1, bundles.joined)
    bundles.joined[theirs] = site
    km = tour(ground.place, ground.base, bundles.joined, theirs + 1)
    if km - bundles.km[there] >= spared - GAIN:
        return False
    return _settle(ground, bundles, here, there, 1)


@compiled
def _swap(ground: Ground, bundles: Bundles, site: int, there: int, slot: int) -> bool:
    """Both rounds lose one stop and gain one: worth a second look only if the first alone could pay."""
    here, other = int(bundles.of[site]), int(bundles.member[there, slot])
    mine = int(bundles.size[here])
    bundles.left[mine - 1] = other
    longer = tour(ground.place, ground.base, bundles.left, mine) - bundles.km[here]
    if longer >= bundles.km[there] - bundles.bare[other] - GAIN:
        return False
    theirs = _others(bundles.member[there], bundles.size[there], slot, bundles.joined)
    bundles.joined[theirs] = site
    if tour(ground.place, ground.base, bundles.joined, theirs + 1) - bundles.km[there] + longer >= -GAIN:
        return False
    return _settle(ground, bundles, here, there, 0)


@compiled
def _settle(ground: Ground, bundles: Bundles, here: int, there: int, gained: int) -> bool:
    """Takes the two new bundles, as they stand on the scratch paper, if their members can meet.

    So many members more than before are there, so many less are here.
    """
    left = bundles.left[: bundles.size[here] - gained].copy()
    joined = bundles.joined[: bundles.size[there] + gained].copy()
    days_here, first_here, last_here = _meeting(ground, left)
    days_there, first_there, last_there = _meeting(ground, joined)
    if len(left) > 0 and not _in_time(ground, left, first_here, last_here):
        return False
    if not _in_time(ground, joined, first_there, last_there):
        return False
    bundles.first[here], bundles.last[here], bundles.days[here] = first_here, last_here, days_here
    bundles.first[there], bundles.last[there], bundles.days[there] = first_there, last_there, days_there
    _write(ground, bundles, here, left)
    _write(ground, bundles, there, joined)
    return True


@compiled
def _meeting(ground: Ground, members: Ints) -> tuple[Bits, int, int]:
    days = np.full(ground.open_days.shape[1], ~np.uint64(0), np.uint64)
    for site in members:
        days &= ground.open_days[site]
    if len(members) == 0:
        return days, 0, -1
    first, last = common_span(ground, days, 0, len(ground.dates) - 1)
    return days, first, last


@compiled
def _in_time(ground: Ground, members: Ints, first: int, last: int) -> bool:
    for site in members:
        if first > ground.deadline[site]:
            return False
    return roomy(ground, first, last)


@compiled
def _write(ground: Ground, bundles: Bundles, bundle: int, members: Ints) -> None:
    bundles.size[bundle] = len(members)
    bundles.km[bundle] = tour(ground.place, ground.base, members, len(members))
    for slot in range(len(members)):
        bundles.member[bundle, slot] = members[slot]
        bundles.of[members[slot]] = bundle
    _strip(ground, bundles, bundle)

"""Rules against an earlier plan: what was published, pinned or done stays unless its own people or site force it."""

from dataclasses import dataclass

import numpy as np

from scheduling.verifier.cells import Bools, Column, Days, as_day, indices, pair
from scheduling.verifier.facts import Facts
from scheduling.verifier.findings import Found, about
from scheduling.verifier.row_rules import ROW_RULES
from scheduling.verifier.visits import DONE, DRAFT, PUBLISHED, Visits


@dataclass(frozen=True)
class Earlier:
    """The live visits of the plan that held before, and where each stands in the new one (-1: nowhere).

    A visit is known by its id, its enterprise and its ordinal: under the id of another it stands nowhere.
    """

    visits: Visits
    now: Days
    is_same: Bools
    is_forced: Bools


def compare(f: Facts, before: Visits, after: Visits, released: frozenset[str]) -> Earlier:
    now = indices(before.visit_id, after.visit_id)
    found = np.flatnonzero(now >= 0)
    now[found[~_is_that(before.where(now >= 0), after, now[found])]] = -1
    same = now >= 0
    same[same] = _stands(before.where(same), after, now[same])
    is_released = _is_released(before, released)
    return Earlier(before, now, same, _is_forced(f, before, same | is_released) | is_released)


def _is_that(before: Visits, after: Visits, now: Days) -> Bools:
    """Same enterprise, same ordinal."""
    return _alike(before.enterprise_id, after.enterprise_id, now) & (before.ordinal == after.ordinal[now])


def _stands(before: Visits, after: Visits, now: Days) -> Bools:
    """Same manager, same agency, same day."""
    managers = _alike(before.manager_id, after.manager_id, now)
    agencies = _alike(before.agency_id, after.agency_id, now)
    return managers & agencies & (before.day == after.day[now])


def _alike(before: Column, after: Column, now: Days) -> Bools:
    names = after.unique()
    return indices(before, names) == indices(after, names)[now]


def _is_forced(f: Facts, before: Visits, free: Bools) -> Bools:
    """Under the facts of today the earlier place would break a rule, by itself or as one too many of its day."""
    forced = ~before.is_known
    known = before.where(before.is_known)
    broken = np.zeros(len(known), dtype=bool)
    for rule in ROW_RULES.values():
        broken |= rule(f, known)
    forced[before.is_known] = broken | _is_too_many(f, known, broken, free[before.is_known])
    return forced | ((before.enterprise >= 0) & (before.ordinal > f.enterprises.required[before.enterprise]))


def _is_too_many(f: Facts, v: Visits, broken: Bools, free: Bools) -> Bools:
    """Of an overfull day as many as are over its capacity: the least settled, and of these whichever has to be excused.

    What breaks a rule by itself makes room first; what is `free` stands where it stood, or was released.
    """
    rows = np.flatnonzero(~broken & (v.manager >= 0))
    _, place, count = np.unique(pair(v.manager[rows], v.day[rows]), return_inverse=True, return_counts=True)
    order = np.lexsort((free[rows], 2 * v.stage[rows] + v.pinned[rows], place))
    turn = np.arange(len(rows)) - (np.cumsum(count) - count)[place[order]]
    over = count[place[order]] - f.managers.visits_a_day[v.manager[rows[order]]]
    too_many = np.zeros(len(v), dtype=bool)
    too_many[rows[order[turn < over]]] = True
    return too_many


def _is_released(before: Visits, released: frozenset[str]) -> Bools:
    return np.array([name in released for name in before.visit_id.to_pylist()], dtype=bool)


def moved(e: Earlier, after: Visits) -> Found:
    v = e.visits
    free = e.is_forced | e.is_same
    for rule, kept in (
        ("done_changed", (v.stage == DONE) & ~e.is_same),
        ("pinned_moved", (v.stage < DONE) & v.pinned & ~free),
        ("published_moved", (v.stage == PUBLISHED) & ~v.pinned & ~free),
    ):
        for i in np.flatnonzero(kept):
            yield about(rule, v, int(i), **_now(after, int(e.now[i])))


def taken_back(e: Earlier, after: Visits) -> Found:
    """What stands where it stood must not go back a stage, nor lose its pin unless it was released."""
    v, there = e.visits, np.flatnonzero(e.is_same)
    now = e.now[there]
    back = (after.stage[now] < v.stage[there]) & (v.stage[there] > DRAFT)
    unpinned = v.pinned[there] & ~after.pinned[now] & (after.stage[now] < DONE) & ~e.is_forced[there]
    for rule, wrong in (("stage_went_back", back), ("pin_lost", unpinned)):
        for i in there[wrong]:
            yield about(rule, v, int(i), **_now(after, int(e.now[i])))


def placed_in_frozen_days(f: Facts, e: Earlier, after: Visits) -> Found:
    """Up to the last published day nothing may stand that did not stand there before."""
    stood = np.zeros(len(after), dtype=bool)
    stood[e.now[e.is_same]] = True
    new = ~stood & (after.day <= f.programme.published_until) & ~after.is_history
    for i in np.flatnonzero(new):
        yield about("placed_in_frozen_days", after, int(i), published_until=as_day(f.programme.published_until))


def _now(after: Visits, i: int) -> dict[str, object]:
    if i < 0:
        return {"now_manager_id": "-", "now_agency_id": "-", "now_visit_on": "-"}
    manager, agency = after.manager_id[i].as_py(), after.agency_id[i].as_py()
    return {"now_manager_id": manager, "now_agency_id": agency, "now_visit_on": as_day(after.day[i])}

"""Rules that only several visits together can break: a manager's day, an enterprise's visits, the whole demand."""

import numpy as np

from scheduling.verifier.cells import Bools, Days, as_day, pair
from scheduling.verifier.facts import Facts
from scheduling.verifier.findings import Found, Violation, about
from scheduling.verifier.visits import REASONS, Plan, Unscheduled, Visits


def twice(v: Visits) -> Bools:
    """Marks the later of two live entries of one visit, be it by its name or by its enterprise and ordinal."""
    names = v.visit_id.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return _again(names.astype(np.int64)) | _again(_visit_key(v))


def visits_twice(v: Visits) -> Found:
    for i in np.flatnonzero(twice(v)):
        yield about("visit_twice", v, int(i))


def overloaded(f: Facts, v: Visits) -> Bools:
    """Marks the visits of every manager's day that holds more than its capacity."""
    known = v.manager >= 0
    _, place, count = np.unique(pair(v.manager, v.day), return_inverse=True, return_counts=True)
    return known & (count[place] > f.managers.visits_a_day[v.manager])


def over_capacity(f: Facts, v: Visits) -> Found:
    heavy = v.where(overloaded(f, v))
    days, first, place, count = np.unique(
        pair(heavy.manager, heavy.day), return_index=True, return_inverse=True, return_counts=True
    )
    planned = np.bincount(place, ~heavy.is_history, len(days))
    for i, visits in zip(first[planned > 0], count[planned > 0], strict=True):
        manager, day = heavy.manager_id[int(i)].as_py(), as_day(heavy.day[i])
        capacity = int(f.managers.visits_a_day[heavy.manager[i]])
        values = {"manager_id": manager, "visit_on": day, "visits": int(visits), "capacity": capacity}
        yield Violation("over_capacity", f"{manager} {day}", values)


def too_close(f: Facts, v: Visits) -> Found:
    """Two visits of an enterprise on one day, or fewer days apart than the programme asks."""
    v = v.where(v.enterprise >= 0)
    order = np.lexsort((v.ordinal, v.day, v.enterprise))
    before, after = order[:-1], order[1:]
    gap = v.day[after] - v.day[before]
    close = (v.enterprise[before] == v.enterprise[after]) & (gap < f.programme.spacing_days)
    close &= ~(v.is_history[before] & v.is_history[after])
    for k in np.flatnonzero(close):
        rule = "enterprise_twice_a_day" if gap[k] == 0 else "spacing_too_short"
        values = {
            "earlier_on": as_day(v.day[before[k]]),
            "days_between": int(gap[k]),
            "least": f.programme.spacing_days,
        }
        yield about(rule, v, int(after[k]), **values)


def out_of_order(v: Visits) -> Found:
    """A later ordinal on an earlier day, unless it was made there: one before it that was missed can only follow."""
    v = v.where(v.enterprise >= 0)
    order = np.lexsort((v.ordinal, v.enterprise))
    before, after = order[:-1], order[1:]
    wrong = (v.enterprise[before] == v.enterprise[after]) & (v.day[after] < v.day[before]) & ~v.is_history[after]
    for k in np.flatnonzero(wrong):
        yield about("ordinals_out_of_order", v, int(after[k]), earlier_on=as_day(v.day[before[k]]))


def demand(f: Facts, plan: Plan, live: Visits) -> Found:
    """Every visit an enterprise is owed is planned or listed as unscheduled, once, and nothing else is."""
    u = plan.unscheduled
    width = int(max(f.enterprises.required.max(initial=1), live.ordinal.max(initial=1), u.ordinal.max(initial=1)))
    empty = np.zeros((len(f.enterprises.ids), width), dtype=bool)
    planned, listed = _marked(empty, live.enterprise, live.ordinal), _marked(empty, u.enterprise, u.ordinal)
    owed = np.arange(1, width + 1)[None, :] <= f.enterprises.required[:, None]
    for rule, wrong in (
        ("visit_lost", owed & ~planned & ~listed),
        ("visit_planned_and_unscheduled", planned & listed),
        ("visit_not_owed", (planned | listed) & ~owed),
    ):
        for enterprise, ordinal in np.argwhere(wrong):
            name = f.enterprises.ids[int(enterprise)].as_py()
            required = int(f.enterprises.required[enterprise])
            values = {"enterprise_id": name, "ordinal": int(ordinal) + 1, "required": required}
            yield Violation(rule, f"{name} {int(ordinal) + 1}", values)


def unscheduled_rows(u: Unscheduled) -> Found:
    """Each line about an enterprise that is known, said once, with a reason that is known."""
    again = _again(pair(u.enterprise, u.ordinal)) & (u.enterprise >= 0)
    for i, reason in enumerate(u.reason.to_pylist()):
        enterprise, ordinal = u.enterprise_id[i].as_py(), int(u.ordinal[i])
        values = {"row": int(u.row[i]), "enterprise_id": enterprise, "ordinal": ordinal, "reason": reason}
        broken = {
            "unknown_enterprise": u.enterprise[i] < 0,
            "unscheduled_twice": again[i],
            "unknown_reason": reason not in REASONS,
        }
        yield from (Violation(rule, f"{enterprise} {ordinal}", values) for rule, is_so in broken.items() if is_so)


def _marked(empty: Bools, enterprise: Days, ordinal: Days) -> Bools:
    """Enterprise by ordinal: whether it is there."""
    there, known = empty.copy(), enterprise >= 0
    there[enterprise[known], ordinal[known] - 1] = True
    return there


def _visit_key(v: Visits) -> Days:
    """Enterprise and ordinal; unknown enterprises are told apart by their row."""
    return np.where(v.enterprise >= 0, pair(v.enterprise, v.ordinal), -v.row)


def _again(keys: Days) -> Bools:
    _, first = np.unique(keys, return_index=True)
    again = np.ones(len(keys), dtype=bool)
    again[first] = False
    return again

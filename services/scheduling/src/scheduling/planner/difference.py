"""What one plan changes of another: visits moved, added and dropped, kilometres, and waiting under risk."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.measures import day_kilometres, waits
from scheduling.planner.model import Facts, Ints, Stage, Visits
from scheduling.planner.outstanding import standing

_ORDINALS = 128


@dataclass(frozen=True)
class Difference:
    """Rows of the earlier plan that moved (with their rows in the later one) or were dropped; rows that are new."""

    moved: Ints
    moved_to: Ints
    dropped: Ints
    added: Ints
    published_moved: int
    km: float
    risk_days: float


def difference(facts: Facts, before: Visits, after: Visits) -> Difference:
    """Compares by enterprise and ordinal; `risk_days` is working days of waiting, each enterprise's times its risk."""
    before_rows, after_rows = _rows(before), _rows(after)
    keys_before, keys_after = _keys(before)[before_rows], _keys(after)[after_rows]
    _, left, right = np.intersect1d(keys_before, keys_after, assume_unique=True, return_indices=True)
    was, now = before_rows[left], after_rows[right]
    changed = (before.date[was] != after.date[now]) | (before.manager[was] != after.manager[now])
    return Difference(
        moved=was[changed],
        moved_to=now[changed],
        dropped=np.delete(before_rows, left),
        added=np.delete(after_rows, right),
        published_moved=int((before.stage[was[changed]] == Stage.PUBLISHED).sum()),
        km=float(day_kilometres(facts, standing(after)).sum() - day_kilometres(facts, standing(before)).sum()),
        risk_days=_risk_days(facts, after) - _risk_days(facts, before),
    )


def _rows(visits: Visits) -> Ints:
    return np.flatnonzero((visits.stage != Stage.MISSED) & (visits.stage != Stage.CANCELLED))


def _keys(visits: Visits) -> Ints:
    return visits.site * _ORDINALS + visits.ordinal


def _risk_days(facts: Facts, visits: Visits) -> float:
    site, wait = waits(facts, standing(visits))
    return float((wait * facts.sites.risk[site]).sum())

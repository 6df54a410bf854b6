"""What one plan changes of another: visits moved, added and dropped, kilometres, and waiting under risk."""

from dataclasses import dataclass, replace

import numpy as np

from scheduling.planner.measures import day_kilometres
from scheduling.planner.model import Calendar, Facts, Ints, Reals, Stage, Visits
from scheduling.planner.openings import pack
from scheduling.planner.outstanding import standing
from scheduling.planner.waiting import Season, season_of, waits

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


def difference(facts: Facts, before: Visits, after: Visits, there: Facts | None = None) -> Difference:
    """Compares by enterprise and ordinal, also visits of an earlier plan whose people the facts do not know any more.

    `risk_days` is working days of waiting, each enterprise's times its risk; one without a first visit waits until the
    end. A later plan of another world has its facts `there`; managers are known by their keys, wherever they stand.
    """
    there = there or facts
    season, risk = season_of(facts, there), facts.sites.risk
    before_rows, after_rows = _rows(before), _rows(after)
    keys_before, keys_after = _keys(before)[before_rows], _keys(after)[after_rows]
    _, left, right = np.intersect1d(keys_before, keys_after, assume_unique=True, return_indices=True)
    was, now = before_rows[left], after_rows[right]
    changed = (_who(facts, before)[was] != _who(there, after)[now]) | (before.date[was] != after.date[now])
    return Difference(
        moved=was[changed],
        moved_to=now[changed],
        dropped=np.delete(before_rows, left),
        added=np.delete(after_rows, right),
        published_moved=int((before.stage[was[changed]] == Stage.PUBLISHED).sum()),
        km=_kilometres(there, after) - _kilometres(facts, before),
        risk_days=_risk_days(season, risk, after) - _risk_days(season, risk, before),
    )


def _rows(visits: Visits) -> Ints:
    return np.flatnonzero((visits.stage != Stage.MISSED) & (visits.stage != Stage.CANCELLED))


def _keys(visits: Visits) -> Ints:
    return visits.site * _ORDINALS + visits.ordinal


def _who(facts: Facts, visits: Visits) -> Ints:
    unknown = -1
    return np.append(facts.managers.key, unknown)[visits.manager]


def _kilometres(facts: Facts, visits: Visits) -> float:
    """Road kilometres on every date that the visits have, also on those that are no working days any more."""
    counting = standing(visits)
    counting = counting.take((counting.site >= 0) & (counting.manager >= 0))
    dates = np.union1d(facts.calendar.dates, counting.date)
    never = pack(np.zeros((len(facts.managers), len(dates)), np.bool_))
    wider = replace(facts, calendar=Calendar(dates), managers=replace(facts.managers, open_days=never))
    return float(day_kilometres(wider, replace(counting, day=np.searchsorted(dates, counting.date))).sum())


def _risk_days(season: Season, risk: Reals, visits: Visits) -> float:
    """Also of visits by managers who are gone: whoever came, it came."""
    site, wait = waits(season, visits.take(visits.site >= 0))
    return float((wait * risk[site]).sum())

"""What is still to be planned: each enterprise's visits beyond those it keeps, and the days left."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.competence import kinds_of
from scheduling.planner.model import NOBODY, Bits, Facts, Flags, Ints, Stage, Visits
from scheduling.planner.openings import holds_each, pack


@dataclass(frozen=True)
class Outstanding:
    """Per enterprise: visits still needed, the days they may take, and the manager who knows it and may come again."""

    visits: Ints
    open_days: Bits
    manager: Ints


def outstanding(facts: Facts) -> Outstanding:
    """The need of every enterprise after its kept visits."""
    kept = standing(facts.kept)
    need = np.maximum(facts.sites.visits - np.bincount(kept.site, minlength=len(facts.sites)), 0)
    days = facts.sites.open_days & frozen_off(facts)
    spaced_off(facts, days, kept)
    manager = np.full(len(facts.sites), NOBODY, np.int64)
    manager[facts.drafts.site] = facts.drafts.manager
    manager[kept.site] = kept.manager
    kinds, known = kinds_of(facts), np.flatnonzero(manager != NOBODY)
    may = kinds.able[kinds.of[known], facts.managers.agency[manager[known]]]
    manager[known[~may]] = NOBODY
    return Outstanding(need.astype(np.int64), days, manager)


def standing(visits: Visits) -> Visits:
    """Visits that count: not missed, not cancelled."""
    return visits.take((visits.stage != Stage.MISSED) & (visits.stage != Stage.CANCELLED))


def frozen_off(facts: Facts) -> Bits:
    """The days that are still free to be planned, as one row of bits."""
    free = np.arange(len(facts.calendar)) >= facts.rules.first_open_day
    return pack(free[None, :])[0]


def spaced_off(facts: Facts, days: Bits, visits: Visits) -> None:
    """Removes the days too near to an enterprise's visits, and those between which no ordinal is missing."""
    if not len(visits):
        return
    dates, spacing = facts.calendar.dates, facts.rules.spacing_days
    order = np.lexsort((visits.ordinal, visits.site))
    first = np.diff(visits.site[order], prepend=NOBODY) != 0
    before = np.where(first, 0, np.roll(visits.ordinal[order], 1))
    since = np.where(first, 0, np.roll(visits.date[order], 1))
    follows = visits.ordinal[order] == before + 1
    for start in range(0, len(order), 20_000):
        rows = order[start : start + 20_000]
        near = np.abs(dates[None, :] - visits.date[rows, None]) < spacing
        between = (dates[None, :] > since[start : start + 20_000, None]) & (dates[None, :] < visits.date[rows, None])
        near |= follows[start : start + 20_000, None] & between
        last = visits.ordinal[rows] >= facts.sites.visits[visits.site[rows]]
        near |= last[:, None] & (dates[None, :] > visits.date[rows, None])
        np.bitwise_and.at(days, visits.site[rows], ~pack(near))


def plannable(facts: Facts, left: Outstanding) -> Flags:
    """Enterprises whose days hold all the visits that they need."""
    following = facts.calendar.following(facts.rules.spacing_days)
    return (left.visits > 0) & holds_each(left.open_days, following, left.visits)

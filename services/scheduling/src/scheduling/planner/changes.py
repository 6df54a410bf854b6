"""Larger changes: what the new facts forbid is placed again, everything else stays where it is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scheduling.planner.competence import kinds_of
from scheduling.planner.model import Facts, Flags, Ints, Plan, Sites, Stage, Visits
from scheduling.planner.openings import pack, unpack
from scheduling.planner.outstanding import standing
from scheduling.planner.pipeline import Progress, plan
from scheduling.planner.rows import join


def replan(
    facts: Facts,
    before: Visits,
    progress: Progress | None = None,
    *,
    keep_drafts: bool = True,
    forecast: Sites | None = None,
) -> Plan:
    """A plan under new facts. What the facts allow stays; without `keep_drafts` unpinned drafts may move.

    Visits that were missed or cancelled are remembered as they were. For those of a `forecast` agencies keep capacity.
    """
    visits = standing(before)
    fine = allowed(facts, visits)
    fine &= ~crowded(facts, visits, fine)
    settled = fine & ((visits.stage != Stage.DRAFT) | visits.pinned | _frozen(facts, visits) | keep_drafts)
    kept = replace(facts, kept=visits.take(settled), drafts=visits.take(fine & ~settled))
    made = plan(kept, progress, forecast=forecast)
    remembered = before.take((before.stage == Stage.MISSED) | (before.stage == Stage.CANCELLED))
    all_visits = join([made.visits, remembered])
    return replace(made, visits=all_visits, agency=facts.managers.agency[all_visits.manager])


def freeze(facts: Facts, visits: Visits) -> Visits:
    """What lies before the first open day is published: its enterprises know it."""
    known = (visits.stage == Stage.DRAFT) & _frozen(facts, visits)
    return replace(visits, stage=np.where(known, int(Stage.PUBLISHED), visits.stage))


def pin(visits: Visits, named: Sequence[tuple[int, int]], *, holds: bool = True) -> Visits:
    """Visits that a person fixes where they are, or lets go again."""
    pinned = visits.pinned.copy()
    for site, ordinal in named:
        pinned[(visits.site == site) & (visits.ordinal == ordinal) & (visits.stage < Stage.DONE)] = holds
    return replace(visits, pinned=pinned)


def allowed(facts: Facts, visits: Visits) -> Flags:
    """Which visits may stand under these facts; what is done is history and always stands."""
    done = visits.stage == Stage.DONE
    width = len(facts.calendar)
    day = np.maximum(visits.day, 0)
    fine = (visits.day >= 0) & (visits.ordinal <= facts.sites.visits[visits.site])
    fine &= unpack(facts.managers.open_days, width)[visits.manager, day]
    fine &= _open(facts, visits.site, day)
    fine &= _competent(facts, visits)
    fine = done | fine
    return fine & (done | _within_the_day(facts, visits, fine))


def crowded(facts: Facts, visits: Visits, stands: Flags) -> Flags:
    """Of two standing visits of an enterprise that are too close one goes: the less settled, else the later.

    What is done stays, then what lies in the frozen days, what is pinned, what is published.
    """
    ranks = [visits.stage == Stage.DONE, _frozen(facts, visits), visits.pinned, visits.stage == Stage.PUBLISHED]
    settled = np.select(ranks, [4, 3, 2, 1], 0)
    gone = np.zeros(len(visits), np.bool_)
    while True:
        rows = np.flatnonzero(stands & ~gone)
        rows = rows[np.lexsort((visits.ordinal[rows], visits.date[rows], visits.site[rows]))]
        before, after = rows[:-1], rows[1:]
        near = visits.date[after] - visits.date[before] < facts.rules.spacing_days
        near &= (visits.site[before] == visits.site[after]) & ((settled[before] < 4) | (settled[after] < 4))
        goes = np.where(settled[after] > settled[before], before, after)[near]
        if not len(goes):
            return gone
        gone[goes] = True


def _frozen(facts: Facts, visits: Visits) -> Flags:
    return (visits.day >= 0) & (visits.day < facts.rules.first_open_day)


def _open(facts: Facts, site: Ints, day: Ints) -> Flags:
    words = facts.sites.open_days[site, day >> 6]
    return (words >> (day & 63).astype(np.uint64)) & np.uint64(1) == 1


def _competent(facts: Facts, visits: Visits) -> Flags:
    kinds = kinds_of(facts)
    return kinds.able[kinds.of[visits.site], facts.managers.agency[visits.manager]]


def _within_the_day(facts: Facts, visits: Visits, standing_rows: Flags) -> Flags:
    """Of an overfull day the visits stand that are most settled: done, published, pinned; of these the riskiest."""
    rows = np.flatnonzero(standing_rows & (visits.day >= 0))
    settled = visits.stage[rows] * 2 + visits.pinned[rows]
    cell = visits.manager[rows] * len(facts.calendar) + visits.day[rows]
    order = np.lexsort((visits.site[rows], -facts.sites.risk[visits.site[rows]], -settled, cell))
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    fine = standing_rows.copy()
    fine[rows[order[place >= facts.managers.stops[visits.manager[rows[order]]]]]] = False
    return fine


def without_agency(facts: Facts, agency: int, from_day: int, until_day: int | None = None) -> Facts:
    """The facts with an agency suspended from a day of the calendar on."""
    return without_managers(facts, np.flatnonzero(facts.managers.agency == agency), from_day, until_day)


def without_managers(facts: Facts, managers: Ints, from_day: int, until_day: int | None = None) -> Facts:
    """The facts with managers away from one day to another, or for good."""
    days = unpack(facts.managers.open_days, len(facts.calendar))
    days[managers, from_day : len(facts.calendar) if until_day is None else until_day + 1] = False
    return replace(facts, managers=replace(facts.managers, open_days=pack(days)))


def without_day(facts: Facts, day: int) -> Facts:
    """The facts with a temporary holiday."""
    days = unpack(facts.managers.open_days, len(facts.calendar))
    days[:, day] = False
    return replace(facts, managers=replace(facts.managers, open_days=pack(days)))


def without_site(facts: Facts, site: int) -> Facts:
    """The facts with an enterprise closed: it needs no visit any more."""
    needs = facts.sites.visits.copy()
    needs[site] = 0
    return replace(facts, sites=replace(facts.sites, visits=needs))

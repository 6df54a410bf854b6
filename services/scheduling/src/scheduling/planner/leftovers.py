"""Visits that found no place in a bundle go, one enterprise after the other, where they cost least."""

import numpy as np

from scheduling.planner.board import Board, World
from scheduling.planner.competence import Kinds, kinds_of
from scheduling.planner.insertion import WAIT_KM, Queue, insert_all
from scheduling.planner.model import Bits, Facts, Ints, Reals, Visits
from scheduling.planner.openings import holds_each
from scheduling.planner.outstanding import frozen_off, spaced_off, standing
from scheduling.planner.rows import drafts, join


def place_leftovers(facts: Facts, world: World, board: Board, placed: Visits) -> Visits:
    """All that is still missing, as many visits of each enterprise as can be: first all of them, then one less, ..."""
    kinds, found = kinds_of(facts), list[Visits]()
    most = int(facts.sites.visits.max(initial=0))
    for visits in range(most, 0, -1):
        while True:  # who was given one visit may find another, with another manager
            queue = _lacking(facts, kinds, standing(join([placed, *found])), visits)
            given = _drafts(facts, queue, *insert_all(world, board, queue, kinds.able)) if len(queue.site) else Visits()
            if not len(given):
                break
            found.append(given)
    return join(found)


def _lacking(facts: Facts, kinds: Kinds, placed: Visits, visits: int) -> Queue:
    """Whoever lacks so many visits and has days for them; the fewest days first, of equally many the riskiest."""
    missing = facts.sites.visits - np.bincount(placed.site, minlength=len(facts.sites))
    rows = np.flatnonzero(missing >= visits)
    days, wanted = days_left(facts, rows, placed), np.full(len(rows), visits)
    possible = holds_each(days, facts.calendar.following(facts.rules.spacing_days), wanted)
    rows, days, wanted = rows[possible], days[possible], wanted[possible]
    order = np.lexsort((-facts.sites.risk[rows], _count(days)))
    rows, days = rows[order], np.ascontiguousarray(days[order])
    return Queue(rows, wanted, days, kinds.of[rows], wait_km(facts, rows))


def _drafts(facts: Facts, queue: Queue, manager: Ints, day: Ints) -> Visits:
    fine = manager >= 0
    visits = queue.visits[fine]
    return drafts(facts, np.repeat(queue.site[fine], visits), np.repeat(manager[fine], visits), day[fine].ravel())


def days_left(facts: Facts, rows: Ints, placed: Visits) -> Bits:
    """The days on which these enterprises may still be visited, spacing to their other visits kept."""
    days = facts.sites.open_days & frozen_off(facts)
    spaced_off(facts, days, placed.take(np.isin(placed.site, rows)))
    return days[rows]


def wait_km(facts: Facts, rows: Ints) -> Reals:
    """Kilometres that a working day of waiting is worth to each."""
    return WAIT_KM * facts.sites.risk[rows] * facts.rules.risk_weight


def _count(days: Bits) -> Ints:
    return np.bitwise_count(days).sum(axis=1).astype(np.int64)

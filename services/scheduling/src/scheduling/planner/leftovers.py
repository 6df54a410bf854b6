"""Visits that found no place in a bundle go, one enterprise after the other, where they cost least."""

import numpy as np

from scheduling.planner.board import Board, World
from scheduling.planner.competence import kinds_of
from scheduling.planner.insertion import WAIT_KM, Queue, insert_all
from scheduling.planner.model import Bits, Facts, Ints, Reals, Visits
from scheduling.planner.openings import holds_each
from scheduling.planner.outstanding import frozen_off, spaced_off, standing
from scheduling.planner.rows import drafts, join


def place_leftovers(facts: Facts, world: World, board: Board, placed: Visits) -> Visits:
    """All that is still missing, as many visits of each enterprise as can be: first all of them, then one less, ..."""
    found = list[tuple[Ints, Ints, Ints]]()
    most = int(facts.sites.visits.max(initial=0))
    for visits in range(most, 0, -1):
        standing_now = _with(facts, placed, found)
        missing = facts.sites.visits - np.bincount(standing_now.site, minlength=len(facts.sites))
        rows = np.flatnonzero(missing >= visits)
        if len(rows):
            found.append(_insert(facts, (world, board), standing_now, (rows, visits)))
    return _drafts(facts, found)


def _insert(
    facts: Facts, live: tuple[World, Board], placed: Visits, wanted: tuple[Ints, int]
) -> tuple[Ints, Ints, Ints]:
    rows, visits = wanted
    world, board = live
    days = days_left(facts, rows, placed)
    possible = holds_each(days, world.following, np.full(len(rows), visits))
    rows, days = rows[possible], days[possible]
    order = np.lexsort((-facts.sites.risk[rows], _count(days)))
    rows, days = rows[order], np.ascontiguousarray(days[order])
    if not len(rows):
        none = np.empty(0, np.int64)
        return none, none, none
    kinds = kinds_of(facts)
    queue = Queue(rows, np.full(len(rows), visits), days, kinds.of[rows], wait_km(facts, rows))
    manager, day = insert_all(world, board, queue, kinds.able)
    fine = manager >= 0
    return np.repeat(rows[fine], visits), np.repeat(manager[fine], visits), day[fine].ravel()


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


def _with(facts: Facts, placed: Visits, found: list[tuple[Ints, Ints, Ints]]) -> Visits:
    return standing(join([placed, _drafts(facts, found)]))


def _drafts(facts: Facts, found: list[tuple[Ints, Ints, Ints]]) -> Visits:
    return join([drafts(facts, *each) for each in found])

"""Single events in the live plan, each in less than a millisecond: only the visits that the event names are moved."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from scheduling.planner.board import Board, World, empty_board, seat, seat_visits, unseat, world_of
from scheduling.planner.chains import cheapest_chain
from scheduling.planner.competence import Kinds, kinds_of
from scheduling.planner.groups import usable_days
from scheduling.planner.insertion import WAIT_KM, Place, Wanted, best_place, day_costs
from scheduling.planner.model import NOBODY, Bits, Facts, Flags, Ints, Reals, Visits
from scheduling.planner.openings import pack
from scheduling.planner.outstanding import standing

CONTINUITY_KM = 15.0
"""Kilometres worth driving so that the manager who knows an enterprise comes again."""


class Moved(NamedTuple):
    """One visit's new place; manager and day NOBODY where it has none."""

    site: int
    ordinal: int
    manager: int
    day: int


@dataclass(frozen=True)
class Live:
    """A plan that events change in place: the board, and each enterprise's manager and day by ordinal."""

    facts: Facts
    world: World
    board: Board
    kinds: Kinds
    manager: Ints
    day: Ints
    with_reserve: World


def live(facts: Facts, visits: Visits, price: Reals | None = None, draft_from: int | None = None) -> Live:
    """The live state of a plan; `price` is each manager's shadow price in kilometres a visit.

    Days from `draft_from` on will be planned again before they are published: whoever opens a round there pays a share.
    """
    without = replace(facts, rules=replace(facts.rules, reserve_share=0.0))
    world = world_of(facts, usable_days(facts), price, draft_from)
    board, now = empty_board(facts), standing(visits)
    seat_visits(world, board, now)
    widest = max(int(facts.sites.visits.max(initial=1)), int(now.ordinal.max(initial=1)))
    manager, day = (np.full((len(facts.sites), widest), NOBODY, np.int64) for _ in range(2))
    manager[now.site, now.ordinal - 1], day[now.site, now.ordinal - 1] = now.manager, now.day
    with_reserve = world_of(facts, usable_days(without), price, draft_from)
    return Live(facts, world, board, kinds_of(facts), manager, day, with_reserve)


def arrive(state: Live, site: int, today: int) -> list[Moved]:
    """A new enterprise gets all its visits, after today."""
    visits = int(state.facts.sites.visits[site])
    wanted = _wanted(state, site, visits, state.facts.sites.open_days[site] & _from(state, today + 1))
    return _take(state, wanted, list(range(visits)), best_place(state.world, state.board, wanted, able(state, site)))


def close(state: Live, site: int, today: int) -> list[Moved]:
    """A closed enterprise's visits after today are dropped."""
    later = [turn for turn in range(state.day.shape[1]) if state.day[site, turn] > today]
    for turn in later:
        _lift(state, site, turn)
    return [Moved(site, turn + 1, NOBODY, NOBODY) for turn in later]


def missed(state: Live, site: int, ordinal: int, today: int) -> list[Moved]:
    """A visit that could not be made gets another day, also one kept in reserve; no other visit moves."""
    days = state.facts.sites.open_days[site] & _from(state, today + 1)
    return _again(state, site, ordinal, days, state.with_reserve)


def another_day(state: Live, site: int, ordinal: int, days: Flags) -> list[Moved]:
    """An enterprise asks for one of these days instead."""
    manager, day = int(state.manager[site, ordinal - 1]), int(state.day[site, ordinal - 1])
    bits = state.facts.sites.open_days[site] & pack(days[None, :])[0]
    moved = _again(state, site, ordinal, bits, state.world)
    if moved[0].day == NOBODY and day >= 0:
        _put(state, site, ordinal - 1, manager, day)
        return []
    return moved


def anew(state: Live, site: int, turns: list[int], today: int, world: World) -> list[Moved]:
    """Visits of an enterprise that follow one another, all after today: with its agency while it has days for them."""
    mine, everybody = _served_by(state, site), able(state, site)
    for turn in turns:
        _lift(state, site, turn)
    days = state.facts.sites.open_days[site] & _from(state, today + 1) & in_order(state, site, turns[0])
    wanted = _wanted(state, site, len(turns), _spaced(state, site, days))
    place = best_place(world, state.board, wanted, everybody & mine)
    if place.manager < 0:
        place = best_place(world, state.board, wanted, everybody)
    return _take(state, wanted, turns, place)


def hand_back(state: Live, site: int, today: int) -> list[Moved]:
    """An agency hands an enterprise back: its visits after today go to another agency."""
    later = [turn for turn in range(state.day.shape[1]) if state.day[site, turn] > today]
    agency = int(state.facts.managers.agency[state.manager[site, later[0]]]) if later else NOBODY
    for turn in later:
        _lift(state, site, turn)
    days = _spaced(state, site, state.facts.sites.open_days[site] & _from(state, today + 1))
    wanted = _wanted(state, site, max(len(later), 1), days)
    others = able(state, site).copy()
    others[agency] = False
    return _take(state, wanted, later, best_place(state.world, state.board, wanted, others)) if later else []


def all_or_none(state: Live, site: int, event: Callable[[], list[Moved]]) -> list[Moved]:
    """What an event moved; if one of its visits found no place, all stand where they stood and nothing moved."""
    manager, day = state.manager[site].copy(), state.day[site].copy()
    moved = event()
    if all(one.manager != NOBODY for one in moved):
        return moved
    for turn in (one.ordinal - 1 for one in moved if day[one.ordinal - 1] != NOBODY):
        seat(state.world, state.board, site, int(manager[turn]), int(day[turn]))
    state.manager[site], state.day[site] = manager, day
    return []


def _again(state: Live, site: int, ordinal: int, days: Bits, world: World) -> list[Moved]:
    """One visit anew: with the enterprise's agency while it has a day, and who knows it if that is not much dearer."""
    mine = _served_by(state, site)
    _lift(state, site, ordinal - 1)
    wanted = _wanted(state, site, 1, _spaced(state, site, days & in_order(state, site, ordinal - 1)))
    everybody = able(state, site)
    place = best_place(world, state.board, wanted, everybody & mine)
    if place.manager < 0:
        return _take(state, wanted, [ordinal - 1], best_place(world, state.board, wanted, everybody))
    managers = state.manager[site][state.manager[site] >= 0]
    known = managers[(everybody & mine)[state.facts.managers.agency[managers]]]
    if len(known):
        costs = day_costs(world, state.board, wanted, int(known[0]))
        total, chosen = cheapest_chain(costs, world.following, 1, wanted.wait_km)
        if np.isfinite(total) and total <= place.cost + CONTINUITY_KM:
            place = Place(int(known[0]), chosen, total)
    return _take(state, wanted, [ordinal - 1], place)


def _served_by(state: Live, site: int) -> Flags:
    """The agency whose manager is to come last; none where nobody is to come."""
    managers = state.manager[site][state.manager[site] >= 0]
    mine = np.zeros(len(state.facts.agencies), np.bool_)
    mine[state.facts.managers.agency[managers[-1:]]] = True
    return mine


def _wanted(state: Live, site: int, visits: int, days: Bits) -> Wanted:
    wait = WAIT_KM * float(state.facts.sites.risk[site]) * state.facts.rules.risk_weight
    return Wanted(site, visits, days, wait)


def _spaced(state: Live, site: int, days: Bits) -> Bits:
    """Without the days too near to the enterprise's other visits."""
    return days & far_from(state, state.day[site][state.day[site] >= 0])


def far_from(state: Live, others: Ints) -> Bits:
    """The days that keep the spacing to all of these."""
    dates = state.facts.calendar.dates
    far = np.abs(dates[:, None] - dates[others][None, :]) >= state.facts.rules.spacing_days
    return pack(np.all(far, axis=1, keepdims=True).T)[0]


def in_order(state: Live, site: int, turn: int) -> Bits:
    """After the enterprise's earlier visits and before its later ones."""
    days, later = np.arange(len(state.facts.calendar)), state.day[site, turn + 1 :]
    first, end = state.day[site, :turn].max(initial=-1), later[later >= 0].min(initial=len(days))
    return pack(((days > first) & (days < end))[None, :])[0]


def _from(state: Live, first: int) -> Bits:
    return pack((np.arange(len(state.facts.calendar)) >= first)[None, :])[0]


def able(state: Live, site: int) -> Flags:
    """The agencies that may serve an enterprise."""
    return state.kinds.able[state.kinds.of[site]]


def _take(state: Live, wanted: Wanted, turns: list[int], place: Place) -> list[Moved]:
    found = place.manager >= 0
    moved = list[Moved]()
    for turn, day in zip(turns, np.sort(place.days).tolist(), strict=True):
        if found:
            _put(state, wanted.site, turn, int(place.manager), int(day))
        moved.append(
            Moved(wanted.site, turn + 1, int(place.manager) if found else NOBODY, int(day) if found else NOBODY)
        )
    return moved


def _put(state: Live, site: int, turn: int, manager: int, day: int) -> None:
    seat(state.world, state.board, site, manager, day)
    state.manager[site, turn], state.day[site, turn] = manager, day


def _lift(state: Live, site: int, turn: int) -> None:
    if state.day[site, turn] >= 0:
        unseat(state.world, state.board, site, int(state.manager[site, turn]), int(state.day[site, turn]))
    state.manager[site, turn], state.day[site, turn] = NOBODY, NOBODY

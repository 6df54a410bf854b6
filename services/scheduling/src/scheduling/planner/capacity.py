"""Demand and capacity without distances: kinds of enterprises, kinds of agencies, months, and the flow between them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from scheduling.planner.competence import Kinds, kinds_of
from scheduling.planner.groups import in_reserve, usable_days
from scheduling.planner.model import NOBODY, PROVINCES, Facts, Flags, Ints
from scheduling.planner.openings import unpack
from scheduling.planner.outstanding import outstanding

MANY = 10**9


@dataclass(frozen=True)
class Staff:
    """Agencies that may do the same are one kind: its sectors and provinces, and the visits it has room for by month.

    `one_more` is what a manager could make in each month who works every day and as many visits as anybody makes.
    """

    sectors: Ints
    provinces: Ints
    capacity: Ints
    one_more: Ints

    def __len__(self) -> int:
        return len(self.sectors)


@dataclass(frozen=True)
class Need:
    """Enterprises of one kind that are open in the same months, with their visits; `place` is a row of the market's."""

    place: Ints
    months: Flags
    visits: Ints


@dataclass(frozen=True)
class Market:
    """What is needed, who could do it, and which kind of staff may go to which enterprises; `places` says where."""

    need: Need
    staff: Staff
    places: Ints
    able: Flags


@dataclass(frozen=True)
class Cut:
    """What the largest flow leaves of each need, and the smallest cut: whose visits can be made by whom only."""

    unserved: Ints
    needs: Flags
    staff_months: Flags


def market_of(facts: Facts) -> Market:
    """The facts as a market; a sector and province that nobody may serve gets a kind of staff without anybody."""
    month, kinds = month_of(facts), kinds_of(facts)
    need = _need(facts, month, kinds)
    staff, of = _staff(facts, month)
    able = np.zeros((len(kinds.able), len(staff)), np.bool_)
    able[:, of] = kinds.able
    nobody = np.unique(kinds.place[~able.any(axis=1)] // PROVINCES)
    new = nobody[None, :] == (kinds.place // PROVINCES)[:, None]
    return Market(need, _with_kinds(staff, nobody), kinds.place, np.hstack([able, new]))


def month_of(facts: Facts) -> Ints:
    """Each working day's month, counted from 0 in January of the first day's year."""
    days = [date.fromordinal(int(day)) for day in facts.calendar.dates]
    return np.array([(day.year - days[0].year) * 12 + day.month - 1 for day in days], np.int64)


def _need(facts: Facts, month: Ints, kinds: Kinds) -> Need:
    left = outstanding(facts)
    months = int(month.max(initial=0)) + 1
    is_open = unpack(left.open_days, len(facts.calendar))
    open_months = np.column_stack([is_open[:, month == one].any(axis=1) for one in range(months)])
    keys, of = np.unique(kinds.of * (1 << months) + open_months @ (1 << np.arange(months)), return_inverse=True)
    visits = np.bincount(of, weights=left.visits, minlength=len(keys)).astype(np.int64)
    return Need(keys >> months, (keys[:, None] >> np.arange(months)) & 1 == 1, visits)


def _staff(facts: Facts, month: Ints) -> tuple[Staff, Ints]:
    """The staff, and the kind of each agency; one that is closed to anybody is a kind of its own."""
    months = int(month.max(initial=0)) + 1
    agencies, number = facts.agencies, np.arange(len(facts.agencies))
    own = np.where(np.isin(number, facts.closed.agency), number, NOBODY)
    kinds, of = np.unique(np.column_stack([agencies.sectors, agencies.provinces, own]), axis=0, return_inverse=True)
    capacity = np.zeros((len(kinds), months), np.int64)
    room = _room(facts)
    for one in range(months):
        np.add.at(capacity[:, one], of.ravel()[facts.managers.agency], room[:, month == one].sum(axis=1))
    every = np.arange(len(month))[None, :] >= facts.rules.first_open_day
    worked = every & ~in_reserve(every, facts.calendar, np.zeros(1, np.int64), facts.rules.reserve_share)
    one_more = np.bincount(month, weights=worked[0], minlength=months).astype(np.int64)
    one_more *= int(facts.managers.stops.max(initial=1))
    return Staff(kinds[:, 0], kinds[:, 1], capacity, one_more), of.ravel()


def _room(facts: Facts) -> Ints:
    """Manager by day: the visits that are still free."""
    room = usable_days(facts) * facts.managers.stops[:, None]
    kept = facts.kept.take(facts.kept.day >= 0)
    np.subtract.at(room, (kept.manager, kept.day), 1)
    return np.maximum(room, 0)


def _with_kinds(staff: Staff, sectors: Ints) -> Staff:
    """Besides, for each of these sectors, a kind that goes everywhere and has nobody yet."""
    none = np.zeros((len(sectors), staff.capacity.shape[1]), np.int64)
    return Staff(
        np.append(staff.sectors, 1 << sectors),
        np.append(staff.provinces, np.zeros_like(sectors)),
        np.vstack([staff.capacity, none]),
        staff.one_more,
    )


def cut(market: Market, capacity: Ints) -> Cut:
    """The largest flow of visits into room, and the cut that proves that none is larger."""
    need, able = market.need, market.able
    (needs, months), (places, kinds) = need.months.shape, able.shape
    place_at, staff_at = 1 + needs, 1 + needs + places * months
    sink = staff_at + kinds * months
    network: Any = SimpleMaxFlow()
    network.add_arcs_with_capacity(np.zeros(needs, np.int64), 1 + np.arange(needs), need.visits)
    row, month = np.nonzero(need.months)
    network.add_arcs_with_capacity(1 + row, place_at + need.place[row] * months + month, need.visits[row])
    pair = np.argwhere(np.repeat(able[:, :, None], months, axis=2))
    ends = (place_at + pair[:, 0] * months + pair[:, 2], staff_at + pair[:, 1] * months + pair[:, 2])
    network.add_arcs_with_capacity(*ends, np.full(len(pair), MANY))
    supply = staff_at + np.arange(kinds * months)
    network.add_arcs_with_capacity(supply, np.full(len(supply), sink), capacity.ravel())
    if network.solve(0, sink) != network.OPTIMAL:
        raise ArithmeticError("the flow of the certificate was not solved")
    made = np.asarray(network.flows(np.arange(needs)), np.int64)
    inside = np.zeros(sink + 1, np.bool_)
    inside[np.asarray(network.get_source_side_min_cut(), np.int64)] = True
    return Cut(need.visits - made, inside[1 : 1 + needs], inside[supply].reshape(kinds, months))

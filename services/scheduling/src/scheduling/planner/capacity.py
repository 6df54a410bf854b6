"""Demand and capacity without distances: kinds of enterprises, kinds of agencies, spans of days, and a flow.

A span is as long as the spacing (or a few of them, where it is short): in each an enterprise can have few visits only.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from scheduling.planner.competence import Kinds, kinds_of
from scheduling.planner.groups import last_of_periods, usable_days
from scheduling.planner.model import NOBODY, PROVINCES, Facts, Flags, Ints
from scheduling.planner.openings import fitting
from scheduling.planner.outstanding import outstanding

MANY = 10**9
A_MONTH = 28
"""Days that a span has at least."""


@dataclass(frozen=True)
class Staff:
    """Agencies that may do the same are one kind: its sectors and provinces, and the visits it has room for by span.

    `one_more` is what a manager makes at least in each span who works every day and as many visits as anybody makes,
    and `one_more_at_most` the most that any such manager makes there: the reserve takes other days of each.
    """

    sectors: Ints
    provinces: Ints
    capacity: Ints
    one_more: Ints
    one_more_at_most: Ints

    def __len__(self) -> int:
        return len(self.sectors)


@dataclass(frozen=True)
class Need:
    """Enterprises of one kind that are open in the same spans, with their visits; `place` is a row of the market's.

    `most` is how many of the visits each span holds; those that fit on no day are needs without a span. `of` is the
    need of each enterprise; it says nothing of one that wants no visits.
    """

    place: Ints
    most: Ints
    visits: Ints
    of: Ints


@dataclass(frozen=True)
class Market:
    """What is needed, who could do it, and which kind of staff may go to which enterprises; `places` says where."""

    need: Need
    staff: Staff
    places: Ints
    able: Flags


@dataclass(frozen=True)
class Cut:
    """What the largest flow leaves of each need, and the smallest cut: whose visits can be made by whom only.

    All who could make a visit more of a need are busy in its spans that are `short`; in the others it has at most
    `elsewhere` visits.
    """

    unserved: Ints
    needs: Flags
    staff_spans: Flags
    short: Flags
    elsewhere: Ints


def market_of(facts: Facts) -> Market:
    """The facts as a market; a sector and province that nobody may serve gets a kind of staff without anybody."""
    span, kinds = span_of(facts), kinds_of(facts)
    need = _need(facts, span, kinds)
    staff, of = _staff(facts, span)
    able = np.zeros((len(kinds.able), len(staff)), np.bool_)
    able[:, of] = kinds.able
    nobody = np.unique(kinds.place[~able.any(axis=1)] // PROVINCES)
    new = nobody[None, :] == (kinds.place // PROVINCES)[:, None]
    return Market(need, _with_kinds(staff, nobody), kinds.place, np.hstack([able, new]))


def span_of(facts: Facts) -> Ints:
    """Each working day's span, counted from 0; the first begins with the first day that is still open."""
    dates, spacing = facts.calendar.dates, max(facts.rules.spacing_days, 1)
    begins = dates[facts.rules.first_open_day :].min(initial=dates.max(initial=0))
    return np.maximum((dates - begins) // (spacing * -(-A_MONTH // spacing)), 0)


def _need(facts: Facts, span: Ints, kinds: Kinds) -> Need:
    left, following = outstanding(facts), facts.calendar.following(facts.rules.spacing_days)
    spans = int(span.max(initial=0)) + 1
    ends = np.searchsorted(span, np.arange(spans + 1)).tolist()
    held = [fitting(left.open_days, following, left.visits, start, end) for start, end in pairwise(ends)]
    possible, most = fitting(left.open_days, following, left.visits, 0, len(span)), np.column_stack(held)
    key = (kinds.of << spans) + (most > 0) @ (1 << np.arange(spans))
    keys, of = np.unique(np.append(key, kinds.of << spans), return_inverse=True)
    visits = np.bincount(of, weights=np.append(possible, left.visits - possible))
    of_all = np.zeros((len(keys), spans), np.int64)
    np.add.at(of_all, of[: len(most)], most)
    some = visits > 0
    place = np.cumsum(some) - 1
    return Need((keys >> spans)[some], of_all[some], visits[some].astype(np.int64), place[of[: len(most)]])


def _staff(facts: Facts, span: Ints) -> tuple[Staff, Ints]:
    """The staff, and the kind of each agency; one that is closed to anybody is a kind of its own."""
    spans = int(span.max(initial=0)) + 1
    agencies, number = facts.agencies, np.arange(len(facts.agencies))
    own = np.where(np.isin(number, facts.closed.agency), number, NOBODY)
    kinds, of = np.unique(np.column_stack([agencies.sectors, agencies.provinces, own]), axis=0, return_inverse=True)
    capacity = np.zeros((len(kinds), spans), np.int64)
    room = _room(facts)
    for one in range(spans):
        np.add.at(capacity[:, one], of.ravel()[facts.managers.agency], room[:, span == one].sum(axis=1))
    return Staff(kinds[:, 0], kinds[:, 1], capacity, *_one_more(facts, span)), of.ravel()


def _one_more(facts: Facts, span: Ints) -> tuple[Ints, Ints]:
    """The fewest and the most visits in each span of somebody who works every day, whichever the reserve takes."""
    share, since = facts.rules.reserve_share, facts.calendar.weekdays_since
    # Between two of these beginnings the reserve is the same days.
    edges = np.unique(np.concatenate([[0.0, 1.0], -since * share % 1, -(since + 1) * share % 1]))
    begins = (edges[:-1] + edges[1:]) / 2
    every = np.arange(len(span)) >= facts.rules.first_open_day
    days = np.broadcast_to(every, (len(begins), len(span)))
    worked = days & ~last_of_periods(days, facts.calendar, begins, share)
    made = worked.astype(np.int64) @ (span[:, None] == np.arange(span.max(initial=0) + 1))
    made *= int(facts.managers.stops.max(initial=1))
    return made.min(axis=0), made.max(axis=0)


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
        staff.one_more_at_most,
    )


def cut(market: Market, capacity: Ints) -> Cut:
    """The largest flow of visits into room, and the cut that proves that none is larger."""
    need, able = market.need, market.able
    (needs, spans), (places, kinds) = need.most.shape, able.shape
    place_at, staff_at = 1 + needs, 1 + needs + places * spans
    sink = staff_at + kinds * spans
    network: Any = SimpleMaxFlow()
    network.add_arcs_with_capacity(np.zeros(needs, np.int64), 1 + np.arange(needs), need.visits)
    row, span = np.nonzero(need.most)
    network.add_arcs_with_capacity(1 + row, place_at + need.place[row] * spans + span, need.most[row, span])
    pair = np.argwhere(np.repeat(able[:, :, None], spans, axis=2))
    ends = (place_at + pair[:, 0] * spans + pair[:, 2], staff_at + pair[:, 1] * spans + pair[:, 2])
    network.add_arcs_with_capacity(*ends, np.full(len(pair), MANY))
    supply = staff_at + np.arange(kinds * spans)
    network.add_arcs_with_capacity(supply, np.full(len(supply), sink), capacity.ravel())
    if network.solve(0, sink) != network.OPTIMAL:
        raise ArithmeticError("the flow of the certificate was not solved")
    made = np.asarray(network.flows(np.arange(needs)), np.int64)
    inside = np.zeros(sink + 1, np.bool_)
    inside[np.asarray(network.get_source_side_min_cut(), np.int64)] = True
    return _cut(need, need.visits - made, inside[1:place_at], inside[place_at:staff_at], inside[supply])


def _cut(need: Need, unserved: Ints, needs: Flags, places: Flags, staff: Flags) -> Cut:
    """The flags say which needs, places by span and staff by span lie inside."""
    spans = need.most.shape[1]
    short = places.reshape(-1, spans)[need.place]
    elsewhere = (need.most * ~short).sum(axis=1) * needs
    return Cut(unserved, needs, staff.reshape(-1, spans), short & (need.most > 0), elsewhere)

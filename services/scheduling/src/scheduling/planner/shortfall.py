"""The shortfall certificate: how many visits nobody can make, proved by a cut, and what would repair it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from scheduling.planner.groups import competent, usable_days
from scheduling.planner.model import Facts, Flags, Ints
from scheduling.planner.openings import unpack

MANY = 10**9


@dataclass(frozen=True)
class Missing:
    """Visits missing for one province, sector and month, and the managers that would make them."""

    province: int
    sector: int
    month: int
    visits: int
    managers: int


@dataclass(frozen=True)
class Certificate:
    """The proof: `demanded` visits can only be made out of `capacity` visits and no others."""

    unserved: int
    demanded: int
    capacity: int
    total_demanded: int
    total_capacity: int
    missing: list[Missing]
    managers_needed: int


@dataclass(frozen=True)
class _Layers:
    """Demand by kind of enterprise and months open, and capacity by agency and month."""

    kind: Ints
    months: Flags
    visits: Ints
    of_province: Ints
    of_sector: Ints
    capacity: Ints
    able: Flags


def certify(facts: Facts) -> Certificate:
    """A bound that holds for every plan: it forgets distances, spacing and whole days, so no plan can make more."""
    layers = _layers(facts)
    unserved, reached_kinds, reached_agencies = _cut(layers)
    missing = _by_month(facts, layers, unserved)
    return Certificate(
        unserved=int(unserved.sum()),
        demanded=int(layers.visits[reached_kinds].sum()),
        capacity=int(layers.capacity[reached_agencies].sum()),
        total_demanded=int(layers.visits.sum()),
        total_capacity=int(layers.capacity.sum()),
        missing=missing,
        managers_needed=_managers_needed(missing),
    )


def month_of(facts: Facts) -> Ints:
    """Each working day's month, counted from 0 in the year of the first."""
    days = [date.fromordinal(int(day)) for day in facts.calendar.dates]
    return np.array([(day.year - days[0].year) * 12 + day.month - 1 for day in days], np.int64)


def _layers(facts: Facts) -> _Layers:
    month = month_of(facts)
    months = int(month.max(initial=0)) + 1
    width = len(facts.calendar)
    starts = np.searchsorted(month, np.arange(months))
    used = starts < np.append(starts[1:], width)
    open_months = np.zeros((len(facts.sites), months), np.bool_)
    open_months[:, used] = np.logical_or.reduceat(unpack(facts.sites.open_days, width), starts[used], axis=1)
    code = open_months @ (1 << np.arange(months))
    place = facts.sites.sector * 32 + facts.sites.province
    keys, of = np.unique(place * (1 << months) + code, return_inverse=True)
    visits = np.bincount(of, weights=facts.sites.visits, minlength=len(keys)).astype(np.int64)
    days = usable_days(facts) * facts.managers.stops[:, None]
    by_manager = np.zeros((len(facts.managers), months), np.int64)
    by_manager[:, used] = np.add.reduceat(days, starts[used], axis=1)
    capacity = np.zeros((len(facts.agencies), months), np.int64)
    np.add.at(capacity, facts.managers.agency, by_manager)
    kinds = keys >> months
    kind_months = (keys[:, None] >> np.arange(months)) & 1 == 1
    fits = competent(facts.agencies, kinds // 32, kinds % 32)
    return _Layers(keys, kind_months, visits, kinds % 32, kinds // 32, capacity, fits)


def _cut(layers: _Layers) -> tuple[Ints, Flags, Flags]:
    """The largest flow; what of each kind it leaves, and which kinds and agency-months the smallest cut holds."""
    kinds, months = layers.months.shape
    agencies = len(layers.capacity)
    source, sink = 0, 1 + kinds + kinds * months + agencies * months
    network: Any = SimpleMaxFlow()
    rows = np.arange(kinds)
    network.add_arcs_with_capacity(np.full(kinds, source), 1 + rows, layers.visits)
    at, when = np.nonzero(layers.months)
    middle = 1 + kinds + at * months + when
    network.add_arcs_with_capacity(1 + at, middle, layers.visits[at])
    pair, agency = np.nonzero(layers.able[at])
    there = 1 + kinds + kinds * months + agency * months + when[pair]
    network.add_arcs_with_capacity(middle[pair], there, np.full(len(pair), MANY))
    supply = 1 + kinds + kinds * months + np.arange(agencies * months)
    network.add_arcs_with_capacity(supply, np.full(len(supply), sink), layers.capacity.ravel())
    if network.solve(source, sink) != network.OPTIMAL:
        raise ArithmeticError("the flow of the certificate was not solved")
    made = np.asarray(network.flows(rows), np.int64)
    inside = np.zeros(sink + 1, np.bool_)
    inside[np.asarray(network.get_source_side_min_cut(), np.int64)] = True
    return layers.visits - made, inside[1 : 1 + kinds], inside[supply].reshape(agencies, months)


def _by_month(facts: Facts, layers: _Layers, unserved: Ints) -> list[Missing]:
    """What is missing, spread over the months in which its enterprises are open, and the managers for it."""
    months = layers.months.shape[1]
    month = month_of(facts)
    days = np.bincount(month, minlength=months)
    stops = max(float(facts.managers.stops.mean()), 1.0) if len(facts.managers) else 1.0
    share = layers.months * days / np.maximum((layers.months * days).sum(axis=1, keepdims=True), 1)
    table = np.zeros((32 * 4, months))
    np.add.at(table, layers.of_sector * 32 + layers.of_province, unserved[:, None] * share)
    found = list[Missing]()
    for kind, when in zip(*np.nonzero(table > 0), strict=True):
        visits = float(table[kind, when])
        a_month = stops * days[when] * (1 - facts.rules.reserve_share)
        needed = int(np.ceil(visits / max(a_month, 1.0)))
        found.append(Missing(int(kind % 32), int(kind // 32), int(when), round(visits), needed))
    return found


def _managers_needed(missing: list[Missing]) -> int:
    """For each province and sector as many as its worst month needs."""
    worst = dict[tuple[int, int], int]()
    for one in missing:
        worst[one.province, one.sector] = max(worst.get((one.province, one.sector), 0), one.managers)
    return sum(worst.values())

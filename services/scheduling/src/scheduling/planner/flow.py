"""Which group of managers serves which enterprise: one minimum-cost flow over the country."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from h3.api.numpy_int import latlng_to_cell
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from scheduling.planner.competence import kinds_of
from scheduling.planner.forecast import joined
from scheduling.planner.geometry import ROAD, on_the_globe
from scheduling.planner.groups import Groups
from scheduling.planner.model import NOBODY, Bits, Facts, Flags, Ints, Reals, Sites
from scheduling.planner.openings import unpack

CELL_RESOLUTION = 7
NEAREST, AT_ONCE = 40, 4096
"""Arcs a node: forty give the same optimum as all (measured); what finds no place there is tried with all."""
METRES = 1000.0
ROOM_IN_SEASON, HALF = 4, 0.5
"""The second choice: free days in an enterprise's own window for each visit, and how full a group may become."""
UNSERVED_KM = 20_000.0


@dataclass(frozen=True)
class Demand:
    """Sites to be served and how many visits each still needs."""

    site: Ints
    visits: Ints


@dataclass(frozen=True)
class Season:
    """The days on which each site of a demand may be visited, and how many managers of each group are free by day."""

    open_days: Bits
    free: Reals


@dataclass(frozen=True)
class Nodes:
    """Sites that are alike to the flow, being in one cell and of one kind; `able` is node kind by agency."""

    of: Ints
    place: Reals
    kind: Ints
    visits: Ints
    able: Flags


@dataclass(frozen=True)
class Loading:
    """How full groups may become: up to each share of the capacity, a visit costs so many kilometres more."""

    shares: tuple[float, ...] = (0.95, 0.99)
    prices: tuple[float, ...] = (0.0, 1.0)


@dataclass(frozen=True)
class Arcs:
    """Who could serve whom, and at how many road kilometres a visit."""

    node: Ints
    group: Ints
    km: Reals


@dataclass(frozen=True)
class Flow:
    """Visits on each arc, visits of each node that nobody can make, and the kilometres of all."""

    nodes: Nodes
    arcs: Arcs
    visits: Ints
    unserved: Ints
    km: float


def nodes_of(facts: Facts, demand: Demand, resolution: int = CELL_RESOLUTION) -> Nodes:
    """The demand, gathered in nodes; a node lies at the mean of its sites (so, by Jensen, never too far)."""
    sites = facts.sites
    latitude, longitude = on_the_globe(sites.place[demand.site])
    pairs = zip(latitude.tolist(), longitude.tolist(), strict=True)
    cells = np.fromiter((latlng_to_cell(a, b, resolution) for a, b in pairs), np.uint64, len(demand.site))
    _, cell = np.unique(cells, return_inverse=True)
    kinds = kinds_of(facts)
    keys, of = np.unique(cell * len(kinds.able) + kinds.of[demand.site], return_inverse=True)
    visits = np.bincount(of, weights=demand.visits, minlength=len(keys))
    sums = [
        np.bincount(of, weights=sites.place[demand.site, axis] * demand.visits, minlength=len(keys)) for axis in (0, 1)
    ]
    place = np.column_stack(sums) / np.maximum(visits, 1)[:, None]
    return Nodes(of.astype(np.int64), place, keys % len(kinds.able), visits.astype(np.int64), kinds.able)


def arcs_of(nodes: Nodes, groups: Groups, nearest: int) -> Arcs:
    """The competent groups of each node that are cheapest: a day's way out and back, shared by its stops."""
    parts = [np.arange(at, min(at + AT_ONCE, len(nodes.visits))) for at in range(0, len(nodes.visits), AT_ONCE)]
    found = [_arcs_from(nodes, groups, part, nearest) for part in parts]
    columns = [np.concatenate([getattr(arcs, name) for arcs in found]) for name in ("node", "group", "km")]
    return Arcs(columns[0], columns[1], columns[2])


def _arcs_from(nodes: Nodes, groups: Groups, some: Ints, nearest: int) -> Arcs:
    km = costs_of(nodes.place[some], nodes.able[nodes.kind[some]], groups)
    count = min(nearest, len(groups))
    columns = np.sort(np.argpartition(km, count - 1, axis=1)[:, :count], axis=1)
    rows = np.repeat(np.arange(len(some)), count)
    cost = km[rows, columns.ravel()]
    fine = np.isfinite(cost)
    return Arcs(some[rows[fine]], columns.ravel()[fine], cost[fine])


def costs_of(place: Reals, able: Flags, groups: Groups) -> Reals:
    """Road kilometres a visit of each place with each group; infinite where its agency is not able, or has no room."""
    away = [place[:, axis, None] - groups.base[None, :, axis] for axis in (0, 1)]
    km = np.hypot(away[0], away[1]) * (2 * ROAD / groups.stops)
    km[~(able[:, groups.agency] & (groups.capacity > 0))] = np.inf
    return km


def solve(arcs: Arcs, nodes: Nodes, groups: Groups, loading: Loading) -> Flow:
    """The cheapest way to make all visits; what no arc can carry is unserved."""
    count, sink = len(nodes.visits), len(nodes.visits) + len(groups)
    network: Any = SimpleMinCostFlow()  # its own stubs mistake an array's shape for its kind
    cost = np.round(arcs.km * METRES).astype(np.int64)
    network.add_arcs_with_capacity_and_unit_cost(arcs.node, count + arcs.group, nodes.visits[arcs.node], cost)
    dear = np.full(count, round(UNSERVED_KM * METRES))
    network.add_arcs_with_capacity_and_unit_cost(np.arange(count), np.full(count, sink), nodes.visits, dear)
    filled = np.zeros(len(groups), np.int64)
    for share, price in zip(loading.shares, loading.prices, strict=True):
        upto = np.floor(groups.capacity * share).astype(np.int64)
        price_metres = np.full(len(groups), round(price * METRES))
        at = count + np.arange(len(groups))
        network.add_arcs_with_capacity_and_unit_cost(at, np.full(len(groups), sink), upto - filled, price_metres)
        filled = upto
    network.set_nodes_supplies(
        np.arange(sink + 1), np.r_[nodes.visits, np.zeros(len(groups), np.int64), -nodes.visits.sum()]
    )
    status = network.solve()
    if status != network.OPTIMAL:
        raise ArithmeticError(f"the flow over {count} nodes ended as {status}")
    on_arcs = np.asarray(network.flows(np.arange(len(arcs.node))), np.int64)
    unserved = np.asarray(network.flows(np.arange(len(arcs.node), len(arcs.node) + count)), np.int64)
    return Flow(nodes, arcs, on_arcs, unserved, float((on_arcs * arcs.km).sum()))


def serve(facts: Facts, demand: Demand, groups: Groups, loading: Loading) -> Ints:
    """The group of each site of the demand; NOBODY where capacity or competence is missing."""
    if not len(demand.site) or not len(groups):
        return np.full(len(demand.site), NOBODY, np.int64)
    nodes = nodes_of(facts, demand)
    flow = solve(arcs_of(nodes, groups, NEAREST), nodes, groups, loading)
    if flow.unserved.any() and len(groups) > NEAREST:
        flow = solve(arcs_of(nodes, groups, len(groups)), nodes, groups, loading)
    return _hand_out(facts, demand, groups, flow)


def serve_beside(facts: Facts, demand: Demand, groups: Groups, forecast: Sites | None) -> Ints:
    """The same beside a forecast, which takes the capacity that it will need and is then forgotten."""
    if forecast is None or not len(forecast):
        return serve(facts, demand, groups, Loading())
    more = Demand(len(facts.sites) + np.arange(len(forecast)), forecast.visits)
    both = Demand(np.append(demand.site, more.site), np.append(demand.visits, more.visits))
    with_them = replace(facts, sites=joined(facts.sites, forecast))
    return serve(with_them, both, groups, Loading())[: len(demand.site)]


def serve_rest(facts: Facts, demand: Demand, groups: Groups, season: Season) -> Ints:
    """A second choice for enterprises that found no days: only groups with several free days in their season."""
    kinds, rows = kinds_of(facts), np.arange(len(demand.site))
    nodes = Nodes(rows, facts.sites.place[demand.site], kinds.of[demand.site], demand.visits, kinds.able)
    shared = unpack(season.open_days, len(facts.calendar)).astype(np.float64) @ season.free.T
    arcs = arcs_of(nodes, groups, len(groups))
    fine = shared[arcs.node, arcs.group] >= ROOM_IN_SEASON * demand.visits[arcs.node]
    arcs = Arcs(arcs.node[fine], arcs.group[fine], arcs.km[fine])
    return _hand_out(facts, demand, groups, solve(arcs, nodes, groups, Loading((HALF,), (0.0,))))


def _hand_out(facts: Facts, demand: Demand, groups: Groups, flow: Flow) -> Ints:
    """Within a node that several groups share, who would lose most by the other choice chooses first."""
    of = flow.nodes.of
    carrying = np.flatnonzero(flow.visits)
    node = flow.arcs.node[carrying]
    among = np.bincount(node, minlength=len(flow.nodes.visits))
    whole = (among == 1) & (flow.unserved == 0)
    only = np.full(len(among), NOBODY, np.int64)
    only[node] = flow.arcs.group[carrying]
    served = np.where(whole[of], only[of], NOBODY)
    order = np.argsort(of, kind="stable")
    for shared in np.flatnonzero((among > 0) & ~whole):
        rows = order[slice(*np.searchsorted(of, [shared, shared + 1], sorter=order))]
        arcs = carrying[slice(*np.searchsorted(node, [shared, shared + 1]))]
        km = _km(facts, demand.site[rows], groups, flow.arcs.group[arcs])
        served[rows] = _choose(km, flow.arcs.group[arcs], flow.visits[arcs].copy(), demand.visits[rows])
    return served


def _km(facts: Facts, site: Ints, groups: Groups, group: Ints) -> Reals:
    away = facts.sites.place[site][:, None, :] - groups.base[group][None]
    return np.sqrt((away**2).sum(axis=-1)) / groups.stops[group]


def _choose(km: Reals, group: Ints, quota: Ints, visits: Ints) -> Ints:
    chosen = np.full(len(km), NOBODY, np.int64)
    regret = km.min(axis=1) - km.mean(axis=1)
    for row in np.argsort(regret, kind="stable"):
        # Half a site's visits may overshoot a quota: a site is never divided between agencies.
        room = np.flatnonzero(quota * 2 >= visits[row])
        if len(room):
            best = room[np.argmin(km[row, room])]
            chosen[row] = group[best]
            quota[best] -= visits[row]
    return chosen

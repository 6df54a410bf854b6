"""A bound that no plan can beat: every visit pays its share of a full day's way out and back.

The country is divided at best by a flow over cells and near groups, of which only the price of each group's room is
kept. Any prices bound the kilometres from below (weak duality: what a visit costs at its cheapest group, prices added,
less what all room is worth), here over every enterprise by itself and every group that may serve it: what the flow left
out can make the bound looser, never too high.
"""

from dataclasses import replace

import numpy as np

from scheduling.planner.competence import kinds_of
from scheduling.planner.flow import (
    AT_ONCE,
    NEAREST,
    UNSERVED_KM,
    Demand,
    Loading,
    Nodes,
    arcs_of,
    costs_of,
    nodes_of,
    solve,
)
from scheduling.planner.groups import Groups, group, usable_days
from scheduling.planner.model import Facts, Ints, Reals, Visits


def radial_bound(facts: Facts, visits: Visits) -> float:
    """Road kilometres a visit that every plan needs at least that makes these visits and keeps the reserve."""
    if not len(visits):
        return 0.0
    made = np.bincount(visits.site, minlength=len(facts.sites))
    sites = np.flatnonzero(made)
    # All year's room, for visits that lie behind us count too; the reserve is none, for the programme keeps it free.
    days = usable_days(replace(facts, rules=replace(facts.rules, first_open_day=0)))
    groups = group(facts, days, near_km=0.0)
    price = _prices(nodes_of(facts, Demand(sites, made[sites])), groups)
    kilometres = _cheapest(facts, sites, groups, price) @ made[sites] - price @ groups.capacity
    return max(float(kilometres), 0.0) / len(visits)


def _prices(nodes: Nodes, groups: Groups) -> Reals:
    """What one visit more costs each group: the cheapest way to hand one on, from group to group, to one with room."""
    flow = solve(arcs_of(nodes, groups, NEAREST), nodes, groups, Loading((1.0,), (0.0,)))
    used = np.bincount(flow.arcs.group, flow.visits, len(groups))
    onward = np.full((len(groups), len(groups)), np.inf)
    carrying = np.flatnonzero(flow.visits)
    for rows in np.array_split(carrying, len(carrying) // AT_ONCE + 1):
        node, giver = flow.arcs.node[rows], flow.arcs.group[rows]
        costs = costs_of(nodes.place[node], nodes.able[nodes.kind[node]], groups)
        np.minimum.at(onward, giver, costs - flow.arcs.km[rows, None])
    price = np.where(used < groups.capacity, 0.0, UNSERVED_KM)
    for _ in range(len(groups)):
        price = np.clip((onward + price).min(axis=1), 0.0, price)
    return price


def _cheapest(facts: Facts, sites: Ints, groups: Groups, price: Reals) -> Reals:
    """What a visit of each enterprise costs at its best group; nothing where none may serve it any more."""
    kinds, least = kinds_of(facts), np.empty(len(sites))
    for at in range(0, len(sites), AT_ONCE):
        some = sites[at : at + AT_ONCE]
        costs = costs_of(facts.sites.place[some], kinds.able[kinds.of[some]], groups) + price
        least[at : at + AT_ONCE] = costs.min(axis=1, initial=np.inf)
    return np.where(np.isfinite(least), least, 0.0)

"""A bound that no plan can beat: every visit pays its share of a way out and back, the country divided at best."""

import numpy as np

from scheduling.planner.flow import Demand, Loading, arcs_of, nodes_of, solve
from scheduling.planner.groups import group, usable_days
from scheduling.planner.model import Facts

NEAREST = 96


def radial_bound(facts: Facts) -> float:
    """Road kilometres a visit that every plan needs at least: full days, no way between two enterprises."""
    groups = group(facts, usable_days(facts), near_km=0.0)
    nodes = nodes_of(facts, Demand(np.arange(len(facts.sites)), facts.sites.visits))
    flow = solve(arcs_of(nodes, groups, NEAREST), nodes, groups, Loading((1.0,), (0.0,)))
    served = int(flow.visits.sum())
    return flow.km / max(served, 1)

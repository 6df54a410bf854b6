"""Shadow prices: what one visit more would cost each agency, so that today's visit leaves room for tomorrow's."""

from typing import Any, cast

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from scheduling.planner.flow import Demand, Nodes, arcs_of, nodes_of
from scheduling.planner.groups import Groups, group, usable_days
from scheduling.planner.model import Facts, Ints, Reals

COARSE, NEAREST = 6, 40
UNSERVED_KM = 600.0


def shadow_prices(facts: Facts, expected: Reals | None = None, near_km: float = 25.0) -> Reals:
    """Each manager's price in kilometres a visit: the dual of its agency's capacity in the plan's linear programme.

    `expected` scales the demand of each enterprise: above 1 for kinds of which more are still to come.
    """
    groups = group(facts, usable_days(facts), near_km)
    nodes = nodes_of(facts, Demand(np.arange(len(facts.sites)), facts.sites.visits), COARSE)
    weight = np.ones(len(facts.sites)) if expected is None else expected
    visits = np.bincount(nodes.of, weights=weight * facts.sites.visits, minlength=len(nodes.visits)).astype(np.float64)
    return _duals(facts, nodes, groups, visits)[groups.of]


def expected_more(facts: Facts, known: Ints, still_to_come: float) -> Reals:
    """How much more of each enterprise's kind to reckon with: known ones now, and as many more as are still to come."""
    weight = np.zeros(len(facts.sites))
    weight[known] = 1.0 + still_to_come / max(len(known), 1)
    return weight


def _duals(facts: Facts, nodes: Nodes, groups: Groups, visits: Reals) -> Reals:
    arcs = arcs_of(facts.agencies, nodes, groups, NEAREST)
    count, rows = len(visits), np.arange(len(visits))
    width = len(arcs.node) + count
    columns = np.arange(len(arcs.node))
    served = csr_matrix((np.ones(width), (np.r_[arcs.node, rows], np.arange(width))), shape=(count, width))
    used = csr_matrix((np.ones(len(columns)), (arcs.group, columns)), shape=(len(groups), width))
    cost = np.r_[arcs.km, np.full(count, UNSERVED_KM)]
    # scipy's stubs know no sparse matrices here, the solver does.
    answer = cast(Any, linprog)(
        cost, A_ub=used, b_ub=groups.capacity.astype(np.float64), A_eq=served, b_eq=visits, method="highs-ds"
    )
    if answer.status != 0:
        raise ArithmeticError(f"the programme of prices ended with status {answer.status}: {answer.message}")
    return np.maximum(-np.asarray(answer.ineqlin.marginals, np.float64), 0.0)

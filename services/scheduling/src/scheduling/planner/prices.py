"""Shadow prices: what one visit more would cost each agency, so that today's visit leaves room for tomorrow's."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from scheduling.planner.flow import Demand, Nodes, arcs_of, nodes_of
from scheduling.planner.forecast import joined
from scheduling.planner.groups import Groups, group, usable_days
from scheduling.planner.model import NOBODY, Facts, Flags, Reals, Sites
from scheduling.planner.outstanding import outstanding

COARSE, NEAREST = 6, 20
"""Twenty arcs a node give the same prices as forty in half the time (measured on the nation: 4 s)."""
UNSERVED_KM = 600.0


def shadow_prices(facts: Facts, forecast: Sites | None = None, near_km: float = 25.0) -> Reals:
    """Each manager's price in kilometres a visit: the dual of its agency's capacity in the plan's linear programme.

    Whoever knows an enterprise already keeps it; the rest of the capacity is for everybody else and for the forecast.
    """
    left, days = outstanding(facts), usable_days(facts)
    groups = group(facts, days, near_km)
    known = left.manager != NOBODY
    taken = _made_by(facts, days) + np.bincount(left.manager[known], left.visits[known], len(facts.managers))
    room = groups.capacity - np.bincount(groups.of, taken, len(groups))
    more = facts.sites.take(np.empty(0, np.int64)) if forecast is None else forecast
    everybody = replace(facts, sites=joined(facts.sites, more))
    visits = np.append(np.where(known, 0, left.visits), more.visits)
    wanted = np.flatnonzero(visits)
    if not len(wanted):
        return np.zeros(len(facts.managers))
    nodes = nodes_of(everybody, Demand(wanted, visits[wanted]), COARSE)
    return _duals(nodes, groups, np.maximum(room, 0.0))[groups.of]


def _made_by(facts: Facts, days: Flags) -> Reals:
    """The visits that each manager keeps on days still to be planned."""
    kept = facts.kept.take(facts.kept.day >= 0)
    inside = days[kept.manager, kept.day]
    return np.bincount(kept.manager[inside], minlength=len(facts.managers)).astype(np.float64)


def _duals(nodes: Nodes, groups: Groups, room: Reals) -> Reals:
    arcs = arcs_of(nodes, groups, NEAREST)
    count, rows = len(nodes.visits), np.arange(len(nodes.visits))
    width = len(arcs.node) + count
    columns = np.arange(len(arcs.node))
    served = csr_matrix((np.ones(width), (np.r_[arcs.node, rows], np.arange(width))), shape=(count, width))
    used = csr_matrix((np.ones(len(columns)), (arcs.group, columns)), shape=(len(groups), width))
    cost = np.r_[arcs.km, np.full(count, UNSERVED_KM)]
    # scipy's stubs know no sparse matrices here, the solver does.
    answer = cast(Any, linprog)(
        cost, A_ub=used, b_ub=room, A_eq=served, b_eq=nodes.visits.astype(np.float64), method="highs-ds"
    )
    if answer.status != 0:
        raise ArithmeticError(f"the programme of prices ended with status {answer.status}: {answer.message}")
    return np.maximum(-np.asarray(answer.ineqlin.marginals, np.float64), 0.0)

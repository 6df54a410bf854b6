"""The cheapest days for visits that follow one another with the spacing kept."""

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.planner.model import Ints, Reals


@compiled
def cheapest_chain(costs: Reals, following: Ints, visits: int, wait_km: float) -> tuple[float, Ints]:
    """The cheapest days that keep the spacing; waiting counts for the first of them."""
    width = len(costs)
    value, came = np.full((visits, width), np.inf), np.full((visits, width), -1, np.int64)
    for day in range(width):
        value[0, day] = costs[day] + wait_km * day
    for turn in range(1, visits):
        best = _best_before(value[turn - 1], following)
        for day in range(width):
            if best[day] >= 0:
                value[turn, day], came[turn, day] = value[turn - 1, best[day]] + costs[day], best[day]
    days = np.empty(visits, np.int64)
    end = np.argmin(value[visits - 1])
    total, days[visits - 1] = value[visits - 1, end], end
    for turn in range(visits - 1, 0, -1):
        days[turn - 1] = came[turn, days[turn]]
    return total, days


@compiled
def _best_before(value: Reals, following: Ints) -> Ints:
    """For each day the cheapest end of a chain that keeps the spacing before it."""
    best = np.full(len(value), -1, np.int64)
    before, cheapest = 0, -1
    for day in range(len(value)):
        while before < len(value) and following[before] <= day:
            if cheapest < 0 or value[before] < value[cheapest]:
                cheapest = before
            before += 1
        best[day] = cheapest
    return best

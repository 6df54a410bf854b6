"""The shortfall certificate: how many visits nobody can make, proved by a cut, and the fewest managers that would."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.capacity import Market, cut, market_of, month_of
from scheduling.planner.model import PROVINCES, Facts, Ints
from scheduling.planner.repair import Repair, fewest_managers, shared

NO_MONTH = -1


@dataclass(frozen=True)
class Missing:
    """Visits missing for one province, sector and month."""

    province: int
    sector: int
    month: int
    visits: int


@dataclass(frozen=True)
class Certificate:
    """The proof: `demanded` visits can only be made out of `capacity` visits and no others.

    No fewer than `managers_bound` managers more can end it; the `repairs` end it, in all `managers_needed`: with them
    the same flow leaves `unserved_then` visits, those that no manager can make, their enterprises having no day.
    """

    unserved: int
    demanded: int
    capacity: int
    total_demanded: int
    total_capacity: int
    missing: list[Missing]
    managers_bound: int
    managers_needed: int
    repairs: list[Repair]
    unserved_then: int


def certify(facts: Facts) -> Certificate:
    """A bound that holds for every plan: it forgets distances, spacing and whole days, so no plan can make more."""
    market = market_of(facts)
    found = cut(market, market.staff.capacity)
    fewest = fewest_managers(market, found)
    return Certificate(
        unserved=int(found.unserved.sum()),
        demanded=int(market.need.visits[found.needs].sum()),
        capacity=int(market.staff.capacity[found.staff_months].sum()),
        total_demanded=int(market.need.visits.sum()),
        total_capacity=int(market.staff.capacity.sum()),
        missing=_by_month(facts, market, found.unserved),
        managers_bound=fewest.bound,
        managers_needed=fewest.managers,
        repairs=fewest.repairs,
        unserved_then=fewest.unserved,
    )


def _by_month(facts: Facts, market: Market, unserved: Ints) -> list[Missing]:
    """What is missing, spread over the months in which its enterprises are open; NO_MONTH where there is none."""
    months = market.need.months.shape[1]
    days = np.bincount(month_of(facts), minlength=months)
    table = dict[tuple[int, int], int]()
    for row in np.flatnonzero(unserved):
        place, weights = int(market.places[market.need.place[row]]), market.need.months[row] * days
        each = shared(int(unserved[row]), weights / weights.sum()) if weights.any() else []
        for month, visits in enumerate(each) if each else [(NO_MONTH, int(unserved[row]))]:
            table[place, month] = table.get((place, month), 0) + visits
    return [
        Missing(place % PROVINCES, place // PROVINCES, month, visits)
        for (place, month), visits in sorted(table.items())
        if visits
    ]

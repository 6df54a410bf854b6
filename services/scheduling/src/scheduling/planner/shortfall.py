"""The shortfall certificate: how many visits nobody can make, proved by a cut, and the fewest managers that would."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from scheduling.planner.capacity import Cut, Market, cut, market_of, span_of
from scheduling.planner.model import PROVINCES, Facts, Ints
from scheduling.planner.openings import unpack
from scheduling.planner.outstanding import outstanding
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
    """The proof: of `demanded` visits at most `elsewhere` fit, with the spacing kept, into days away from the shortage;
    all others can only be made out of `capacity` visits.

    No fewer than `managers_bound` managers more can end it; the `repairs` end it, in all `managers_needed`: with them
    the same flow leaves `unserved_then` visits. No manager can make those that are `hopeless`, their enterprises having
    no day; whether the rest can be made, the reserve of new managers decides.
    """

    unserved: int
    demanded: int
    elsewhere: int
    capacity: int
    total_demanded: int
    total_capacity: int
    missing: list[Missing]
    managers_bound: int
    managers_needed: int
    repairs: list[Repair]
    unserved_then: int
    hopeless: int


def certify(facts: Facts) -> Certificate:
    """A bound that holds for every plan: it forgets distances, single days and neighbouring spans' spacing."""
    market = market_of(facts)
    found = cut(market, market.staff.capacity)
    fewest = fewest_managers(market, found)
    return Certificate(
        unserved=int(found.unserved.sum()),
        demanded=int(market.need.visits[found.needs].sum()),
        elsewhere=int(found.elsewhere.sum()),
        capacity=int(market.staff.capacity[found.staff_spans].sum()),
        total_demanded=int(market.need.visits.sum()),
        total_capacity=int(market.staff.capacity.sum()),
        missing=_by_month(facts, market, found),
        managers_bound=fewest.bound,
        managers_needed=fewest.managers,
        repairs=fewest.repairs,
        unserved_then=fewest.unserved,
        hopeless=fewest.hopeless,
    )


def _by_month(facts: Facts, market: Market, found: Cut) -> list[Missing]:
    """What is missing, spread over its own open days in the spans that are short; NO_MONTH where it has none."""
    span, months, left = span_of(facts), _months(facts), outstanding(facts)
    table = dict[tuple[int, int], int]()
    for row in np.flatnonzero(found.unserved):
        opened = unpack(left.open_days[(market.need.of == row) & (left.visits > 0)], len(span)).sum(axis=0)
        place, visits, weights = (
            int(market.places[market.need.place[row]]),
            found.unserved[row],
            (opened * found.short[row][span]) @ months,
        )
        each = (
            dict(enumerate(shared(int(visits), weights / weights.sum()))) if weights.any() else {NO_MONTH: int(visits)}
        )
        for month, some in each.items():
            table[place, month] = table.get((place, month), 0) + some
    return [
        Missing(place % PROVINCES, place // PROVINCES, month, visits)
        for (place, month), visits in sorted(table.items())
        if visits
    ]


def _months(facts: Facts) -> Ints:
    """Working day by month, counted from 0 in January of the first day's year: 1 where the day lies in the month."""
    dates = [date.fromordinal(int(day)) for day in facts.calendar.dates]
    month = np.array([(day.year - dates[0].year) * 12 + day.month - 1 for day in dates], np.int64)
    return (month[:, None] == np.arange(month.max(initial=0) + 1)).astype(np.int64)

"""Days on which a site is closed: planners, the placer of newcomers and bookings keep clear of them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from events.contracts.registry import EnterpriseChanged
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.placer import place_all

pytestmark = pytest.mark.timeout(600)
JULY = date(2023, 7, 3)
SPRING = tuple(date(2023, 4, 1) + timedelta(days=n) for n in range((JULY - date(2023, 4, 1)).days))


def changed(fact: Any, *closed_days: date) -> EnterpriseChanged:
    said = fact.model_dump(exclude={"registered_on"})
    return EnterpriseChanged(**said | {"changed_on": date(2023, 4, 12), "closed_days": closed_days})


def days_of(visits: dict[str, dict[str, Any]]) -> list[date]:
    return sorted(date.fromisoformat(visit["visit_on"]) for visit in visits.values())


def of_site(visits: dict[str, dict[str, Any]], fact: Any) -> dict[str, dict[str, Any]]:
    return {name: visit for name, visit in visits.items() if visit["enterprise_id"] == str(fact.enterprise_id)}


@pytest.mark.parametrize("planner", ["plain", "national"])
async def test_a_plan_visits_nobody_on_a_closed_day(scheduling: Any, nation: Any, planner: str) -> None:
    korea = nation(enterprises=24, closed_days=SPRING)
    await scheduling.hear_all(korea)
    await scheduling.ask(korea)
    (plan,) = await scheduling.plan_all(planner)
    visits = await scheduling.by_id()
    assert (plan["state"], plan["visits"], len(visits)) == ("published", 48, 48)
    assert days_of(visits)[0] >= JULY


async def test_a_newcomer_is_visited_when_it_is_open(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=12)
    before = await scheduling.planned(korea)
    larger = replace(korea, enterprises=15, closed_days=SPRING)
    await scheduling.hear(*larger.registered[12:])
    await scheduling.hear(*larger.eligible[12:])
    await place_all(PlacingOrder(database_url=scheduling.dsn, books_after="reports"))
    after = await scheduling.by_id()
    new = {name: visit for name, visit in after.items() if name not in before}
    assert len(new) == 6
    assert days_of(new)[0] >= JULY


async def test_a_missed_visit_is_booked_behind_the_closed_days(scheduling: Any, nation: Any, missed: Any) -> None:
    korea = nation(enterprises=6)
    first = min((await scheduling.planned(korea)).values(), key=lambda visit: visit["visit_on"])
    fact = next(fact for fact in korea.registered if str(fact.enterprise_id) == first["enterprise_id"])
    begins = date.fromisoformat(first["visit_on"]) + timedelta(days=1)
    closed = [begins + timedelta(days=n) for n in range(21)]
    await scheduling.hear(changed(fact, *closed), version=2)
    await scheduling.report([missed(first)])
    await scheduling.book()
    again = (await scheduling.by_id())[first["visit_id"]]
    assert again["state"] == "scheduled"
    assert date.fromisoformat(again["visit_on"]) > closed[-1]


async def test_a_published_visit_on_a_day_that_becomes_closed_is_booked_for_another_and_nobody_elses(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=12)
    before = await scheduling.planned(korea)
    fact = korea.registered[3]
    mine = of_site(before, fact)
    last = max(mine, key=lambda name: mine[name]["visit_on"])
    closed = date.fromisoformat(mine[last]["visit_on"])
    await scheduling.hear(changed(fact, closed, closed + timedelta(days=1)), version=2)
    await scheduling.book()
    after = await scheduling.by_id()
    assert scheduling.differing(before, after) == {last}
    assert (after[last]["state"], after[last]["version"]) == ("scheduled", 2)
    assert date.fromisoformat(after[last]["visit_on"]) not in (closed, closed + timedelta(days=1))


async def test_where_a_site_is_closed_for_the_rest_of_the_year_the_next_plan_takes_its_visits_off(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=8)
    before = await scheduling.planned(korea)
    mine = of_site(before, korea.registered[3])
    days = (date(2023, 4, 1) + timedelta(days=n) for n in range(280))
    await scheduling.hear(changed(korea.registered[3], *days), version=2)
    await scheduling.book()
    assert await scheduling.by_id() == before
    await scheduling.plan(korea)
    after = await scheduling.by_id()
    assert scheduling.differing(before, after) == mine.keys()
    assert {after[name]["state"] for name in mine} == {"cancelled"}
    assert {fact["reason"] for fact in await scheduling.said("visit.cancelled")} == {"replanned"}

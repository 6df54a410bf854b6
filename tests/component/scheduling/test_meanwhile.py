"""What is heard while visits are being given their days: none of them ends where the news forbids it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from events.contracts.registry import EnterpriseChanged, ManagerLeft, ManagerTrained
from events.transport.lanes import LANES
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.placer import place_all

pytestmark = pytest.mark.timeout(600)
JULY = date(2023, 7, 3)
SPRING = tuple(date(2023, 4, 1) + timedelta(days=n) for n in range((JULY - date(2023, 4, 1)).days))
COMPUTING = "lock table price in access exclusive mode"
"""Held, it stops a placer that has read its picture and is about to find days."""
WRITTEN = f"select pg_advisory_xact_lock({0x414E4A45}, lane) from generate_series(0, {LANES - 1}) lane"
"""Held, it stops whoever has written all visits and is about to say so."""
MOMENTS = pytest.mark.parametrize("moment", [COMPUTING, WRITTEN], ids=["computing", "written"])


async def everybody_on_leave(scheduling: Any, korea: Any) -> None:
    facts = [ManagerTrained(**fact.model_dump() | {"leave_days": SPRING}) for fact in korea.trained]
    await scheduling.hear(*facts, version=2)


async def everybody_leaves(scheduling: Any, korea: Any) -> None:
    said = [fact.model_dump(include=set(ManagerLeft.model_fields)) for fact in korea.trained]
    await scheduling.hear(*(ManagerLeft(**one, left_on=date(2023, 4, 12)) for one in said), version=2)


async def sites_close(scheduling: Any, korea: Any) -> None:
    said = [fact.model_dump(exclude={"registered_on"}) for fact in korea.registered]
    more = {"changed_on": date(2023, 4, 12), "closed_days": SPRING}
    await scheduling.hear(*(EnterpriseChanged(**one | more) for one in said), version=2)


async def interrupted(scheduling: Any, working: Awaitable[Any], moment: str, news: Awaitable[None]) -> None:
    """Somebody gives out days, is stopped at a moment, and goes on when the news has come, or waits for it."""
    async with scheduling.held(moment):
        work = asyncio.ensure_future(working)
        await scheduling.until("exists (select from pg_locks where not granted)")
        hearing = asyncio.ensure_future(news)
        if moment == COMPUTING:
            await hearing  # it waits for nobody
        await asyncio.wait({hearing}, timeout=0.5)
    await work
    await hearing


async def with_newcomers(scheduling: Any, nation: Any) -> tuple[Any, set[str]]:
    """A nation that is planned, and three enterprises that have come since."""
    korea = nation(enterprises=12, managers=2)
    await scheduling.planned(korea)
    larger = replace(korea, enterprises=15)
    await scheduling.hear(*larger.registered[12:])
    await scheduling.hear(*larger.eligible[12:])
    return larger, {str(fact.enterprise_id) for fact in larger.registered[12:]}


def place(scheduling: Any) -> Awaitable[None]:
    return place_all(PlacingOrder(database_url=scheduling.dsn, books_after="reports"))


async def new_visits(scheduling: Any, sites: set[str]) -> list[dict[str, Any]]:
    return [visit for visit in await scheduling.visits() if visit["enterprise_id"] in sites]


@MOMENTS
@pytest.mark.parametrize("news", [everybody_on_leave, sites_close], ids=lambda news: news.__name__)
async def test_on_days_on_which_managers_are_on_leave_or_sites_closed_no_newcomer_is_visited(
    scheduling: Any, nation: Any, moment: str, news: Any
) -> None:
    korea, new = await with_newcomers(scheduling, nation)
    await interrupted(scheduling, place(scheduling), moment, news(scheduling, korea))
    await scheduling.book()
    await place(scheduling)
    visits = await new_visits(scheduling, new)
    assert len(visits) == 6
    assert min(visit["visit_on"] for visit in visits) >= str(JULY)


@MOMENTS
async def test_managers_who_leave_visit_no_newcomer_any_more(scheduling: Any, nation: Any, moment: str) -> None:
    korea, new = await with_newcomers(scheduling, nation)
    await interrupted(scheduling, place(scheduling), moment, everybody_leaves(scheduling, korea))
    await scheduling.plan_all()
    assert {visit["state"] for visit in await new_visits(scheduling, new)} <= {"cancelled"}
    assert await scheduling.visits(state="scheduled") == []


@pytest.mark.parametrize("news", [everybody_on_leave, everybody_leaves, sites_close], ids=lambda news: news.__name__)
async def test_what_is_heard_before_days_are_written_lets_nothing_be_said_that_it_forbids(
    scheduling: Any, nation: Any, news: Any
) -> None:
    korea, new = await with_newcomers(scheduling, nation)
    said = len(await scheduling.said("visit.scheduled"))
    await interrupted(scheduling, place(scheduling), COMPUTING, news(scheduling, korea))
    assert len(await scheduling.said("visit.scheduled")) == said
    waiting = await scheduling.pool.fetch("select enterprise_id from newcomer where left_at is null")
    assert {str(row["enterprise_id"]) for row in waiting} >= new


@pytest.mark.parametrize("news", [everybody_on_leave, sites_close], ids=lambda news: news.__name__)
async def test_a_plan_that_is_being_published_is_looked_at_again(scheduling: Any, nation: Any, news: Any) -> None:
    korea = nation(enterprises=8)
    await scheduling.hear_all(korea)
    await scheduling.ask(korea)
    await interrupted(scheduling, scheduling.plan_all(), WRITTEN, news(scheduling, korea))
    await scheduling.book()
    visits = await scheduling.visits()
    assert {visit["state"] for visit in visits} == {"scheduled"}
    assert min(visit["visit_on"] for visit in visits) >= str(JULY)


async def test_a_booking_that_is_being_written_is_looked_at_again(scheduling: Any, nation: Any, missed: Any) -> None:
    korea = nation(enterprises=4)
    first = min((await scheduling.planned(korea)).values(), key=lambda visit: visit["visit_on"])
    await scheduling.report([missed(first)])
    await interrupted(scheduling, scheduling.book(), WRITTEN, everybody_on_leave(scheduling, korea))
    await scheduling.book()
    again = (await scheduling.by_id())[first["visit_id"]]
    assert again["state"] == "scheduled"
    assert again["visit_on"] >= str(JULY)

"""Newcomers are placed while others plan, close, change or are killed: nothing is half, and nothing is double."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest

from events.contracts.registry import EnterpriseChanged, EnterpriseClosed
from events.transport.lanes import LANES
from scheduling.planning.between_plans import place_newcomers
from scheduling.planning.desk import plan_next, start, start_planner
from scheduling.store import plans

pytestmark = pytest.mark.timeout(600)
OUTBOX_LOCKS = 0x414E4A45
ALL_LANES = f"select pg_advisory_xact_lock({OUTBOX_LOCKS}, lane) from generate_series(0, {LANES - 1}) lane"
SOMEBODY_WAITS = "exists (select from pg_locks where not granted)"
SOMEBODY_WAITS_FOR_A_LANE = "exists (select from pg_locks where not granted and locktype = 'advisory')"


async def test_a_placer_killed_on_its_way_leaves_nothing_half_and_nothing_is_double(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=20)
    before = await newcomers.planned(korea)
    await newcomers.come(korea, 26)
    said = await scheduling.said("visit.scheduled")
    for stop in ("lock table visit in share mode", ALL_LANES):
        async with scheduling.held(stop):
            process = await start("scheduling.planning.placer", newcomers.order)
            await scheduling.until(SOMEBODY_WAITS)
            process.kill()
            await process.wait()
        assert await scheduling.by_id() == before
        assert await scheduling.said("visit.scheduled") == said
    assert await place_newcomers(scheduling.desk)
    await newcomers.place()
    assert len(await scheduling.visits()) == len(await scheduling.said("visit.scheduled")) == 52


async def test_a_placer_that_has_lost_the_lock_publishes_nothing(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    before = await newcomers.planned(korea)
    await newcomers.come(korea, 10)
    async with scheduling.held("lock table visit in share mode"):
        placing = asyncio.create_task(newcomers.place())
        await scheduling.until(SOMEBODY_WAITS)
        await scheduling.pool.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = $1", plans.BOOKING
        )
    (ended,) = await asyncio.gather(placing, return_exceptions=True)
    assert isinstance(ended, Exception)
    assert await scheduling.by_id() == before
    assert await newcomers.waiting() == 2


async def test_days_that_a_site_loses_while_being_placed_are_given_up(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=8)
    await newcomers.planned(korea)
    larger = await newcomers.come(korea, 10)
    one, other = (fact.enterprise_id for fact in larger.registered[8:])
    told: dict[str, Any] = larger.registered[9].model_dump(include=set(EnterpriseChanged.model_fields))
    told |= {"changed_on": date(2023, 4, 12), "closed_weekdays": ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    # One loses them before the placer takes hold of its newcomers, the other when its visits are there.
    lost = f"with lost as (update enterprise set closed_weekdays = 127 where enterprise_id = '{one}')"
    async with scheduling.held(ALL_LANES):
        async with scheduling.held(f"{lost} select from newcomer for update"):
            placing = asyncio.create_task(newcomers.place())
            await scheduling.until(SOMEBODY_WAITS)
        await scheduling.until(SOMEBODY_WAITS_FOR_A_LANE)
        hearing = asyncio.create_task(scheduling.hear(EnterpriseChanged(**told), version=2))
        await asyncio.wait({hearing}, timeout=0.5)
    await placing
    await hearing
    rows = await scheduling.pool.fetch("select enterprise_id, count(*) n from visit where wants_day group by 1")
    assert {row["enterprise_id"]: row["n"] for row in rows} == {one: 2, other: 2}


async def test_whoever_closes_while_being_placed_is_not_visited(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await newcomers.planned(korea)
    larger = await newcomers.come(korea, 10)
    gone = larger.registered[9].enterprise_id
    await scheduling.book()  # what was heard of the managers is no news any more, and the placer begins at once
    # It stops with the rows of its newcomers in its hands; the closing is heard behind it.
    async with scheduling.held("lock table visit in share mode"):
        placing = asyncio.create_task(newcomers.place())
        await scheduling.until(SOMEBODY_WAITS)
        closed = EnterpriseClosed(enterprise_id=gone, closed_on=date(2023, 4, 20))
        hearing = asyncio.create_task(scheduling.hear(closed, version=2))
        await asyncio.wait({hearing}, timeout=0.5)
    await placing
    await hearing
    states = Counter(v["state"] for v in await scheduling.visits() if v["enterprise_id"] == str(gone))
    assert states == {"cancelled": 2}
    assert len(await scheduling.said("visit.cancelled")) == 2


async def test_a_closing_heard_first_leaves_nobody_to_be_placed(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await newcomers.planned(korea)
    larger = await newcomers.come(korea, 9)
    await scheduling.hear(
        EnterpriseClosed(enterprise_id=larger.registered[8].enterprise_id, closed_on=date(2023, 4, 20)), version=2
    )
    await newcomers.place()
    assert (len(await scheduling.visits()), await newcomers.waiting()) == (16, 0)


async def test_an_officers_plan_and_newcomers_at_the_same_time_give_each_site_its_visits_once(
    newcomers: Any, scheduling: Any, nation: Any, completed: Any, broken: Any
) -> None:
    korea = nation(enterprises=30)
    before = await newcomers.planned(korea)
    larger = await newcomers.come(korea, 40)
    await scheduling.ask(korea)
    plan = await plans.take(scheduling.pool, 600)
    assert plan
    both = [await start_planner(scheduling.desk, plan), await start("scheduling.planning.placer", newcomers.order)]
    first = next(visit for visit in before.values() if visit["ordinal"] == 1)
    assert (await scheduling.report([completed(first)]))["accepted"] == 1
    assert [await process.wait() for process in both] == [0, 0]
    visits = await scheduling.visits()
    assert Counter(Counter(visit["enterprise_id"] for visit in visits).values()) == {2: 40}
    assert broken(larger, [visit for visit in visits if visit["state"] == "scheduled"]) == []
    assert len(await scheduling.said("visit.scheduled")) == 80
    assert not await plan_next(scheduling.pool, scheduling.desk)

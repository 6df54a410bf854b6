"""A planner's process killed at any moment: nothing is half published, and the plan is made all the same."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from events.transport.lanes import LANES
from scheduling.planning.desk import plan_next, start
from scheduling.planning.worker import PLANNERS
from scheduling.store import plans

OUTBOX_LOCKS = 0x414E4A45


@asynccontextmanager
async def held(dsn: str, statement: str) -> AsyncGenerator[None]:
    """Holds what a statement locks, so that the planner must stop there."""
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        await connection.execute(statement)
        yield
    await connection.close()


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(120):
        while not await condition():
            await asyncio.sleep(0.05)


STOPS = {
    "before the picture": f"select pg_advisory_xact_lock({plans.BOOKING})",
    "before the visits": "lock table visit in share mode",
    "between the visits and their facts": f"select pg_advisory_xact_lock({OUTBOX_LOCKS}, {LANES - 1})",
    "before the plan is marked": "select from plan for update",
}


@pytest.mark.parametrize("where", STOPS)
async def test_a_planner_killed_on_its_way_leaves_nothing_and_is_followed_by_another(
    scheduling: Any, nation: Any, where: str
) -> None:
    korea = nation(enterprises=20)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    async with held(scheduling.dsn, STOPS[where]):
        process = await start(scheduling.desk, plan)

        async def waits() -> bool:
            assert process.returncode is None
            return await scheduling.pool.fetchval("select exists (select from pg_locks where not granted)")

        await eventually(waits)
        process.kill()
        await process.wait()
    assert await scheduling.visits() == []
    assert await scheduling.said("visit.scheduled") == []
    assert (await scheduling.get(path))["state"] == "planning"
    await scheduling.pool.execute("update plan set lease_until = now() - interval '1 second'")
    assert await plan_next(scheduling.pool, scheduling.desk)
    assert (await scheduling.get(path))["state"] == "published"
    assert len(await scheduling.visits()) == len(await scheduling.said("visit.scheduled")) == 40
    assert len(await scheduling.said("plan.published")) == 1


async def test_a_planner_that_lost_its_lease_publishes_nothing(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    late = await plans.take(scheduling.pool, 30)
    await scheduling.pool.execute("update plan set lease_until = now() - interval '1 second'")
    again = await plans.take(scheduling.pool, 30)
    assert late
    assert again
    assert (late.plan_id, late.attempt + 1) == (again.plan_id, again.attempt)
    process = await start(scheduling.desk, late)
    assert await process.wait() == 0
    assert await scheduling.visits() == []
    assert (await scheduling.get(path))["state"] == "planning"


async def test_a_planner_ends_with_the_service_that_ordered_it(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await scheduling.ask(korea)
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    async with held(scheduling.dsn, STOPS["before the picture"]):
        process = await start(scheduling.desk, plan)
        assert process.stdin
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 60) != 0


async def test_a_plan_whose_planners_all_die_is_refused(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    await scheduling.pool.execute("update plan set attempt = 5")
    assert await plan_next(scheduling.pool, scheduling.desk)
    plan = await scheduling.get(path)
    assert (plan["state"], [reason["code"] for reason in plan["reasons"]]) == ("refused", ["planning_failed"])


async def test_a_planner_that_cannot_reach_the_database_gives_the_plan_back(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    astray = replace(scheduling.desk, database_url="postgresql://127.0.0.1:1/nowhere")
    assert await plan_next(scheduling.pool, astray)
    assert (await scheduling.get(path))["state"] == "planning"
    assert await plan_next(scheduling.pool, scheduling.desk)
    assert (await scheduling.get(path))["state"] == "published"


def test_every_planner_that_can_be_chosen_can_be_loaded() -> None:
    from importlib import import_module

    assert all(callable(import_module(module).plan) for module in PLANNERS.values())


async def test_nothing_is_planned_when_nothing_was_asked_for(scheduling: Any) -> None:
    assert not await plan_next(scheduling.pool, scheduling.desk)

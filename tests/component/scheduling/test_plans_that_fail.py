"""Plans that come to nothing: seen, asked for again, and no hanging planner or second instance stands in the way."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
from prometheus_client import REGISTRY

from scheduling.planning.desk import plan_next
from scheduling.planning.worker import sole_use
from scheduling.store import plans


async def failed(scheduling: Any, korea: Any) -> str:
    """A plan whose planners have all died, some time ago."""
    path = await scheduling.ask(korea)
    await scheduling.pool.execute("update plan set attempt = 5 where state = 'requested'")
    assert await plan_next(scheduling.pool, scheduling.desk)
    return path


async def later(scheduling: Any, minutes: int) -> None:
    await scheduling.pool.execute(
        """update plan set lease_until = lease_until - make_interval(mins => $1),
                  requested_at = requested_at - make_interval(mins => $1)""",
        minutes,
    )


async def until_waiting(scheduling: Any) -> None:
    async with asyncio.timeout(60):
        while not await scheduling.pool.fetchval("select exists (select from pg_locks where not granted)"):
            await asyncio.sleep(0.05)


def refused() -> float:
    return REGISTRY.get_sample_value("plans_refused_total", {"reason": "planning_failed"}) or 0


async def test_a_plan_that_failed_is_counted_and_can_be_looked_up(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    before = refused()
    await failed(scheduling, korea)
    assert refused() == before + 1
    (plan,) = (await scheduling.get(f"/programmes/{korea.programme_id}/plans"))["plans"]
    assert (plan["state"], plan["requested_by"]) == ("refused", "somebody")
    assert [reason["code"] for reason in plan["reasons"]] == ["planning_failed"]


async def test_the_plans_of_a_programme_are_told_newest_first(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    paths = [await scheduling.ask(korea, preview=True, most_moved=n) for n in range(3)]
    told = (await scheduling.get(f"/programmes/{korea.programme_id}/plans?limit=2"))["plans"]
    assert [f"/plans/{plan['plan_id']}" for plan in told] == [paths[2], paths[1]]
    who = {"agency_id": str(korea.agencies[0].agency_id)}
    answer = await scheduling.call("GET", f"/programmes/{korea.programme_id}/plans", "agency", who=who)
    assert answer.status_code == 403


async def test_a_plan_that_failed_is_asked_for_again_later_and_later(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await failed(scheduling, korea)
    for wait in (5, 10, 20):
        await later(scheduling, wait - 1)
        assert await plans.ask_again(scheduling.pool, 300) == []
        await later(scheduling, 2)
        assert await plans.ask_again(scheduling.pool, 300) == [korea.programme_id]
        assert await plans.ask_again(scheduling.pool, 300) == []
        await failed(scheduling, korea)
    await later(scheduling, 60)
    assert await plans.ask_again(scheduling.pool, 300) == [korea.programme_id]
    (plan,) = await scheduling.plan_all()
    assert plan["state"] == "published"
    assert plan["requested_by"].startswith("again ")
    await later(scheduling, 600)
    assert await plans.ask_again(scheduling.pool, 300) == []


async def test_a_plan_refused_for_a_good_reason_is_not_asked_for_again(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    assert (await scheduling.plan(korea))["reasons"][0]["code"] == "nothing_to_plan"
    await later(scheduling, 600)
    assert await plans.ask_again(scheduling.pool, 300) == []


async def test_a_planner_that_hangs_is_ended_and_followed_by_another(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    connection = await asyncpg.connect(scheduling.dsn)
    await connection.execute("select pg_advisory_lock($1)", plans.BOOKING)
    impatient = replace(scheduling.desk, lease_seconds=1.5, deadline_seconds=3)
    async with asyncio.timeout(120):
        assert await plan_next(scheduling.pool, impatient)
    assert (await scheduling.get(path))["state"] == "planning"
    await connection.close()
    assert await plan_next(scheduling.pool, scheduling.desk)
    assert (await scheduling.get(path))["state"] == "published"


async def test_two_instances_that_take_two_plans_of_a_programme_do_not_fail(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    await scheduling.ask(korea, preview=True)
    connection = await asyncpg.connect(scheduling.dsn)
    async with connection.transaction():
        await connection.execute(
            "update plan set state = 'planning', lease_until = 'infinity' where plan_id = $1",
            UUID(path.removeprefix("/plans/")),
        )
        taking = asyncio.create_task(plans.take(scheduling.pool, 30))
        await until_waiting(scheduling)
    await connection.close()
    assert await taking is None


async def test_a_planner_waits_for_its_turn_longer_than_for_any_answer(scheduling: Any) -> None:
    other = await asyncpg.connect(scheduling.dsn)
    await other.execute("select pg_advisory_lock($1)", plans.BOOKING)
    async with asyncpg.create_pool(scheduling.dsn, min_size=1, max_size=1, command_timeout=0.5) as pool:

        async def take_turn() -> bool:
            async with sole_use(pool) as db:
                return await db.fetchval("select true")

        turn = asyncio.create_task(take_turn())
        await asyncio.wait({turn}, timeout=2)
        await other.close()
        assert await turn

"""A planner's process killed at any moment: nothing is half published, and the plan is made all the same."""

import asyncio
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import asyncpg
import pytest

from events.contracts.registry import AgencySuspended, EnterpriseClosed
from events.transport.lanes import LANES
from scheduling.model import PlanRow
from scheduling.planning.desk import Desk, plan_next, start_planner
from scheduling.planning.worker import PLANNERS, sole_use
from scheduling.store import plans

OUTBOX_LOCKS = 0x414E4A45


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


async def waits(scheduling: Any, process: Process) -> bool:
    assert process.returncode is None
    return await scheduling.pool.fetchval("select exists (select from pg_locks where not granted)")


# The same way is gone whoever computes: the national planner, slower to start, is killed at its most dangerous stop.
KILLED = pytest.mark.parametrize(
    ("planner", "where"), [*(("plain", where) for where in STOPS), ("national", "between the visits and their facts")]
)


async def killed(scheduling: Any, desk: Desk, plan: PlanRow, where: str) -> None:
    """Has a planner go as far as a stop, and kills it there."""
    async with scheduling.held(STOPS[where]):
        process = await start_planner(desk, plan)
        await eventually(partial(waits, scheduling, process))
        process.kill()
        await process.wait()


def suspended(korea: Any, agency: int) -> AgencySuspended:
    return AgencySuspended(
        agency_id=korea.agencies[agency].agency_id,
        programme_id=korea.programme_id,
        suspended_from=date(2023, 4, 1),
        reason="other",
        decided_on=date(2023, 4, 1),
    )


@KILLED
async def test_a_planner_killed_on_its_way_leaves_nothing_and_is_followed_by_another(
    scheduling: Any, nation: Any, planner: Any, where: str
) -> None:
    korea = nation(enterprises=20)
    await scheduling.hear_all(korea)
    path = await scheduling.ask(korea)
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    desk = replace(scheduling.desk, planner=planner)
    await killed(scheduling, desk, plan, where)
    assert await scheduling.visits() == []
    assert await scheduling.said("visit.scheduled") == []
    assert (await scheduling.get(path))["state"] == "planning"
    await scheduling.pool.execute("update plan set lease_until = now() - interval '1 second'")
    assert await plan_next(scheduling.pool, desk)
    assert (await scheduling.get(path))["state"] == "published"
    assert len(await scheduling.visits()) == len(await scheduling.said("visit.scheduled")) == 40
    assert len(await scheduling.said("plan.published")) == 1


@KILLED
async def test_a_planner_killed_in_mid_year_has_moved_and_cancelled_nothing(
    scheduling: Any, nation: Any, planner: Any, where: str
) -> None:
    korea = nation(enterprises=20)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    before = await scheduling.visits()
    # Where the agency that goes everywhere is suspended too, whoever is in the provinces of both has nobody.
    facts = [suspended(korea, number) for number in (1, 4)]
    await scheduling.hear(*facts, version=2)
    said = [len(await scheduling.said(kind)) for kind in ("visit.scheduled", "visit.cancelled", "plan.published")]
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    desk = replace(scheduling.desk, planner=planner)
    await killed(scheduling, desk, plan, where)
    assert await scheduling.visits() == before
    assert said == [
        len(await scheduling.said(kind)) for kind in ("visit.scheduled", "visit.cancelled", "plan.published")
    ]
    await scheduling.pool.execute("update plan set lease_until = now() - interval '1 second'")
    assert await plan_next(scheduling.pool, desk)
    done = await scheduling.get(f"/plans/{plan.plan_id}")
    changed = [one for one, was in zip(await scheduling.visits(), before, strict=True) if one != was]
    states = Counter(visit["state"] for visit in changed)
    assert (done["state"], done["difference"]["moved"]) == ("published", states["scheduled"])
    assert done["difference"]["dropped"] == states["cancelled"] > 0
    assert states["scheduled"] > 0
    assert len(await scheduling.said("visit.cancelled")) == states["cancelled"]
    assert len(await scheduling.said("visit.scheduled")) == said[0] + states["scheduled"]
    assert {visit["version"] for visit in changed} == {2}


async def test_reports_and_facts_go_on_while_a_plan_is_made_anew(
    scheduling: Any, nation: Any, completed: Any, missed: Any
) -> None:
    korea = nation(enterprises=40)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    gone = str(korea.agencies[1].agency_id)
    visits = {visit["visit_id"]: visit for visit in await scheduling.visits()}
    theirs = sorted(name for name, visit in visits.items() if visit["agency_id"] == gone)
    kept_waiting = visits[theirs[0]]["enterprise_id"]  # a report locks all visits to its enterprise
    there = {name: visit for name, visit in visits.items() if visit["enterprise_id"] != kept_waiting}
    firsts = sorted(name for name, visit in there.items() if visit["ordinal"] == 1)
    others = [name for name in firsts if visits[name]["agency_id"] != gone]
    done = [name for name in theirs[1:] if name in firsts][-1]
    await scheduling.hear(suspended(korea, 1), version=2)
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    # Held at the first visit that it moves: all that follows happens behind the picture that it was computed from.
    async with scheduling.held(f"select from visit where visit_id = '{theirs[0]}' for update"):
        process = await start_planner(scheduling.desk, plan)
        await eventually(partial(waits, scheduling, process))
        rows = [*(completed(visits[name]) for name in [done, *others[:5]]), missed(visits[others[6]])]
        assert (await scheduling.report(rows))["accepted"] == 7
        closed = EnterpriseClosed(enterprise_id=visits[others[7]]["enterprise_id"], closed_on=date(2023, 4, 20))
        await scheduling.hear(closed, version=2)
        await scheduling.hear(suspended(korea, 2), version=2)
    assert await process.wait() == 0
    after = {visit["visit_id"]: visit for visit in await scheduling.visits()}
    assert {after[name]["state"] for name in others[:5]} == {"completed"}
    assert (after[others[6]]["state"], after[others[7]]["state"]) == ("missed", "cancelled")
    assert (after[done]["state"], after[done]["agency_id"], after[done]["version"]) == ("completed", gone, 2)
    assert not [v for v in after.values() if v["agency_id"] == gone and v["state"] == "scheduled"]
    assert (await plans.take(scheduling.pool, 30)) is not None


async def test_who_waits_for_its_turn_waits_longer_than_transactions_may(scheduling: Any) -> None:
    patience = {"transaction_timeout": "200ms", "lock_timeout": "200ms"}
    async with (
        asyncpg.create_pool(scheduling.dsn, min_size=1, max_size=1, server_settings=patience) as pool,
        asyncio.TaskGroup() as beside,
        scheduling.held(STOPS["before the picture"]),
    ):
        turn = beside.create_task(take_turn(pool))
        await asyncio.wait({turn}, timeout=1)
        assert not turn.done()
    assert turn.result() == 1


async def take_turn(pool: Any) -> int:
    async with sole_use(pool) as db:
        return await db.fetchval("select 1")


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
    process = await start_planner(scheduling.desk, late)
    assert await process.wait() == 0
    assert await scheduling.visits() == []
    assert (await scheduling.get(path))["state"] == "planning"


async def test_a_planner_ends_with_the_service_that_ordered_it(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await scheduling.ask(korea)
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    async with scheduling.held(STOPS["before the picture"]):
        process = await start_planner(scheduling.desk, plan)
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

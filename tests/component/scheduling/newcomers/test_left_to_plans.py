"""Newcomers whom a plan serves better, or who find no day between plans: one is asked for, once."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from scheduling.planning.between_plans import MOST_AT_ONCE, keep_placing
from scheduling.store import plans

pytestmark = pytest.mark.timeout(600)


async def test_a_plan_is_asked_for_once_for_those_who_find_no_day(newcomers: Any, scheduling: Any, nation: Any) -> None:
    short = {"window_until": date(2023, 6, 30), "visits_a_day": 1}
    korea = nation(enterprises=400, managers=1, limits=short)
    await newcomers.planned(korea)
    await newcomers.come(korea, 404)
    await newcomers.place()
    left = await newcomers.waiting()
    assert left > 0
    assert not await newcomers.is_time()
    assert await plans.take(scheduling.pool, 30) is None
    for _ in range(2):
        assert not await newcomers.is_time(replan_seconds=0)
    (plan,) = await scheduling.plan_all()
    rows = await scheduling.pool.fetch("select requested_by from plan order by requested_at")
    assert [row["requested_by"] for row in rows] == ["somebody", "newcomers"]
    assert plan["state"] == "published"
    told = (await scheduling.get(f"/plans/{plan['plan_id']}/unscheduled"))["unscheduled"]
    assert told
    await newcomers.is_time()
    assert await newcomers.waiting() == 0


async def test_very_many_newcomers_are_left_to_a_plan_that_is_asked_for_at_once(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=5)
    await newcomers.planned(korea)
    larger = await newcomers.come(korea, 6 + MOST_AT_ONCE)
    unknown = replace(korea, enterprises=larger.enterprises + 1)
    await scheduling.pool.execute("update newcomer set arrived_at = arrived_at - interval '1 hour'")
    await scheduling.hear(unknown.eligible[-1])
    # As long as they go on coming there is no end of plans that would give days to whoever is there by chance.
    assert not await newcomers.is_time(gather_seconds=1_800)
    assert await plans.take(scheduling.pool, 30) is None
    assert not await newcomers.is_time()
    (plan,) = await scheduling.plan_all()
    assert (plan["requested_by"], plan["enterprises"]) == ("newcomers", larger.enterprises - 5)
    assert not await newcomers.is_time(replan_seconds=0)
    # Whom no plan could see is neither forgotten nor left to one.
    assert (await newcomers.waiting(), await plans.take(scheduling.pool, 30)) == (1, None)
    await scheduling.hear(unknown.registered[-1])
    assert await newcomers.is_time()


async def test_after_rounds_that_fail_a_plan_is_asked_for(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await newcomers.planned(korea)
    await newcomers.come(korea, 10)
    await scheduling.pool.execute("alter table price add check (km is null)")
    placing = asyncio.create_task(keep_placing(scheduling.pool, newcomers.desk(lease_seconds=0)))
    await scheduling.until("exists (select from plan where requested_by = 'newcomers')")
    placing.cancel()
    await asyncio.gather(placing, return_exceptions=True)
    (plan,) = await scheduling.plan_all()
    assert (plan["state"], plan["visits"]) == ("published", 4)


async def test_an_enterprise_with_a_visit_behind_it_is_left_to_a_plan(
    newcomers: Any, scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=6)
    before = await newcomers.planned(korea)
    mine = str(korea.registered[0].enterprise_id)
    first = next(v for v in before.values() if v["enterprise_id"] == mine and v["ordinal"] == 1)
    await scheduling.report([completed(first)])
    await scheduling.hear(*korea.ineligible(0), version=2)
    await scheduling.hear(korea.eligible[0], version=3)
    assert await newcomers.is_time()
    await newcomers.place()
    assert not await newcomers.is_time(replan_seconds=0)
    (plan,) = await scheduling.plan_all()
    assert (plan["state"], plan["visits"]) == ("published", 1)

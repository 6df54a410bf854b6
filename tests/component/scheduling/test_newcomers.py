"""Enterprises that come after the plan: days of their own at once, and nobody else's day moves."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events.contracts.registry import EnterpriseChanged, EnterpriseClosed
from events.transport import db
from events.transport.lanes import LANES
from korea.calendar import is_working_day
from scheduling.planning.between_plans import MOST_AT_ONCE, is_time, keep_placing, place_newcomers
from scheduling.planning.desk import plan_next, start, start_planner
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.placer import place_all
from scheduling.store import plans

pytestmark = pytest.mark.timeout(600)
OUTBOX_LOCKS = 0x414E4A45


def order(scheduling: Any) -> PlacingOrder:
    return PlacingOrder(database_url=scheduling.dsn, books_after="reports")


def at_once(scheduling: Any, **more: Any) -> Any:
    return replace(scheduling.desk, gather_seconds=0, **more)


async def by_id(scheduling: Any) -> dict[str, dict[str, Any]]:
    return {visit["visit_id"]: visit for visit in await scheduling.visits()}


async def planned(scheduling: Any, korea: Any) -> dict[str, dict[str, Any]]:
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    assert not await is_time(scheduling.pool, at_once(scheduling))
    return await by_id(scheduling)


async def come(scheduling: Any, korea: Any, enterprises: int) -> Any:
    """The nation grows by enterprises that register and are found eligible."""
    larger = replace(korea, enterprises=enterprises)
    await scheduling.hear(*larger.eligible[korea.enterprises :])
    await scheduling.hear(*larger.registered[korea.enterprises :])
    return larger


async def waiting(scheduling: Any) -> int:
    return await scheduling.pool.fetchval("select count(*) from newcomer")


def broken(nation: Any, visits: list[dict[str, Any]]) -> list[str]:
    """What breaks a rule, computed from the facts themselves."""
    agencies = {str(fact.agency_id): fact for fact in nation.agencies}
    managers = {str(fact.manager_id): fact for fact in nation.trained}
    sites = {str(fact.enterprise_id): fact for fact in nation.registered}
    found, days = list[str](), dict[str, list[tuple[int, date]]]()
    for visit in visits:
        manager, site, day = managers[visit["manager_id"]], sites[visit["enterprise_id"]], _day(visit)
        provinces = agencies[visit["agency_id"]].provinces
        days.setdefault(visit["enterprise_id"], []).append((visit["ordinal"], day))
        fits = (
            str(manager.agency_id) == visit["agency_id"] and (not provinces or site.province in provinces),
            is_working_day(day) and day > manager.trained_on and day not in manager.leave_days,
            day.strftime("%a").lower() not in site.closed_weekdays,
            (site.open_from or day) <= day <= (site.open_until or day),
        )
        found += [f"{visit['visit_id']}: rule {number}" for number, kept in enumerate(fits) if not kept]
    load = Counter((visit["manager_id"], visit["visit_on"]) for visit in visits)
    found += ["capacity" for (who, _), times in load.items() if times > managers[who].visits_a_day]
    for mine in days.values():
        found += ["spacing" for one, other in pairwise(sorted(mine)) if other[1] - one[1] < timedelta(days=28)]
    return found


def _day(visit: dict[str, Any]) -> date:
    return date.fromisoformat(visit["visit_on"])


async def test_newcomers_get_their_visits_at_once_and_nobody_elses_moves(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=40, limits={"target_enterprises": 100})
    before = await planned(scheduling, korea)
    larger = await come(scheduling, korea, 52)
    assert await is_time(scheduling.pool, at_once(scheduling))
    await place_all(order(scheduling))
    after = await by_id(scheduling)
    assert {name: after[name] for name in before} == before
    new = {name: visit for name, visit in after.items() if name not in before}
    assert Counter(visit["enterprise_id"] for visit in new.values()) == {
        str(fact.enterprise_id): 2 for fact in larger.registered[40:]
    }
    assert broken(larger, list(after.values())) == []
    said = (await scheduling.said("visit.scheduled"))[len(before) :]
    assert {(fact["visit_id"], fact["visit_on"], fact["version"]) for fact in said} == {
        (name, visit["visit_on"], 1) for name, visit in new.items()
    }
    assert await waiting(scheduling) == 0
    again = await scheduling.plan(korea)
    assert [reason["code"] for reason in again["reasons"]] == ["nothing_to_plan"]


async def test_newcomers_lie_behind_what_was_reported(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=30)
    before = await planned(scheduling, korea)
    last = max((visit for visit in before.values() if visit["ordinal"] == 1), key=lambda visit: visit["visit_on"])
    await scheduling.report([completed(last)])
    await come(scheduling, korea, 36)
    await place_all(order(scheduling))
    new = [visit for name, visit in (await by_id(scheduling)).items() if name not in before]
    assert new
    assert min(visit["visit_on"] for visit in new) > last["visit_on"]


async def test_whoever_comes_before_the_first_plan_waits_for_it(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await scheduling.hear_all(korea)
    assert not await is_time(scheduling.pool, at_once(scheduling))
    assert await plans.take(scheduling.pool, 30) is None
    await place_all(order(scheduling))
    assert await scheduling.visits() == []
    await scheduling.plan(korea)
    assert not await is_time(scheduling.pool, at_once(scheduling))
    assert await waiting(scheduling) == 0


async def test_newcomers_wait_a_little_for_company(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await planned(scheduling, korea)
    await come(scheduling, korea, 8)
    assert not await is_time(scheduling.pool, replace(scheduling.desk, gather_seconds=3_600))
    await scheduling.pool.execute("update newcomer set arrived_at = arrived_at - interval '1 hour'")
    assert await is_time(scheduling.pool, replace(scheduling.desk, gather_seconds=3_600))


async def test_a_plan_is_asked_for_once_for_those_who_find_no_day(scheduling: Any, nation: Any) -> None:
    short = {"window_until": date(2023, 6, 30), "visits_a_day": 1}
    korea = nation(enterprises=400, managers=1, limits=short)
    await planned(scheduling, korea)
    await come(scheduling, korea, 404)
    await place_all(order(scheduling))
    left = await waiting(scheduling)
    assert left > 0
    assert not await is_time(scheduling.pool, at_once(scheduling))
    assert await plans.take(scheduling.pool, 30) is None
    for _ in range(2):
        assert not await is_time(scheduling.pool, at_once(scheduling, replan_seconds=0))
    (plan,) = await scheduling.plan_all()
    rows = await scheduling.pool.fetch("select requested_by from plan order by requested_at")
    assert [row["requested_by"] for row in rows] == ["somebody", "newcomers"]
    assert plan["state"] == "published"
    told = (await scheduling.get(f"/plans/{plan['plan_id']}/unscheduled"))["unscheduled"]
    assert told
    await is_time(scheduling.pool, at_once(scheduling))
    assert await waiting(scheduling) == 0


async def test_very_many_newcomers_are_left_to_a_plan_that_is_asked_for_at_once(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    await planned(scheduling, korea)
    larger = await come(scheduling, korea, 6 + MOST_AT_ONCE)
    unknown = replace(korea, enterprises=larger.enterprises + 1)
    await scheduling.pool.execute("update newcomer set arrived_at = arrived_at - interval '1 hour'")
    await scheduling.hear(unknown.eligible[-1])
    # As long as they go on coming there is no end of plans that would give days to whoever is there by chance.
    assert not await is_time(scheduling.pool, replace(scheduling.desk, gather_seconds=1_800))
    assert await plans.take(scheduling.pool, 30) is None
    assert not await is_time(scheduling.pool, at_once(scheduling))
    (plan,) = await scheduling.plan_all()
    assert (plan["requested_by"], plan["enterprises"]) == ("newcomers", larger.enterprises - 5)
    assert not await is_time(scheduling.pool, at_once(scheduling, replan_seconds=0))
    # Whom no plan could see is neither forgotten nor left to one.
    assert (await waiting(scheduling), await plans.take(scheduling.pool, 30)) == (1, None)
    await scheduling.hear(unknown.registered[-1])
    assert await is_time(scheduling.pool, at_once(scheduling))


async def test_an_enterprise_that_opens_again_is_visited_under_higher_versions(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10)
    before = await planned(scheduling, korea)
    fact = korea.registered[0]
    mine = {name for name, visit in before.items() if visit["enterprise_id"] == str(fact.enterprise_id)}
    await scheduling.hear(EnterpriseClosed(enterprise_id=fact.enterprise_id, closed_on=date(2023, 5, 2)), version=2)
    opened = {name: value for name, value in fact.model_dump().items() if name in EnterpriseChanged.model_fields}
    await scheduling.hear(EnterpriseChanged.model_validate(opened | {"changed_on": date(2023, 5, 3)}), version=3)
    assert await is_time(scheduling.pool, at_once(scheduling))
    await place_all(order(scheduling))
    after = await by_id(scheduling)
    assert {(after[name]["state"], after[name]["version"]) for name in mine} == {("scheduled", 3)}
    assert {name: after[name] for name in before if name not in mine} == {
        name: visit for name, visit in before.items() if name not in mine
    }


async def test_where_a_programme_is_over_newcomers_wait_for_another(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await planned(scheduling, korea)
    await come(scheduling, korea, 8)
    today = {"books_after": "today", "replan_seconds": 0}
    await scheduling.pool.execute("update newcomer set left_at = arrived_at")
    assert not await is_time(scheduling.pool, at_once(scheduling, **today))
    assert await plans.take(scheduling.pool, 30) is None
    await place_all(order(scheduling).model_copy(update={"books_after": "today"}))
    assert (len(await scheduling.visits()), await waiting(scheduling)) == (12, 2)


async def test_newcomers_come_into_the_programme_that_began_first(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=20)
    await planned(scheduling, korea)
    pilot = replace(korea, programme_id=uuid4(), managers=1)
    for facts in ([pilot.programme], pilot.agencies, pilot.trained):
        await scheduling.hear(*facts)
    await scheduling.plan(pilot)
    larger = await come(scheduling, korea, 22)
    # Days in another programme are none in this.
    await scheduling.plan(pilot)
    assert await is_time(scheduling.pool, at_once(scheduling))
    await place_all(order(scheduling))
    new = {str(fact.enterprise_id) for fact in larger.registered[20:]}
    visits = [visit["programme_id"] for visit in await scheduling.visits() if visit["enterprise_id"] in new]
    assert Counter(visits) == {str(korea.programme_id): 4, str(pilot.programme_id): 4}


async def test_whoever_waited_before_newcomers_were_remembered_waits_still(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=400, managers=1, limits={"window_until": date(2023, 6, 30), "visits_a_day": 1})
    await planned(scheduling, korea)
    await come(scheduling, korea, 403)
    await scheduling.pool.execute("delete from newcomer")
    await scheduling.pool.execute("delete from migration where name = 'scheduling/0004_who_waits_already.sql'")
    await db.migrate(scheduling.dsn, "scheduling")
    assert await waiting(scheduling) > 3
    assert await is_time(scheduling.pool, at_once(scheduling))
    assert await waiting(scheduling) == 3


async def test_after_rounds_that_fail_a_plan_is_asked_for(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await planned(scheduling, korea)
    await come(scheduling, korea, 10)
    await scheduling.pool.execute("alter table price add check (km is null)")
    placing = asyncio.create_task(keep_placing(scheduling.pool, at_once(scheduling, lease_seconds=0)))
    await _until(scheduling, "select exists (select from plan where requested_by = 'newcomers')")
    placing.cancel()
    await asyncio.gather(placing, return_exceptions=True)
    (plan,) = await scheduling.plan_all()
    assert (plan["state"], plan["visits"]) == ("published", 4)


async def test_prices_are_found_after_a_plan_and_then_kept(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=20, limits={"target_enterprises": 60})
    await planned(scheduling, korea)
    found = list[set[Any]]()
    for enterprises in (22, 24):
        korea = await come(scheduling, korea, enterprises)
        await place_all(order(scheduling))
        found.append({row["found_at"] for row in await scheduling.pool.fetch("select found_at from price")})
    assert found[0] == found[1]
    await scheduling.pool.execute("update plan set published_at = clock_timestamp()")
    await come(scheduling, korea, 26)
    await place_all(order(scheduling))
    assert {row["found_at"] for row in await scheduling.pool.fetch("select found_at from price")} != found[0]


@asynccontextmanager
async def held(dsn: str, statement: str) -> AsyncGenerator[None]:
    """Holds what a statement locks, so that a process must stop there."""
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        await connection.execute(statement)
        yield
    await connection.close()


async def until_somebody_waits(scheduling: Any) -> None:
    """Until a lock that is held stops somebody."""
    await _until(scheduling, "select exists (select from pg_locks where not granted)")


async def until_waits_for_a_lane(scheduling: Any) -> None:
    await _until(scheduling, "select exists (select from pg_locks where not granted and locktype = 'advisory')")


async def _until(scheduling: Any, condition: str) -> None:
    async with asyncio.timeout(240):
        while not await scheduling.pool.fetchval(condition):
            await asyncio.sleep(0.05)


async def test_a_placer_killed_on_its_way_leaves_nothing_half_and_nothing_is_double(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=20)
    before = await planned(scheduling, korea)
    await come(scheduling, korea, 26)
    said = await scheduling.said("visit.scheduled")
    for stop in (
        "lock table visit in share mode",
        f"select pg_advisory_xact_lock({OUTBOX_LOCKS}, lane) from generate_series(0, {LANES - 1}) lane",
    ):
        async with held(scheduling.dsn, stop):
            process = await start("scheduling.planning.placer", order(scheduling))
            await until_somebody_waits(scheduling)
            process.kill()
            await process.wait()
        assert await by_id(scheduling) == before
        assert await scheduling.said("visit.scheduled") == said
    assert await place_newcomers(scheduling.desk)
    await place_all(order(scheduling))
    assert len(await scheduling.visits()) == len(await scheduling.said("visit.scheduled")) == 52


async def test_a_placer_that_has_lost_the_lock_publishes_nothing(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    before = await planned(scheduling, korea)
    await come(scheduling, korea, 10)
    async with held(scheduling.dsn, "lock table visit in share mode"):
        placing = asyncio.create_task(place_all(order(scheduling)))
        await until_somebody_waits(scheduling)
        await scheduling.pool.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = $1", plans.BOOKING
        )
    (ended,) = await asyncio.gather(placing, return_exceptions=True)
    assert isinstance(ended, Exception)
    assert await by_id(scheduling) == before
    assert await waiting(scheduling) == 2


async def test_days_that_a_site_loses_while_being_placed_are_given_up(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await planned(scheduling, korea)
    larger = await come(scheduling, korea, 10)
    one, other = (fact.enterprise_id for fact in larger.registered[8:])
    told: dict[str, Any] = larger.registered[9].model_dump(include=set(EnterpriseChanged.model_fields))
    told |= {"changed_on": date(2023, 4, 12), "closed_weekdays": ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    # One loses them before the placer takes hold of its newcomers, the other when its visits are there.
    lost = f"with lost as (update enterprise set closed_weekdays = 127 where enterprise_id = '{one}')"
    stop = f"select pg_advisory_xact_lock({OUTBOX_LOCKS}, lane) from generate_series(0, {LANES - 1}) lane"
    async with held(scheduling.dsn, stop):
        async with held(scheduling.dsn, f"{lost} select from newcomer for update"):
            placing = asyncio.create_task(place_all(order(scheduling)))
            await until_somebody_waits(scheduling)
        await until_waits_for_a_lane(scheduling)
        hearing = asyncio.create_task(scheduling.hear(EnterpriseChanged(**told), version=2))
        await asyncio.wait({hearing}, timeout=0.5)
    await placing
    await hearing
    rows = await scheduling.pool.fetch("select enterprise_id, count(*) n from visit where wants_day group by 1")
    assert {row["enterprise_id"]: row["n"] for row in rows} == {one: 2, other: 2}


async def test_whoever_closes_while_being_placed_is_not_visited(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await planned(scheduling, korea)
    larger = await come(scheduling, korea, 10)
    gone = larger.registered[9].enterprise_id
    # The placer stops with the rows of its newcomers in its hands; the closing is heard behind it.
    async with held(scheduling.dsn, "lock table visit in share mode"):
        placing = asyncio.create_task(place_all(order(scheduling)))
        await until_somebody_waits(scheduling)
        closed = EnterpriseClosed(enterprise_id=gone, closed_on=date(2023, 4, 20))
        hearing = asyncio.create_task(scheduling.hear(closed, version=2))
        await asyncio.wait({hearing}, timeout=0.5)
    await placing
    await hearing
    states = Counter(v["state"] for v in await scheduling.visits() if v["enterprise_id"] == str(gone))
    assert states == {"cancelled": 2}
    assert len(await scheduling.said("visit.cancelled")) == 2


async def test_a_closing_heard_first_leaves_nobody_to_be_placed(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=8)
    await planned(scheduling, korea)
    larger = await come(scheduling, korea, 9)
    await scheduling.hear(
        EnterpriseClosed(enterprise_id=larger.registered[8].enterprise_id, closed_on=date(2023, 4, 20)), version=2
    )
    await place_all(order(scheduling))
    assert (len(await scheduling.visits()), await waiting(scheduling)) == (16, 0)


async def test_an_officers_plan_and_newcomers_at_the_same_time_give_each_site_its_visits_once(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=30)
    before = await planned(scheduling, korea)
    larger = await come(scheduling, korea, 40)
    await scheduling.ask(korea)
    plan = await plans.take(scheduling.pool, 600)
    assert plan
    both = [await start_planner(scheduling.desk, plan), await start("scheduling.planning.placer", order(scheduling))]
    first = next(visit for visit in before.values() if visit["ordinal"] == 1)
    assert (await scheduling.report([completed(first)]))["accepted"] == 1
    assert [await process.wait() for process in both] == [0, 0]
    visits = await scheduling.visits()
    assert Counter(Counter(visit["enterprise_id"] for visit in visits).values()) == {2: 40}
    assert broken(larger, [visit for visit in visits if visit["state"] == "scheduled"]) == []
    assert len(await scheduling.said("visit.scheduled")) == 80
    assert not await plan_next(scheduling.pool, scheduling.desk)


async def test_an_enterprise_with_a_visit_behind_it_is_left_to_a_plan(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=6)
    before = await planned(scheduling, korea)
    mine = str(korea.registered[0].enterprise_id)
    first = next(v for v in before.values() if v["enterprise_id"] == mine and v["ordinal"] == 1)
    await scheduling.report([completed(first)])
    await scheduling.hear(*korea.ineligible(0), version=2)
    await scheduling.hear(korea.eligible[0], version=3)
    assert await is_time(scheduling.pool, at_once(scheduling))
    await place_all(order(scheduling))
    assert not await is_time(scheduling.pool, at_once(scheduling, replan_seconds=0))
    (plan,) = await scheduling.plan_all()
    assert (plan["state"], plan["visits"]) == ("published", 1)


async def test_who_has_had_all_visits_is_no_newcomer(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=3)
    before = await planned(scheduling, korea)
    await scheduling.report([completed(visit) for visit in before.values()])
    await scheduling.hear(*korea.eligible, version=2)
    assert not await is_time(scheduling.pool, at_once(scheduling))
    assert await waiting(scheduling) == 0

"""Newcomers are given days of their own at once, and nobody else's day moves."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from events.contracts.registry import EnterpriseChanged, EnterpriseClosed
from events.transport import db
from scheduling.store import plans

pytestmark = pytest.mark.timeout(600)


async def test_newcomers_get_their_visits_at_once_and_nobody_elses_moves(
    newcomers: Any, scheduling: Any, nation: Any, broken: Any
) -> None:
    korea = nation(enterprises=40, limits={"target_enterprises": 100})
    before = await newcomers.planned(korea)
    larger = await newcomers.come(korea, 52)
    assert await newcomers.is_time()
    await newcomers.place()
    after = await scheduling.by_id()
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
    assert await newcomers.waiting() == 0
    again = await scheduling.plan(korea)
    assert [reason["code"] for reason in again["reasons"]] == ["nothing_to_plan"]


async def test_newcomers_lie_behind_what_was_reported(
    newcomers: Any, scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=30)
    before = await newcomers.planned(korea)
    last = max((visit for visit in before.values() if visit["ordinal"] == 1), key=lambda visit: visit["visit_on"])
    await scheduling.report([completed(last)])
    await newcomers.come(korea, 36)
    await newcomers.place()
    new = [visit for name, visit in (await scheduling.by_id()).items() if name not in before]
    assert new
    assert min(visit["visit_on"] for visit in new) > last["visit_on"]


async def test_whoever_comes_before_the_first_plan_waits_for_it(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await scheduling.hear_all(korea)
    assert not await newcomers.is_time()
    assert await plans.take(scheduling.pool, 30) is None
    await newcomers.place()
    assert await scheduling.visits() == []
    await scheduling.plan(korea)
    assert not await newcomers.is_time()
    assert await newcomers.waiting() == 0


async def test_newcomers_wait_a_little_for_company(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=6)
    await newcomers.planned(korea)
    await newcomers.come(korea, 8)
    assert not await newcomers.is_time(gather_seconds=3_600)
    await scheduling.pool.execute("update newcomer set arrived_at = arrived_at - interval '1 hour'")
    assert await newcomers.is_time(gather_seconds=3_600)


async def test_an_enterprise_that_opens_again_is_visited_under_higher_versions(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=10)
    before = await newcomers.planned(korea)
    fact = korea.registered[0]
    mine = {name for name, visit in before.items() if visit["enterprise_id"] == str(fact.enterprise_id)}
    await scheduling.hear(EnterpriseClosed(enterprise_id=fact.enterprise_id, closed_on=date(2023, 5, 2)), version=2)
    opened = {name: value for name, value in fact.model_dump().items() if name in EnterpriseChanged.model_fields}
    await scheduling.hear(EnterpriseChanged.model_validate(opened | {"changed_on": date(2023, 5, 3)}), version=3)
    assert await newcomers.is_time()
    await newcomers.place()
    after = await scheduling.by_id()
    assert {(after[name]["state"], after[name]["version"]) for name in mine} == {("scheduled", 3)}
    assert {name: after[name] for name in before if name not in mine} == {
        name: visit for name, visit in before.items() if name not in mine
    }


async def test_where_a_programme_is_over_newcomers_wait_for_another(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=6)
    await newcomers.planned(korea)
    await newcomers.come(korea, 8)
    today = {"books_after": "today", "replan_seconds": 0}
    await scheduling.pool.execute("update newcomer set left_at = arrived_at")
    assert not await newcomers.is_time(**today)
    assert await plans.take(scheduling.pool, 30) is None
    await newcomers.place(books_after="today")
    assert (len(await scheduling.visits()), await newcomers.waiting()) == (12, 2)


async def test_newcomers_come_into_the_programme_that_began_first(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=20)
    await newcomers.planned(korea)
    pilot = replace(korea, programme_id=uuid4(), managers=1)
    for facts in ([pilot.programme], pilot.agencies, pilot.trained):
        await scheduling.hear(*facts)
    await scheduling.plan(pilot)
    larger = await newcomers.come(korea, 22)
    # Days in another programme are none in this.
    await scheduling.plan(pilot)
    assert await newcomers.is_time()
    await newcomers.place()
    new = {str(fact.enterprise_id) for fact in larger.registered[20:]}
    visits = [visit["programme_id"] for visit in await scheduling.visits() if visit["enterprise_id"] in new]
    assert Counter(visits) == {str(korea.programme_id): 4, str(pilot.programme_id): 4}


async def test_whoever_waited_before_newcomers_were_remembered_waits_still(
    newcomers: Any, scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=400, managers=1, limits={"window_until": date(2023, 6, 30), "visits_a_day": 1})
    await newcomers.planned(korea)
    await newcomers.come(korea, 403)
    await scheduling.pool.execute("delete from newcomer")
    await scheduling.pool.execute("delete from migration where name = 'scheduling/0004_who_waits_already.sql'")
    await db.migrate(scheduling.dsn, "scheduling")
    assert await newcomers.waiting() > 3
    assert await newcomers.is_time()
    assert await newcomers.waiting() == 3


async def test_prices_are_found_after_a_plan_and_then_kept(newcomers: Any, scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=20, limits={"target_enterprises": 60})
    await newcomers.planned(korea)
    found = list[set[Any]]()
    for enterprises in (22, 24):
        korea = await newcomers.come(korea, enterprises)
        await newcomers.place()
        found.append({row["found_at"] for row in await scheduling.pool.fetch("select found_at from price")})
    assert found[0] == found[1]
    await scheduling.pool.execute("update plan set published_at = clock_timestamp()")
    await newcomers.come(korea, 26)
    await newcomers.place()
    assert {row["found_at"] for row in await scheduling.pool.fetch("select found_at from price")} != found[0]


async def test_who_has_had_all_visits_is_no_newcomer(
    newcomers: Any, scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=3)
    before = await newcomers.planned(korea)
    await scheduling.report([completed(visit) for visit in before.values()])
    await scheduling.hear(*korea.eligible, version=2)
    assert not await newcomers.is_time()
    assert await newcomers.waiting() == 0

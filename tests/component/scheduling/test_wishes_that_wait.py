"""Wishes that this plan cannot answer, or only beside others: each is answered in the end, by this plan or the next."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from events.contracts.registry import AgencySuspended
from scheduling.planning.desk import start_planner
from scheduling.store import plans


def sites_of(visits: dict[str, dict[str, Any]]) -> list[dict[int, dict[str, Any]]]:
    """Visits by ordinal, site by site, the site that is visited first before the others."""
    sites: dict[str, dict[int, dict[str, Any]]] = {}
    for visit in sorted(visits.values(), key=lambda visit: (visit["visit_on"], visit["visit_id"])):
        sites.setdefault(visit["enterprise_id"], {})[visit["ordinal"]] = visit
    return list(sites.values())


def local(korea: Any, sites: list[dict[int, dict[str, Any]]]) -> list[dict[int, dict[str, Any]]]:
    """Sites of an agency beside which another one serves their province."""
    names = {str(agency.agency_id) for agency in korea.agencies[:4]}
    return [site for site in sites if site[1]["agency_id"] in names]


async def another_day(scheduling: Any, visit: dict[str, Any], **said: Any) -> str:
    path = f"/visits/{visit['visit_id']}/another-day"
    answer = await scheduling.call("POST", path, json={"wish_id": str(uuid4())} | said)
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


async def hand_back(scheduling: Any, visit: dict[str, Any]) -> str:
    path = f"/enterprises/{visit['enterprise_id']}/hand-back"
    answer = await scheduling.call("POST", path, json={"wish_id": str(uuid4()), "reason": "-"})
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


def around(visit: dict[str, Any], days: int) -> dict[str, str]:
    on = date.fromisoformat(visit["visit_on"])
    return {"from": str(on - timedelta(days=days)), "until": str(on + timedelta(days=days))}


async def until_waiting(scheduling: Any, sessions: int = 1) -> None:
    async with asyncio.timeout(60):
        while await scheduling.pool.fetchval("select count(*) from pg_locks where not granted") < sessions:
            await asyncio.sleep(0.05)


async def test_a_range_around_the_present_day_moves_the_visit_and_spoils_nobody_elses_wish(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=40)
    one, other = sites_of(await scheduling.planned(korea))[-2:]
    wishes = [
        await another_day(scheduling, one[2], **around(one[2], 9)),
        await another_day(scheduling, other[2], **{"from": "2023-08-01", "until": "2023-08-31"}),
    ]
    (plan,) = await scheduling.plan_all()
    told = [await scheduling.get(wish) for wish in wishes]
    assert [plan["state"], *(wish["state"] for wish in told)] == ["published", "done", "done"]
    assert told[0]["visits"][0]["visit_on"] != one[2]["visit_on"]


async def test_the_present_day_alone_is_no_other_day(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10)
    visit = sites_of(await scheduling.planned(korea))[0][2]
    wish = await another_day(scheduling, visit, days=[visit["visit_on"]])
    await scheduling.plan_all()
    assert (await scheduling.get(wish))["reason"]["code"] == "no_such_day"


async def test_a_wish_after_the_last_day_of_the_programme_is_answered(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    visit = sites_of(await scheduling.planned(korea))[0][2]
    wish = await another_day(scheduling, visit, days=["2023-12-01"])
    (plan,) = await scheduling.plan_all(books_after="today")
    assert (plan["state"], plan["reasons"][0]["code"]) == ("refused", "no_working_days")
    assert (await scheduling.get(wish))["reason"]["code"] == "nothing_scheduled"


async def test_a_visit_in_the_days_that_are_fixed_is_refused_as_frozen(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=40)
    first, *later = local(korea, sites_of(await scheduling.planned(korea)))
    await scheduling.report([completed(first[1])])
    near = next(site[1] for site in later if site[1]["visit_on"] > first[1]["visit_on"])
    wishes = [
        await another_day(scheduling, near, **{"from": "2023-10-02", "until": "2023-10-31"}),
        await hand_back(scheduling, near),
    ]
    days = date.fromisoformat(near["visit_on"]) - date.fromisoformat(first[1]["visit_on"])
    before = await scheduling.by_id()
    await scheduling.plan_all(freeze_days=days.days + 1)
    assert [(await scheduling.get(wish))["reason"]["code"] for wish in wishes] == ["frozen", "frozen"]
    assert await scheduling.by_id() == before


async def test_a_plan_from_a_later_day_on_leaves_wishes_to_their_own_plan(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=40)
    site = local(korea, sites_of(await scheduling.planned(korea)))[0]
    wish = await hand_back(scheduling, site[1])
    await scheduling.pool.execute("delete from plan where state = 'requested'")
    await scheduling.plan(korea, not_before=site[2]["visit_on"])
    assert (await scheduling.get(wish))["state"] == "waiting"
    assert await plans.ask_again(scheduling.pool, 300) == []
    await scheduling.pool.execute("update plan set lease_until = now() - interval '6 minutes'")
    assert await plans.ask_again(scheduling.pool, 300) == [korea.programme_id]
    await scheduling.plan_all()
    assert (await scheduling.get(wish))["state"] == "done"
    assert await plans.ask_again(scheduling.pool, 0) == []


async def test_a_hand_back_behind_an_accepted_other_day_is_for_the_next_plan(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=40)
    site = local(korea, sites_of(await scheduling.planned(korea)))[0]
    day = await another_day(scheduling, site[2], **{"from": "2023-08-01", "until": "2023-08-31"})
    back = await hand_back(scheduling, site[1])
    first, second = await scheduling.plan_all()
    told = [await scheduling.get(wish) for wish in (day, back)]
    assert [(wish["state"], wish["plan_id"]) for wish in told] == [
        ("done", first["plan_id"]),
        ("done", second["plan_id"]),
    ]
    after = await scheduling.by_id()
    assert site[1]["agency_id"] not in {after[visit["visit_id"]]["agency_id"] for visit in site.values()}


async def test_a_wish_about_a_visit_that_this_plan_moves_is_for_the_next_plan(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=40)
    site = local(korea, sites_of(await scheduling.planned(korea)))[-1]
    wish = await another_day(scheduling, site[2], **{"from": "2023-09-01", "until": "2023-10-31"})
    gone = next(agency for agency in korea.agencies if str(agency.agency_id) == site[2]["agency_id"])
    suspended = AgencySuspended(
        agency_id=gone.agency_id,
        programme_id=korea.programme_id,
        suspended_from=date(2023, 4, 1),
        reason="other",
        decided_on=date(2023, 4, 1),
    )
    await scheduling.hear(suspended, version=2)
    first, second = await scheduling.plan_all()
    told = await scheduling.get(wish)
    assert (first["state"], told["state"], told["plan_id"]) == ("published", "done", second["plan_id"])
    now = (await scheduling.by_id())[site[2]["visit_id"]]
    assert "2023-09-01" <= now["visit_on"] <= "2023-10-31"
    assert now["agency_id"] != site[2]["agency_id"]


async def test_a_planner_that_lost_its_plan_answers_no_wish(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    visit = sites_of(await scheduling.planned(korea))[0][2]
    wish = await another_day(scheduling, visit, days=["2023-05-06"])
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    async with scheduling.held("lock table visit in access exclusive mode"):
        process = await start_planner(scheduling.desk, plan)
        await until_waiting(scheduling)
        await scheduling.pool.execute("update plan set attempt = attempt + 1 where plan_id = $1", plan.plan_id)
    assert await process.wait() != 0
    assert (await scheduling.get(wish))["state"] == "waiting"
    assert not await plans.refuse(scheduling.pool, plan, [])


async def test_a_hand_back_tells_of_the_visits_that_moved_and_of_no_other(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=40)
    sites = local(korea, sites_of(await scheduling.planned(korea)))
    site = sites[0]
    wish = await hand_back(scheduling, site[1])
    plan = await plans.take(scheduling.pool, 30)
    assert plan
    async with scheduling.held("lock table wish in access exclusive mode"):
        process = await start_planner(scheduling.desk, plan)
        await until_waiting(scheduling)
        assert (await scheduling.report([completed(site[1])]))["accepted"] == 1
    assert await process.wait() == 0
    told = await scheduling.get(wish)
    assert (told["state"], [visit["visit_id"] for visit in told["visits"]]) == ("done", [site[2]["visit_id"]])


async def test_a_wish_said_twice_at_once_is_taken_once(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    visit = sites_of(await scheduling.planned(korea))[0][2]
    said = {"wish_id": str(uuid4()), "days": ["2023-08-01"]}
    path = f"/visits/{visit['visit_id']}/another-day"
    async with scheduling.held("lock table wish in share mode"):
        asking = [asyncio.create_task(scheduling.call("POST", path, json=said)) for _ in range(2)]
        await until_waiting(scheduling, 2)
    assert [(await answer).status_code for answer in asking] == [202, 202]
    assert await scheduling.pool.fetchval("select count(*) from wish") == 1

"""Changes in mid-year: what the facts forbid is moved by a plan, and nobody else's published visit."""

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest

from events.contracts.registry import (
    AgencyReinstated,
    AgencySuspended,
    EnterpriseChanged,
    ManagerLeft,
    ManagerTrained,
    ProgrammeChanged,
)
from events.transport.outbox import transaction
from scheduling.store import plans

MAY, OCTOBER = date(2023, 5, 8), date(2023, 10, 2)
PLANNERS = pytest.mark.parametrize("planner", ["plain", "national"])


def suspended(korea: Any, agency: int, **more: Any) -> AgencySuspended:
    said: dict[str, Any] = {"suspended_from": MAY, "reason": "other", "decided_on": date(2023, 5, 1)}
    return AgencySuspended(agency_id=korea.agencies[agency].agency_id, programme_id=korea.programme_id, **said | more)


def reinstated(korea: Any, agency: int, on: date) -> AgencyReinstated:
    name = korea.agencies[agency].agency_id
    return AgencyReinstated(agency_id=name, programme_id=korea.programme_id, reinstated_from=on)


def left(korea: Any, manager: int, on: date = MAY) -> ManagerLeft:
    fact = korea.trained[manager]
    return ManagerLeft(
        manager_id=fact.manager_id, agency_id=fact.agency_id, programme_id=korea.programme_id, left_on=on
    )


def changed(korea: Any, **more: Any) -> ProgrammeChanged:
    return ProgrammeChanged(**korea.programme.model_dump() | {"changed_on": date(2023, 5, 30)} | more)


@PLANNERS
async def test_a_suspended_agencys_visits_go_to_others_and_nobody_elses_moves(
    scheduling: Any, nation: Any, planner: str
) -> None:
    korea = nation(enterprises=120)
    before = await scheduling.planned(korea)
    fact = suspended(korea, 1)
    theirs = {
        name for name, v in before.items() if v["agency_id"] == str(fact.agency_id) and v["visit_on"] >= "2023-05-08"
    }
    assert theirs
    await scheduling.hear(fact, version=2)
    (plan,) = await scheduling.plan_all(planner)
    after = await scheduling.by_id()
    assert (plan["state"], plan["difference"]["moved"]) == ("published", len(theirs))
    assert scheduling.differing(before, after) == theirs
    for name in theirs:
        assert (after[name]["state"], after[name]["version"]) == ("scheduled", 2)
        assert after[name]["agency_id"] != str(fact.agency_id)
    said = (await scheduling.said("visit.scheduled"))[len(before) :]
    assert {(fact["visit_id"], fact["version"]) for fact in said} == {(name, 2) for name in theirs}


async def test_a_suspension_that_is_said_before_the_agency_is_known_holds(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=60)
    await scheduling.hear(suspended(korea, 0, suspended_from=date(2023, 4, 1)), version=2)
    visits = await scheduling.planned(korea)
    assert str(korea.agencies[0].agency_id) not in {visit["agency_id"] for visit in visits.values()}


async def test_changes_in_any_order_give_the_same_picture(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    back = ManagerTrained(**korea.trained[1].model_dump() | {"visits_a_day": 2})
    facts = [
        (korea.agencies[0], 1), (suspended(korea, 0), 2), (reinstated(korea, 0, OCTOBER), 3),
        (suspended(korea, 0, suspended_from=date(2023, 11, 1)), 4),
        (korea.agencies[1], 1), (suspended(korea, 1), 2), (reinstated(korea, 1, OCTOBER), 3),
        (korea.trained[0], 1), (left(korea, 0), 2),
        (korea.trained[1], 1), (left(korea, 1), 2), (back, 3),
        (korea.programme, 1), (changed(korea, spacing_days=30), 2),
    ]  # fmt: skip
    views = ("agency_now", "manager_now", "programme")

    async def picture() -> list[list[tuple[Any, ...]]]:
        told = [await scheduling.pool.fetch(f"select * from {view} order by 1") for view in views]
        return [[tuple(row) for row in rows] for rows in told]

    for fact, version in facts:
        await scheduling.hear(fact, version=version)
    straight = await picture()
    rows = await scheduling.pool.fetch("select agency_id, suspended_from, suspended_until from agency_now")
    spans = {row["agency_id"]: (row["suspended_from"], row["suspended_until"]) for row in rows}
    assert spans == {
        korea.agencies[0].agency_id: (date(2023, 11, 1), None),
        korea.agencies[1].agency_id: (MAY, date(2023, 10, 1)),
    }
    for seed in range(5):
        await scheduling.pool.execute("truncate agency, manager, programme, suspension, reinstatement, departure")
        dice = random.Random(seed)
        for fact, version in dice.sample(facts, len(facts)):
            await scheduling.hear(*[fact] * dice.randint(1, 2), version=version)
        assert await picture() == straight


async def test_where_nobody_else_can_come_the_visits_are_cancelled_until_the_agency_is_back(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=40)
    everywhere = str(korea.agencies[4].agency_id)
    before = await scheduling.planned(korea)
    for number in range(4):
        await scheduling.hear(suspended(korea, number), version=2)
    await scheduling.hear(suspended(korea, 4), version=2)
    (plan,) = await scheduling.plan_all()
    late = {name for name, visit in before.items() if visit["visit_on"] >= "2023-05-08"}
    said = await scheduling.said("visit.cancelled")
    assert {(fact["visit_id"], fact["reason"], fact["version"]) for fact in said} == {
        (name, "agency_suspended", 2) for name in late
    }
    assert (plan["difference"]["dropped"], plan["unscheduled"]) == (len(late), len(late))
    told = (await scheduling.get(f"/plans/{plan['plan_id']}/unscheduled"))["unscheduled"]
    assert len(told) == len(late)
    await scheduling.hear(reinstated(korea, 4, date(2023, 7, 3)), version=3)
    (again,) = await scheduling.plan_all()
    after = await scheduling.by_id()
    assert again["difference"]["added"] == len(late)
    assert {(after[name]["state"], after[name]["agency_id"]) for name in late} == {("scheduled", everywhere)}
    assert min(after[name]["visit_on"] for name in late) >= "2023-07-03"


@PLANNERS
async def test_who_left_visits_nobody_any_more(scheduling: Any, nation: Any, planner: str) -> None:
    korea = nation(enterprises=100)
    before = await scheduling.planned(korea)
    gone = left(korea, 3)
    theirs = {
        name for name, v in before.items() if v["manager_id"] == str(gone.manager_id) and v["visit_on"] >= "2023-05-08"
    }
    assert theirs
    await scheduling.hear(gone, version=2)
    (plan,) = await scheduling.plan_all(planner)
    after = await scheduling.by_id()
    assert plan["difference"]["moved"] == len(theirs)
    assert scheduling.differing(before, after) == theirs
    assert str(gone.manager_id) not in {after[name]["manager_id"] for name in theirs}


async def test_the_only_manager_who_could_come_left(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10, managers=1)
    before = await scheduling.planned(korea)
    for number in range(5):
        await scheduling.hear(left(korea, number), version=2)
    await scheduling.plan_all()
    late = {name for name, visit in before.items() if visit["visit_on"] >= "2023-05-08"}
    assert {(f["visit_id"], f["reason"]) for f in await scheduling.said("visit.cancelled")} == {
        (name, "manager_left") for name in late
    }


@PLANNERS
async def test_a_day_that_becomes_a_holiday_is_cleared(scheduling: Any, nation: Any, planner: str) -> None:
    korea = nation(enterprises=120)
    before = await scheduling.planned(korea)
    seconds = sorted(visit["visit_on"] for visit in before.values() if visit["ordinal"] == 2)
    day = max(seconds, key=seconds.count)
    theirs = {name for name, visit in before.items() if visit["visit_on"] == day}
    await scheduling.hear(changed(korea, holidays_added=(date.fromisoformat(day),)), version=2)
    (plan,) = await scheduling.plan_all(planner)
    after = await scheduling.by_id()
    assert (plan["state"], plan["difference"]["moved"]) == ("published", len(theirs))
    assert scheduling.differing(before, after) == theirs
    assert day not in {visit["visit_on"] for visit in after.values()}


@PLANNERS
async def test_a_first_visit_without_another_day_pushes_the_second_to_its_own_site_only(
    scheduling: Any, nation: Any, planner: str
) -> None:
    korea = nation(enterprises=60)
    before = await scheduling.planned(korea)
    day = min(visit["visit_on"] for visit in before.values())
    sites = {visit["enterprise_id"] for visit in before.values() if visit["visit_on"] == day}
    await scheduling.hear(changed(korea, holidays_added=(date.fromisoformat(day),)), version=2)
    (plan,) = await scheduling.plan_all(planner)
    after = await scheduling.by_id()
    moved = scheduling.differing(before, after)
    assert (plan["state"], plan["difference"]["dropped"], plan["difference"]["moved"]) == ("published", 0, len(moved))
    assert {name for name, visit in before.items() if visit["visit_on"] == day} < moved
    assert {before[name]["enterprise_id"] for name in moved} == sites


async def test_a_shorter_programme_pulls_in_what_lies_behind_its_end(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=300)
    before = await scheduling.planned(korea)
    end = sorted(visit["visit_on"] for visit in before.values())[-20]
    await scheduling.hear(changed(korea, window_until=date.fromisoformat(end)), version=2)
    await scheduling.plan_all()
    after = await scheduling.by_id()
    behind = {name for name, visit in before.items() if visit["visit_on"] > end}
    moved = scheduling.differing(before, after)
    assert behind <= moved
    assert {before[name]["enterprise_id"] for name in moved} == {before[name]["enterprise_id"] for name in behind}
    assert all(visit["state"] == "cancelled" or visit["visit_on"] <= end for visit in after.values())


async def test_a_visit_that_the_programme_asks_for_no_longer_is_cancelled(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10)
    before = await scheduling.planned(korea)
    await scheduling.hear(changed(korea, minimum_visits=1), version=2)
    (plan,) = await scheduling.plan_all()
    said = await scheduling.said("visit.cancelled")
    seconds = {name for name, visit in before.items() if visit["ordinal"] == 2}
    assert plan["difference"] == {"added": 0, "moved": 0, "dropped": 10, "unscheduled": 0} | plan["difference"]
    assert {(fact["visit_id"], fact["reason"]) for fact in said} == {(name, "replanned") for name in seconds}


async def test_what_was_done_or_lies_behind_is_not_undone_by_a_suspension(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=60)
    before = await scheduling.planned(korea)
    early = [visit for visit in before.values() if visit["visit_on"] < "2023-04-20"]
    await scheduling.report([completed(visit) for visit in early[1:]])
    last = max(visit["visit_on"] for visit in early[1:])
    reported = await scheduling.by_id()
    await scheduling.hear(suspended(korea, 4, suspended_from=date(2023, 4, 1)), version=2)
    await scheduling.hear(suspended(korea, 0, suspended_from=date(2023, 4, 1)), version=2)
    await scheduling.plan_all()
    moved = scheduling.differing(reported, await scheduling.by_id())
    assert moved
    assert all(reported[name]["visit_on"] > last for name in moved)


async def test_an_enterprise_whose_works_end_early_is_visited_before(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=20)
    before = await scheduling.planned(korea)
    fact = korea.registered[2]
    second = next(v for v in before.values() if v["enterprise_id"] == str(fact.enterprise_id) and v["ordinal"] == 2)
    said = fact.model_dump(exclude={"registered_on"}) | {"changed_on": MAY, "open_until": date(2023, 5, 9)}
    await scheduling.hear(EnterpriseChanged(**said), version=2)
    plan = await scheduling.plan(korea)
    after = await scheduling.by_id()
    assert second["visit_on"] > "2023-05-09"
    assert plan["difference"]["moved"] + plan["difference"]["dropped"] == 1
    assert all(
        v["state"] == "cancelled" or v["visit_on"] <= "2023-05-09"
        for v in after.values()
        if v["enterprise_id"] == str(fact.enterprise_id)
    )


async def test_a_change_before_anything_was_planned_begins_no_plan(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    await scheduling.hear_all(korea)
    await scheduling.hear(suspended(korea, 0), version=2)
    assert await scheduling.plan_all() == []


async def test_a_change_names_itself_as_the_one_that_asks(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    await scheduling.planned(korea)
    await scheduling.hear(suspended(korea, 0), version=2)
    asked = await scheduling.pool.fetchval("select requested_by from plan where state = 'requested'")
    assert asked.startswith("fact ")
    assert len(await scheduling.plan_all()) == 1


async def test_a_change_that_arrives_while_a_plan_is_computed_is_planned_after_it(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=30)
    await scheduling.planned(korea)
    await scheduling.ask(korea)
    running = await plans.take(scheduling.pool, 30)
    assert running
    for number in range(3):
        await scheduling.hear(suspended(korea, number), version=2)
    assert await plans.take(scheduling.pool, 30) is None
    states = await scheduling.pool.fetch("select state, count(*) n from plan group by state order by state")
    assert [tuple(row) for row in states] == [("planning", 1), ("published", 1), ("requested", 1)]
    await scheduling.pool.execute("update plan set lease_until = '-infinity' where plan_id = $1", running.plan_id)
    first, second = await scheduling.plan_all()
    assert first["plan_id"] == str(running.plan_id)
    assert second["state"] in {"published", "refused"}
    gone = {str(korea.agencies[number].agency_id) for number in range(3)}
    visits = (await scheduling.by_id()).values()
    assert not [
        v for v in visits if v["state"] == "scheduled" and v["visit_on"] >= "2023-05-08" and v["agency_id"] in gone
    ]


async def test_a_request_is_not_taken_before_the_change_behind_it_can_be_seen(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    await scheduling.planned(korea)
    await scheduling.ask(korea)
    async with transaction(scheduling.pool) as tx:
        await plans.request_again(tx.db, korea.programme_id, datetime.now(UTC), "fact x")
        assert await plans.take(scheduling.pool, 30) is None
    assert await plans.take(scheduling.pool, 30) is not None

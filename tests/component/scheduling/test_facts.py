"""What scheduling hears: any order of the topics gives the same picture, and the fallen lose their visits."""

import random
from datetime import date
from typing import Any

import pytest

from events.contracts.registry import EnterpriseChanged, EnterpriseClosed
from scheduling.store import plans

TABLES = ("programme", "agency", "manager", "enterprise", "closure", "decision")


async def picture(scheduling: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(row) for row in await scheduling.pool.fetch(f"select * from {table} order by 1")]
        for table in TABLES
    }


def changed(fact: Any, **more: Any) -> EnterpriseChanged:
    return EnterpriseChanged(**fact.model_dump(exclude={"registered_on"}) | {"changed_on": date(2023, 6, 1)} | more)


@pytest.mark.parametrize("seed", range(5))
async def test_topics_in_any_order_give_the_same_picture(scheduling: Any, nation: Any, seed: int) -> None:
    korea = nation(enterprises=10)
    closed = EnterpriseClosed(enterprise_id=korea.registered[3].enterprise_id, closed_on=date(2023, 5, 1))
    moved = changed(korea.registered[4], risk=9, closed_days=(date(2023, 8, 1), date(2023, 8, 2)))
    # Within a topic the order of a key is kept; the topics among themselves come as they like.
    topics = [
        [([korea.programme], 1)],
        [(korea.agencies, 1)],
        [(korea.trained, 1)],
        [(korea.registered, 1), ([closed], 2), ([moved], 2)],
        [(korea.eligible, 1), (korea.ineligible(5), 2)],
    ]
    for topic in topics:
        for facts, version in topic:
            await scheduling.hear(*facts, version=version)
    straight = await picture(scheduling)
    await scheduling.pool.execute(f"truncate {', '.join(TABLES)}")
    dice = random.Random(seed)
    while waiting := [topic for topic in topics if topic]:
        facts, version = dice.choice(waiting).pop(0)
        for _ in range(dice.randint(1, 2)):
            await scheduling.hear(*facts, version=version)
    assert await picture(scheduling) == straight


async def test_a_late_fact_changes_nothing(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear(changed(korea.registered[0], risk=9), version=2)
    await scheduling.hear(korea.registered[0], version=1)
    assert await scheduling.pool.fetchval("select risk from enterprise") == 9


async def test_several_facts_of_one_enterprise_in_a_batch_leave_the_last(scheduling: Any, nation: Any) -> None:
    fact = nation(enterprises=1).registered[0]
    await scheduling.hear(*(changed(fact, risk=risk) for risk in (2, 5, 7)))
    assert await scheduling.pool.fetchval("select risk from enterprise") == 7


async def test_a_closed_enterprise_is_not_visited_any_more(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=3)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    gone = str(korea.registered[0].enterprise_id)
    first, second = sorted(
        (v for v in await scheduling.visits() if v["enterprise_id"] == gone), key=lambda v: v["ordinal"]
    )
    await scheduling.report([completed(first)])
    closed = EnterpriseClosed(enterprise_id=korea.registered[0].enterprise_id, closed_on=date(2023, 6, 1))
    for _ in range(2):
        await scheduling.hear(closed, version=2)
    (said,) = await scheduling.said("visit.cancelled")
    assert (said["visit_id"], said["reason"], said["version"]) == (second["visit_id"], "enterprise_closed", 2)
    states = {visit["visit_id"]: visit["state"] for visit in await scheduling.visits()}
    assert (states[first["visit_id"]], states[second["visit_id"]]) == ("completed", "cancelled")
    assert sum(state == "scheduled" for state in states.values()) == 4


async def test_an_enterprise_found_ineligible_loses_its_visits_until_it_is_eligible_again(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=2)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    await scheduling.hear(*korea.ineligible(1), version=2)
    assert [fact["reason"] for fact in await scheduling.said("visit.cancelled")] == ["no_longer_eligible"] * 2
    await scheduling.hear(korea.eligible[1], version=3)
    plan = await scheduling.plan(korea)
    assert plan["visits"] == 2
    again = [visit for visit in await scheduling.visits() if visit["version"] == 3]
    assert {visit["enterprise_id"] for visit in again} == {str(korea.registered[1].enterprise_id)}
    assert [fact["version"] for fact in (await scheduling.said("visit.scheduled"))[4:]] == [3, 3]


async def test_an_enterprise_that_opens_again_is_planned_again_and_a_late_closing_is_not_heard(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    closed = EnterpriseClosed(enterprise_id=korea.registered[0].enterprise_id, closed_on=date(2023, 6, 1))
    await scheduling.hear(closed, version=2)
    await scheduling.hear(changed(korea.registered[0]), version=4)
    assert (await scheduling.plan(korea))["visits"] == 2
    for late in (2, 3):
        await scheduling.hear(closed, version=late)
    assert [fact["version"] for fact in await scheduling.said("visit.cancelled")] == [2, 2]
    assert (await scheduling.get("/visits/counts"))["scheduled"] == 2


async def test_a_late_word_of_ineligibility_cancels_nothing(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await scheduling.hear(korea.eligible[0], version=5)
    await scheduling.plan(korea)
    await scheduling.hear(*korea.ineligible(0), version=4)
    assert await scheduling.said("visit.cancelled") == []


async def test_whoever_fell_while_the_plan_was_published_is_swept_out(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=3)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    # As if the closing had been committed beside the publication: kept, but its visits were invisible to it.
    await scheduling.pool.execute(
        "insert into closure values ($1, 9, $2)", korea.registered[1].enterprise_id, date(2023, 4, 20)
    )
    await scheduling.book()
    gone = {fact["enterprise_id"] for fact in await scheduling.said("visit.cancelled")}
    assert gone == {str(korea.registered[1].enterprise_id)}
    assert await scheduling.pool.fetchval("select bool_and(is_swept) from plan")


async def test_the_sweep_waits_for_what_still_runs_beside_the_publication(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    async with scheduling.pool.acquire() as beside, beside.transaction():
        gone = korea.registered[0].enterprise_id
        await beside.execute("insert into closure values ($1, 9, $2)", gone, date(2023, 5, 1))
        await scheduling.plan(korea)
        await scheduling.book()
        assert not await scheduling.pool.fetchval("select is_swept from plan")
    await scheduling.book()
    assert len(await scheduling.said("visit.cancelled")) == 2


async def test_works_that_end_earlier_move_the_visits_behind_their_end(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=2)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    site = korea.registered[1]
    mine = [v for v in await scheduling.visits() if v["enterprise_id"] == str(site.enterprise_id)]
    closed = date.fromisoformat(mine[0]["visit_on"]).strftime("%a").lower()
    await scheduling.hear(changed(site, closed_weekdays=(closed,)), version=2)
    await scheduling.book()
    days = [v["visit_on"] for v in await scheduling.visits() if v["enterprise_id"] == str(site.enterprise_id)]
    assert all(date.fromisoformat(day).strftime("%a").lower() != closed for day in days)
    assert (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days >= 28


async def test_one_can_see_how_much_has_been_heard(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=4)
    await scheduling.hear_all(korea)
    heard = await scheduling.get(f"/programmes/{korea.programme_id}/picture")
    assert heard == {"agencies": 5, "managers": 15, "enterprises": 4, "closed": 0, "eligible": 4, "ineligible": 0}


async def test_nothing_is_booked_while_a_planner_is_at_work(scheduling: Any, nation: Any, missed: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    await scheduling.report([missed((await scheduling.visits())[0])])
    async with scheduling.pool.acquire() as planner, planner.transaction():
        await planner.execute("select pg_advisory_xact_lock($1)", plans.BOOKING)
        await scheduling.book()
        assert len(await scheduling.said("visit.scheduled")) == 2
    await scheduling.book()
    assert len(await scheduling.said("visit.scheduled")) >= 3

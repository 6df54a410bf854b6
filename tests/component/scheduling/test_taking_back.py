"""A database restored to an older state takes back the visits and plans that were said after it, and goes on."""

from typing import Any
from uuid import uuid4

import pytest

from events.contracts.envelope import KNOWN, Envelope, Received
from events.transport.outbox import transaction
from events.transport.rounds import rounds
from scheduling.handlers import RECALLS

TOLD = """select visit_id, programme_id, enterprise_id, ordinal, agency_id, manager_id, province, visit_on, state,
                 version, reported_on, risk_after from visit order by visit_id"""


async def everything_said(service: Any) -> list[Received[Any]]:
    rows = await service.pool.fetch("select * from transport.outbox order by number")
    return [
        Received(
            KNOWN[row["type"]].model_validate_json(row["payload"]),
            Envelope(
                *(row["id"], row["type"], row["source"], row["subject"], row["time"], int(row["sequence"])),
                *(row["aggregateid"], row["correlationid"]),
            ),
        )
        for row in rows
    ]


async def take_back(service: Any, facts: list[Received[Any]]) -> None:
    async with transaction(service.pool) as tx:
        for kind, batch in rounds(facts):
            await RECALLS[kind](tx, batch)


async def told(service: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await service.pool.fetch(TOLD)]


@pytest.fixture
async def eventful(scheduling: Any, nation: Any, completed: Any, missed: Any) -> tuple[Any, Any]:
    """Visits that were completed, missed and cancelled, some of them booked again."""
    korea = nation(enterprises=30)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    firsts = [visit for visit in await scheduling.visits() if visit["ordinal"] == 1]
    await scheduling.report([completed(visit) for visit in firsts[:8]] + [missed(visit) for visit in firsts[8:16]])
    await scheduling.book()
    await scheduling.hear(*korea.ineligible(20, 21), version=2)
    await scheduling.report([missed(visit) for visit in await scheduling.visits(state="scheduled")][:1])
    return scheduling, korea


async def test_visits_and_plans_stand_as_they_were_said_however_often(eventful: tuple[Any, Any]) -> None:
    service, korea = eventful
    facts, before = await everything_said(service), await told(service)
    assert {visit["state"] for visit in before} == {"scheduled", "completed", "missed", "cancelled"}
    [plan] = (await service.get(f"/programmes/{korea.programme_id}/plans"))["plans"]
    last_day = [dict(row) for row in await service.pool.fetch("select * from last_report")]
    await service.pool.execute("truncate visit, last_report")
    await service.pool.execute(
        "update plan set state = 'planning', version = 0, published_at = null, lease_until = now()"
    )
    for _ in range(2):
        await take_back(service, facts)
    assert await told(service) == before
    assert [dict(row) for row in await service.pool.fetch("select * from last_report")] == last_day != []
    [again] = (await service.get(f"/programmes/{korea.programme_id}/plans"))["plans"]
    names = ("plan_id", "state", "enterprises", "visits", "unscheduled")
    assert [again[name] for name in names] == [plan[name] for name in names]
    assert await everything_said(service) == facts
    assert await service.plan_all() == []


async def test_what_is_said_next_of_a_visit_has_the_next_version(eventful: tuple[Any, Any], completed: Any) -> None:
    service, _ = eventful
    facts, before = await everything_said(service), {str(visit["visit_id"]): visit for visit in await told(service)}
    await service.pool.execute("delete from visit")
    await take_back(service, facts)
    await service.book()  # whoever had missed their visit still waits for a day
    visit = next(visit for visit in await service.visits(state="scheduled") if visit["ordinal"] == 1)
    assert (await service.report([completed(visit)]))["accepted"] == 1
    said = [received for received in await everything_said(service) if received not in facts]
    versions = [received.envelope.sequence for received in facts if received.envelope.subject == visit["visit_id"]]
    assert said[-1].envelope.subject == visit["visit_id"]
    assert said[-1].envelope.sequence > max(versions)
    assert all(one.envelope.sequence > before[one.envelope.subject]["version"] for one in said)


async def test_a_report_sent_again_after_it_was_taken_back_has_no_second_effect(
    eventful: tuple[Any, Any], completed: Any
) -> None:
    service, _ = eventful
    done = (await service.visits(state="completed"))[0]
    await service.pool.execute("delete from report")
    answer = await service.report([completed(done, report_id=str(uuid4()))])
    assert answer["refused"] == 1


async def test_missed_visits_wait_for_their_programme_to_be_heard_of_again(eventful: tuple[Any, Any]) -> None:
    service, korea = eventful
    facts = await everything_said(service)
    await service.pool.execute("delete from visit")
    await service.pool.execute("delete from programme")
    await take_back(service, facts)
    before = await told(service)
    await service.book()
    assert await told(service) == before
    await service.hear(korea.programme)
    await service.book()
    assert {visit["state"] for visit in before if visit["state"] == "missed"} == {"missed"}
    assert "missed" not in {visit["state"] for visit in await told(service)}


async def test_a_visit_learns_its_province_when_its_enterprise_is_heard_of_again(eventful: tuple[Any, Any]) -> None:
    service, korea = eventful
    facts, before = await everything_said(service), await told(service)
    await service.pool.execute("delete from visit")
    await service.pool.execute("delete from enterprise")
    await take_back(service, facts)
    assert {visit["province"] for visit in await told(service)} == {""}
    await service.hear(*korea.registered)
    assert await told(service) == before

"""Eligibility whole: facts in, decisions kept and announced, and read again over HTTP, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from access.keys import Keys
from access.routes import guard
from eligibility.api import routes
from eligibility.handlers import RECALLS, hears
from eligibility.main import build
from eligibility.rules import read_rules
from eligibility.settings import Settings
from events.contracts.envelope import KNOWN, Announcement, Envelope, Fact, Received
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from events.transport.db import Pool
from events.transport.outbox import transaction
from events.transport.rounds import rounds

RULES = read_rules()
HEARS = hears(RULES)
KEYS = Keys.generate()
PLACE: dict[str, Any] = {"province": "KR-41", "district": "41111", "latitude": 37.2, "longitude": 127.0}
FACTORY: dict[str, Any] = {"industry_code": "25111", "industry_code_system": "KSIC-10", "headcount": 10, **PLACE}
SPRING, SUMMER, AUTUMN = date(2023, 4, 12), date(2023, 7, 1), date(2023, 10, 1)


@dataclass
class Eligibility:
    """The service with its database, without Kafka."""

    pool: Pool
    client: AsyncClient

    async def hear(self, *facts: Fact, first: int = 1) -> None:
        """Facts of one type, as one batch; about one enterprise their versions count up."""
        batch = [_received(fact, number) for number, fact in enumerate(facts, first)]
        async with transaction(self.pool) as tx:
            await HEARS[type(facts[0])](tx, batch)

    async def hear_as_said(self, fact: Fact, version: int) -> None:
        """One fact with the id that its source gives it."""
        received = _received(fact, version)
        own = str(Announcement(fact, version, received.envelope.occurred_at).id)
        async with transaction(self.pool) as tx:
            await HEARS[type(fact)](tx, [received._replace(envelope=received.envelope._replace(id=own))])

    async def standings(self) -> dict[UUID, dict[str, Any]]:
        return {row["enterprise_id"]: dict(row) for row in await self.pool.fetch("select * from decision")}

    async def forget(self, *enterprises: UUID) -> list[Received[Any]]:
        """Lose what was decided about enterprises; what the log has of it."""
        await self.pool.execute("delete from decision where enterprise_id = any($1)", enterprises)
        rows = await self.pool.fetch("select * from transport.outbox order by number")
        return [
            Received(
                KNOWN[row["type"]].model_validate_json(row["payload"]),
                Envelope(
                    *(row["id"], row["type"], row["source"], row["subject"], row["time"], int(row["sequence"])),
                    *(row["aggregateid"], row["correlationid"], row["causationid"]),
                ),
            )
            for row in rows
        ]

    async def take_back(self, facts: Sequence[Received[Any]]) -> None:
        async with transaction(self.pool) as tx:
            for kind, batch in rounds(facts):
                await RECALLS[kind](tx, batch)

    async def said(self) -> list[tuple[str, str]]:
        """What waits in the outbox: short type and version, in order."""
        rows = await self.pool.fetch("select type, sequence from transport.outbox order by number")
        return [(row["type"].split(".")[2], row["sequence"]) for row in rows]

    async def get(self, path: str, *, role: Any = "officer", provinces: tuple[str, ...] = ()) -> Any:
        agency = str(uuid4()) if role in ("agency", "manager") else None
        token = KEYS.token(role, subject="somebody", agency_id=agency, provinces=provinces)
        return await self.client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
async def eligibility(migrated_pool: Callable[[str], Awaitable[Pool]]) -> AsyncGenerator[Eligibility]:
    app = FastAPI(openapi_url=None)
    app.include_router(routes(RULES))
    guard(app, KEYS.public)
    app.state.pool = await migrated_pool("eligibility")
    async with AsyncClient(transport=ASGITransport(app), base_url="http://eligibility") as client:
        yield Eligibility(app.state.pool, client)


def registered(enterprise_id: UUID, **state: Any) -> EnterpriseRegistered:
    return EnterpriseRegistered(enterprise_id=enterprise_id, registered_on=SPRING, **FACTORY | state)


def changed(enterprise_id: UUID, **state: Any) -> EnterpriseChanged:
    return EnterpriseChanged(enterprise_id=enterprise_id, changed_on=SUMMER, **FACTORY | state)


def _received(fact: Fact, sequence: int) -> Received[Any]:
    envelope = Envelope(
        id=str(uuid4()), type=fact.type, source=fact.source, subject=fact.subject, time="2023-04-12T00:00:00+00:00",
        sequence=sequence, partitionkey=fact.key, correlationid=str(uuid4()),
    )  # fmt: skip
    return Received(fact, envelope)


async def test_an_enterprise_is_decided_changed_and_closed(eligibility: Eligibility) -> None:
    enterprise = uuid4()
    await eligibility.hear(registered(enterprise))
    await eligibility.hear(changed(enterprise, headcount=11), first=2)
    await eligibility.hear(EnterpriseClosed(enterprise_id=enterprise, closed_on=AUTUMN), first=3)
    assert await eligibility.said() == [("eligible", "1"), ("ineligible", "2"), ("ineligible", "3")]
    decision = (await eligibility.get(f"/decisions/{enterprise}")).json()
    assert decision["decided_on"] == "2023-10-01"
    assert [reason["criterion"] for reason in decision["reasons"]] == ["open"]


async def test_an_enterprise_is_decided_once_however_often_announced(eligibility: Eligibility) -> None:
    enterprise = uuid4()
    for _ in range(3):
        await eligibility.hear(registered(enterprise))
    await eligibility.hear(changed(enterprise), first=2)
    assert await eligibility.said() == [("eligible", "1")]


async def test_what_is_said_carries_its_cause_and_its_correlation(eligibility: Eligibility) -> None:
    enterprise = uuid4()
    heard = _received(registered(enterprise), 1)
    async with transaction(eligibility.pool) as tx:
        await HEARS[EnterpriseRegistered](tx, [heard])
    row = await eligibility.pool.fetchrow("select * from transport.outbox")
    assert row is not None
    assert (row["aggregatetype"], row["aggregateid"]) == ("eligibility.decision.v1", str(enterprise))
    assert (row["causationid"], row["correlationid"]) == (heard.envelope.id, heard.envelope.correlationid)


async def test_a_batch_that_fails_leaves_no_trace(eligibility: Eligibility) -> None:
    enterprise = uuid4()

    async def hear_and_fail() -> None:
        async with transaction(eligibility.pool) as tx:
            await HEARS[EnterpriseRegistered](tx, [_received(registered(enterprise), 1)])
            raise RuntimeError("the batch fails after its handler")

    with pytest.raises(RuntimeError, match="after its handler"):
        await hear_and_fail()
    assert await eligibility.said() == []
    assert (await eligibility.get(f"/decisions/{enterprise}")).status_code == 404


async def test_a_slower_copy_of_the_service_never_puts_back_what_a_later_fact_decided(eligibility: Eligibility) -> None:
    enterprise = uuid4()
    await asyncio.gather(
        eligibility.hear(changed(enterprise, headcount=11), first=2), eligibility.hear(registered(enterprise))
    )
    decision = (await eligibility.get(f"/decisions/{enterprise}")).json()
    assert decision["is_eligible"] is False


async def test_decisions_taken_back_stand_as_they_did_and_are_not_made_again(eligibility: Eligibility) -> None:
    grown, closing, untouched = uuid4(), uuid4(), uuid4()
    facts = {
        grown: [registered(grown), changed(grown, headcount=11), changed(grown, headcount=9)],
        closing: [registered(closing), EnterpriseClosed(enterprise_id=closing, closed_on=SUMMER)],
        untouched: [registered(untouched)],
    }
    for fact, version in [(fact, version) for said in facts.values() for version, fact in enumerate(said, 1)]:
        await eligibility.hear_as_said(fact, version)
    before = await eligibility.standings()
    forgotten = await eligibility.forget(grown, closing)
    assert await eligibility.standings() != before
    for _ in range(2):
        await eligibility.take_back(forgotten)
    assert await eligibility.standings() == before
    said = await eligibility.said()
    for fact, version in [(fact, version) for said in facts.values() for version, fact in enumerate(said, 1)]:
        await eligibility.hear_as_said(fact, version)  # the log is read again from the restored position
    assert (await eligibility.said(), await eligibility.standings()) == (said, before)
    await eligibility.hear_as_said(changed(grown, headcount=12), 4)
    assert (await eligibility.said())[-1] == ("ineligible", "4")


async def test_a_decision_is_served_with_a_reason_for_each_criterion(eligibility: Eligibility) -> None:
    enterprise = uuid4()
    await eligibility.hear(registered(enterprise, industry_code="41112", contract_value_won=None))
    decision = (await eligibility.get(f"/decisions/{enterprise}")).json()
    assert (decision["is_eligible"], decision["sector"], decision["rule_set"]) == (False, "construction", "2023")
    of_sector, of_value = decision["reasons"]
    assert (of_sector["outcome"], of_value["criterion"], of_value["outcome"]) == ("met", "contract_value", "unknown")
    assert of_value["sentence_ko"]
    assert of_value["sentence_en"]


async def test_nobody_is_told_of_a_decision_outside_their_provinces(eligibility: Eligibility) -> None:
    enterprise = uuid4()
    await eligibility.hear(registered(enterprise))
    refused = await eligibility.get(f"/decisions/{enterprise}", provinces=("KR-11",))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:anjeon:problem:outside-your-scope")
    assert (await eligibility.get(f"/decisions/{enterprise}", role="agency")).status_code == 403
    assert (await eligibility.client.get(f"/decisions/{enterprise}")).status_code == 401


async def test_counts_keep_to_the_callers_provinces_as_rows_do(eligibility: Eligibility) -> None:
    of_seoul = [registered(uuid4(), province="KR-11", headcount=people) for people in (1, 2, 30, None)]
    for fact in [*of_seoul, registered(uuid4())]:
        await eligibility.hear(fact)
    everywhere = (await eligibility.get("/counts")).json()
    in_seoul = (await eligibility.get("/counts", provinces=("KR-11",))).json()
    assert sum(count["enterprises"] for count in everywhere) == 5
    assert {count["outcome"]: count["enterprises"] for count in in_seoul} == {
        "eligible": 2,
        "ineligible": 1,
        "undecided": 1,
    }
    assert {count["province"] for count in in_seoul} == {"KR-11"}


async def test_the_rules_are_served_with_their_dates_and_their_source(eligibility: Eligibility) -> None:
    answer = await eligibility.get("/rules", role="manager")
    (of_2023,) = answer.json()
    assert (of_2023["valid_from"], of_2023["valid_until"]) == ("2023-01-01", None)
    assert of_2023["source"]["title_ko"]
    assert len(of_2023["rules"]) == 3


async def test_an_unknown_enterprise_is_explained_in_both_languages(eligibility: Eligibility) -> None:
    answer = await eligibility.get(f"/decisions/{uuid4()}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title_ko"] == "이 사업장에 대한 판정이 없습니다"


async def test_a_large_batch_is_decided_whole(eligibility: Eligibility) -> None:
    facts = [registered(uuid4(), headcount=number % 20) for number in range(5_000)]
    async with transaction(eligibility.pool) as tx:
        await HEARS[EnterpriseRegistered](tx, [_received(fact, 1) for fact in facts])
    said = await eligibility.said()
    assert len(said) == 5_000
    assert sum(kind == "eligible" for kind, _ in said) == 5_000 * 11 // 20


def test_it_is_built_from_its_settings_alone(tmp_path: Path) -> None:
    KEYS.write(tmp_path / "private.pem", tmp_path / "public.pem")
    settings = Settings(database_url="postgresql://", http_port=0, access_keys=tmp_path / "public.pem")
    service = build(settings)
    assert service.name == "eligibility"
    assert set(service.hears) == {EnterpriseRegistered, EnterpriseChanged, EnterpriseClosed}

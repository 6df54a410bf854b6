"""The scheduling service on a real PostgreSQL, without Kafka, and a small nation for it to plan."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from access.keys import Keys
from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
from events.contracts.envelope import Envelope, Fact, Received
from events.contracts.registry import AgencyQualified, EnterpriseRegistered, ManagerTrained, ProgrammeOpened
from events.transport import db
from events.transport.outbox import transaction
from scheduling.booking import book_round, sweep
from scheduling.handlers import HEARS
from scheduling.main import build
from scheduling.planning.desk import Desk
from scheduling.planning.orders import Order
from scheduling.planning.worker import see_through
from scheduling.settings import Settings
from scheduling.store import plans

KEYS = Keys.generate()
NATION = UUID("5f7f4a0e-2a39-4a6b-8f0d-6a1c0c9b2d11")
PLACES = {"KR-11": (37.55, 127.0), "KR-26": (35.15, 129.05), "KR-41": (37.3, 127.2), "KR-46": (34.9, 126.6)}
SECTORS = ("manufacturing", "construction", "service")


@dataclass
class Nation:
    """Facts of a programme, an agency in every province and one that goes everywhere, and enterprises."""

    enterprises: int = 60
    managers: int = 3
    programme_id: UUID = field(default_factory=uuid4)
    limits: dict[str, Any] = field(default_factory=dict[str, Any])
    seed: int = 7
    closed_days: tuple[date, ...] = ()

    @property
    def programme(self) -> ProgrammeOpened:
        said: dict[str, Any] = {
            "programme_id": self.programme_id,
            "year": 2023,
            "window_from": date(2023, 4, 1),
            "window_until": date(2023, 12, 31),
            "target_enterprises": self.enterprises,
            "minimum_visits": 2,
            "spacing_days": 28,
            "visits_a_day": 4,
            "training_days": (date(2023, 4, 4), date(2023, 4, 11)),
            "is_synthetic": True,
        }
        return ProgrammeOpened(**said | self.limits)

    @property
    def agencies(self) -> list[AgencyQualified]:
        return [self._agency(number, province) for number, province in enumerate([*PLACES, None])]

    @property
    def trained(self) -> list[ManagerTrained]:
        return [self._manager(agency, n) for agency in self.agencies for n in range(self.managers)]

    @property
    def registered(self) -> list[EnterpriseRegistered]:
        dice = random.Random(self.seed)
        return [self._enterprise(number, dice) for number in range(self.enterprises)]

    @property
    def eligible(self) -> list[EnterpriseFoundEligible]:
        return [EnterpriseFoundEligible(**_decided(fact, n)) for n, fact in enumerate(self.registered)]

    def ineligible(self, *numbers: int) -> list[EnterpriseFoundIneligible]:
        known = self.registered
        return [EnterpriseFoundIneligible(**_decided(known[n], n)) for n in numbers]

    def _agency(self, number: int, province: str | None) -> AgencyQualified:
        latitude, longitude = PLACES[province or "KR-11"]
        return AgencyQualified(
            agency_id=uuid5(self.programme_id, f"agency {number}"),
            programme_id=self.programme_id,
            sectors=SECTORS,
            provinces=(province,) if province else (),
            latitude=latitude,
            longitude=longitude,
            score=80,
            qualified_on=date(2023, 2, 1),
        )

    def _manager(self, agency: AgencyQualified, number: int) -> ManagerTrained:
        return ManagerTrained(
            manager_id=uuid5(agency.agency_id, f"manager {number}"),
            agency_id=agency.agency_id,
            programme_id=self.programme_id,
            latitude=agency.latitude,
            longitude=agency.longitude,
            visits_a_day=4 if number else 3,
            trained_on=date(2023, 4, 11),
            leave_days=(date(2023, 4, 12), date(2023, 8, 16)) if number == 1 else (),
        )

    def _enterprise(self, number: int, dice: random.Random) -> EnterpriseRegistered:
        province = dice.choice(list(PLACES))
        latitude, longitude = PLACES[province]
        works = number % 3 == 1
        return EnterpriseRegistered(
            enterprise_id=uuid5(NATION, f"{self.seed} {number}"),
            industry_code="25111",
            industry_code_system="KSIC-10",
            headcount=5,
            province=province,
            district="11110",
            latitude=latitude + dice.uniform(-0.2, 0.2),
            longitude=longitude + dice.uniform(-0.2, 0.2),
            risk=dice.randint(1, 9),
            open_from=date(2023, 5, 2) if works else None,
            open_until=date(2023, 9, 15) if works else None,
            closed_weekdays=("mon", "thu") if number % 5 == 0 else (),
            closed_days=self.closed_days,
            registered_on=date(2023, 4, 11),
        )


def _decided(fact: EnterpriseRegistered, number: int) -> dict[str, Any]:
    same = {"enterprise_id": fact.enterprise_id, "province": fact.province, "sector": SECTORS[number % 3]}
    return {**same, "reasons": (), "rule_set": "2023", "decided_on": date(2023, 4, 11)}


def received(fact: Fact, version: int = 1) -> Received[Any]:
    name = str(uuid4())
    envelope = Envelope(
        name, fact.type, fact.source, fact.subject, "2023-04-11T00:00:00+00:00", version, fact.key, name
    )
    return Received(fact, envelope)


@dataclass
class Scheduling:
    """The service with its database."""

    pool: db.Pool
    dsn: str
    client: AsyncClient
    app: FastAPI

    @property
    def desk(self) -> Desk:
        return Desk(self.dsn, "plain", "reports", 30)

    async def hear(self, *facts: Fact, version: int = 1) -> None:
        """Facts of one type, as one batch."""
        async with transaction(self.pool) as tx:
            await HEARS[type(facts[0])](tx, [received(fact, version) for fact in facts])

    async def hear_all(self, nation: Nation) -> None:
        for facts in ([nation.programme], nation.agencies, nation.trained, nation.registered, nation.eligible):
            await self.hear(*facts)

    async def call(self, method: str, path: str, role: Any = "officer", **more: Any) -> Response:
        """`who`: subject, agency_id and provinces of the caller."""
        who: dict[str, Any] = {"subject": "somebody"} | more.pop("who", {})
        headers = {"Authorization": f"Bearer {KEYS.token(role, **who)}", **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, role: Any = "officer", **more: Any) -> Any:
        answer = await self.call("GET", path, role, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def plan(self, nation: Nation, **asked: Any) -> dict[str, Any]:
        """Ask for a plan over HTTP, see it through in this process, and say what became of it."""
        path = await self.ask(nation, **asked)
        await self.plan_all()
        return await self.get(path)

    async def plan_all(self, planner: str = "plain", **more: Any) -> list[dict[str, Any]]:
        """See through, in this process, whatever plans are asked for; what became of them."""
        told = list[dict[str, Any]]()
        while plan := await plans.take(self.pool, 30):
            desk = {"database_url": self.dsn, "planner": planner, "books_after": "reports", **more}
            await see_through(Order.model_validate(desk | {"plan_id": plan.plan_id, "attempt": plan.attempt}))
            told.append(await self.get(f"/plans/{plan.plan_id}"))
        return told

    async def ask(self, nation: Nation, **asked: Any) -> str:
        """Ask for a plan; where it can be read."""
        answer = await self.call("POST", f"/programmes/{nation.programme_id}/plans", json=asked)
        assert answer.status_code == 202, answer.text
        return answer.headers["Location"]

    async def visits(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/visits/export", params=filters)
        return [json.loads(line) for line in answer.text.splitlines()]

    async def by_id(self) -> dict[str, dict[str, Any]]:
        return {visit["visit_id"]: visit for visit in await self.visits()}

    @staticmethod
    def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
        """The visits that are not as they were."""
        return {name for name in before if before[name] != after[name]}

    async def planned(self, nation: Nation) -> dict[str, dict[str, Any]]:
        """The visits, by id, of a nation that was heard of and has its first plan."""
        await self.hear_all(nation)
        await self.plan(nation)
        return await self.by_id()

    @asynccontextmanager
    async def held(self, statement: str) -> AsyncGenerator[None]:
        """Holds what a statement locks, so that whoever needs it must stop there."""
        connection = await asyncpg.connect(self.dsn)
        async with connection.transaction():
            await connection.execute(statement)
            yield
        await connection.close()

    async def until(self, condition: str) -> None:
        """Until a condition of SQL holds."""
        async with asyncio.timeout(240):
            while not await self.pool.fetchval(f"select {condition}"):
                await asyncio.sleep(0.05)

    async def report(self, rows: Sequence[dict[str, Any]], role: Any = "service", **more: Any) -> dict[str, Any]:
        answer = await self.call("POST", "/visits/reports", role, json=list(rows), **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def book(self) -> None:
        """All background work on visits that want another day."""
        await sweep(self.pool)
        while await book_round(self.pool, date.min):
            await asyncio.sleep(0)

    async def said(self, kind: str) -> list[dict[str, Any]]:
        """What waits in the outbox of one kind, such as `visit.missed`, with its version."""
        rows = await self.pool.fetch(
            "select payload, sequence, causationid from transport.outbox where type = $1 order by number",
            f"scheduling.{kind}.v1",
        )
        return [json.loads(row["payload"]) | {"version": int(row["sequence"])} for row in rows]


@pytest.fixture
async def scheduling(database: Callable[[str], Awaitable[str]], tmp_path: Path) -> AsyncGenerator[Scheduling]:
    dsn = await database("scheduling")
    await db.migrate(dsn, "events.transport", "scheduling")
    KEYS.write(tmp_path / "private.pem", tmp_path / "public.pem")
    service = build(Settings(database_url=dsn, access_keys=tmp_path / "public.pem", books_after="reports"))
    pool = await db.open_pool(dsn, most=4)
    service.app.state.pool = pool
    transport = ASGITransport(service.app)
    async with AsyncClient(transport=transport, base_url="http://scheduling", timeout=60) as client:
        yield Scheduling(pool, dsn, client, service.app)
    await pool.close()


@pytest.fixture
def nation() -> Callable[..., Nation]:
    return Nation


@pytest.fixture
def completed() -> Callable[..., dict[str, Any]]:
    def report(visit: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "report_id": str(uuid4()),
            "visit_id": visit["visit_id"],
            "outcome": "completed",
            "visited_on": visit["visit_on"],
            "risk_before": 6,
            "risk_after": 2,
            "hazards_found": 4,
            "hazards_removed": 3,
            **more,
        }

    return report


@pytest.fixture
def missed() -> Callable[..., dict[str, Any]]:
    def report(visit: dict[str, Any], **more: Any) -> dict[str, Any]:
        names = {"report_id": str(uuid4()), "visit_id": visit["visit_id"]}
        return {**names, "outcome": "missed", "missed_on": visit["visit_on"], "reason": "nobody_there", **more}

    return report

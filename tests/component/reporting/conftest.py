"""Reporting on a real PostgreSQL without Kafka, a small programme year as facts, and callers of its door."""

import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from access.caller import Role
from access.keys import Keys
from events.contracts.envelope import CATALOGUE, Announcement, Envelope, Fact, Received
from events.transport.db import Pool, is_transient, open_pool
from events.transport.outbox import transaction
from events.transport.rounds import rounds
from reporting import policy
from reporting.api.board import posted_of
from reporting.handlers import HEARS
from reporting.main import door
from reporting.settings import Settings
from reporting.store import counts, ledger

KEYS = Keys.generate()
SPACE = UUID("3d8d5d0e-6a55-4b0e-9b38-2f6b4a0c11aa")
FIRST = date(2023, 4, 12)
SECTORS = ("manufacturing", "construction", "service")
PROVINCES = ("KR-11", "KR-26", "KR-41")


def named(*words: object) -> UUID:
    """The same id for the same words."""
    return uuid5(SPACE, ":".join(map(str, words)))


@dataclass
class Log:
    """Facts in the order in which they were said; each about an aggregate that it brings to its next version."""

    programme_id: UUID = field(default_factory=lambda: named("programme"))
    said: list[Received[Fact]] = field(default_factory=list[Received[Fact]])
    versions: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def say(self, kind: str, **fields: Any) -> None:
        """One fact more."""
        fact = CATALOGUE[kind + ".v1"].model_validate({"programme_id": self.programme_id, **fields})
        about = (fact.topic, fact.subject)
        self.versions[about] = version = self.versions.get(about, 0) + 1
        at = datetime(2023, 4, 1, tzinfo=UTC) + timedelta(minutes=len(self.said))
        fact_id = str(Announcement(fact, version, at).id)
        envelope = Envelope(
            fact_id, fact.type, fact.source, fact.subject, at.isoformat(), version, fact.key, fact_id
        )  # fmt: skip
        self.said.append(Received(fact, envelope))

    def open_programme(self, target: int = 10) -> None:
        limits = {"minimum_visits": 2, "spacing_days": 28, "visits_a_day": 4, "training_days": ["2023-04-04"]}
        window = {"year": 2023, "window_from": FIRST, "window_until": date(2023, 12, 29)}
        self.say("registry.programme.opened", **limits, **window, target_enterprises=target, is_synthetic=True)

    def agency(self, name: str, verdict: str = "qualified") -> None:
        about = {"agency_id": named(name), "sectors": SECTORS, "latitude": 37.5, "longitude": 127.0}
        self.say("registry.agency.applied", **about, applied_on="2023-01-20")
        dates = {"qualified_on": "2023-03-01", "rejected_on": "2023-03-01"}
        self.say(f"registry.agency.{verdict}", **about, **dates, score=70, reasons=["equipment"])

    def manager(self, name: str, agency: str) -> None:
        place = {"latitude": 37.5, "longitude": 127.0, "visits_a_day": 4, "trained_on": "2023-04-11"}
        self.say("registry.manager.trained", manager_id=named(name), agency_id=named(agency), **place)

    def suspended(self, agency: str, first: str, last: str | None = None) -> None:
        about = {"agency_id": named(agency), "suspended_from": first, "suspended_until": last}
        self.say("registry.agency.suspended", **about, reason="other", decided_on=first)

    def reinstated(self, agency: str, first: str) -> None:
        self.say("registry.agency.reinstated", agency_id=named(agency), reinstated_from=first)

    def left(self, manager: str, agency: str, on: str) -> None:
        self.say("registry.manager.left", manager_id=named(manager), agency_id=named(agency), left_on=on)

    def enterprise(self, name: str, change: str = "registered", **fields: Any) -> None:
        about = {
            "enterprise_id": named(name), "industry_code": "C25", "industry_code_system": "KSIC-10",
            "province": "KR-11", "district": "11110", "latitude": 37.5, "longitude": 127.0, "risk": 3,
            "registered_on": "2023-03-20", "changed_on": "2023-05-20", "closed_on": "2023-06-20",
        }  # fmt: skip
        self.say(f"registry.enterprise.{change}", **{**about, **fields})

    def decision(self, name: str, verdict: str = "eligible", sector: str = "manufacturing") -> None:
        about = {"enterprise_id": named(name), "sector": sector, "province": "KR-11", "reasons": [], "rule_set": "2023"}
        self.say(f"eligibility.decision.{verdict}", **about, decided_on="2023-03-21")

    def visit(self, enterprise: str, ordinal: int, what: str, on: date, **fields: Any) -> None:
        about = {
            "visit_id": named(enterprise, ordinal), "enterprise_id": named(enterprise), "ordinal": ordinal,
            "agency_id": named("north"), "manager_id": named("kim"),
            "visit_on": on, "visited_on": on, "missed_on": on, "cancelled_on": on,
            "reason": {"missed": "nobody_there", "cancelled": "replanned"}.get(what),
            "risk_before": 6, "risk_after": 2, "hazards_found": 4, "hazards_removed": 3,
        }  # fmt: skip
        self.say(f"scheduling.visit.{what}", **{**about, **fields})

    def plan(self) -> None:
        sizes = {"enterprises": 10, "visits": 20, "unscheduled": 0, "published_on": "2023-04-07"}
        self.say("scheduling.plan.published", plan_id=named("plan", len(self.said)), **sizes)


def whole_year(seed: int = 11, enterprises: int = 40) -> Log:
    """A year in which everything happens that can: moves, misses, cancellations, changes and closings."""
    log, dice = Log(), random.Random(seed)
    log.open_programme(enterprises)
    for number in range(6):
        log.agency(f"agency {number}", "rejected" if number == 5 else "qualified")
        log.manager(f"manager {number}", f"agency {number}")
    log.agency("north")
    _changes(log)
    for number in range(enterprises):
        name = f"site {number}"
        log.enterprise(name, province=dice.choice(PROVINCES), risk=dice.choice((None, 1, 4, 6, 9)))
        log.decision(name, "eligible" if dice.random() < 0.9 else "ineligible", dice.choice(SECTORS))
        _visits_of(log, dice, name)
        if dice.random() < 0.2:
            log.enterprise(name, "changed", province=dice.choice(PROVINCES))
            log.decision(name, "eligible", dice.choice(SECTORS))
        if dice.random() < 0.15:
            log.enterprise(name, "closed")
    log.plan()
    return log


def _changes(log: Log) -> None:
    """In April 2023, when all is said, two of four agencies are still suspended, and one of four managers is gone."""
    for number, until in enumerate((None, "2023-12-01", "2023-03-01", None)):
        log.suspended(f"agency {number}", "2023-02-20", until)
        log.left(f"manager {number}", f"agency {number}", "2023-03-20")
    log.reinstated("agency 3", "2023-03-10")
    for number in (1, 2, 3):
        log.manager(f"manager {number}", f"agency {number}")


def _visits_of(log: Log, dice: random.Random, name: str) -> None:
    for ordinal in (1, 2, 3):
        on = FIRST + timedelta(days=40 * ordinal + dice.randrange(20))
        log.visit(name, ordinal, "scheduled", on)
        if dice.random() < 0.3:
            log.visit(name, ordinal, "scheduled", on + timedelta(days=7))
        if dice.random() < 0.2:
            log.visit(name, ordinal, "missed", on)
            log.visit(name, ordinal, "scheduled", on + timedelta(days=14))
        if dice.random() < 0.8:
            outcome = dice.choice(("completed", "completed", "completed", "missed", "cancelled"))
            log.visit(name, ordinal, outcome, on + timedelta(days=14), risk_after=dice.randint(1, 9))


@pytest.fixture
def log() -> Log:
    """An empty log, to say things in."""
    return Log()


@pytest.fixture
def year() -> Callable[[], Log]:
    """Makes the log of a whole year, always the same."""
    return whole_year


Reporting = Callable[[], Awaitable["Office"]]


@dataclass
class Office:
    """A reporting service with a database of its own."""

    pool: Pool
    app: FastAPI
    dsn: str

    async def hear(self, facts: Sequence[Received[Fact]], batch: int = 500) -> None:
        """Apply facts as the transport does: batch by batch, each in one transaction."""
        for start in range(0, len(facts), batch):
            async with transaction(self.pool) as tx:
                for kind, received in rounds(facts[start : start + batch]):
                    await HEARS[kind](tx, received)

    async def hear_patiently(self, facts: Sequence[Received[Fact]]) -> None:
        """Apply one batch, again and again while what hinders it passes by itself, as the consumer does."""
        while True:
            try:
                return await self.hear(facts)
            except Exception as error:
                if not is_transient(error):
                    raise

    async def document(self) -> str:
        """The progress document as it is now, whatever hangs on the board."""
        progress = policy.progress_of(await counts.nation(self.pool, None))
        return posted_of(progress, await ledger.pulse(self.pool)).document.decode()

    async def get(self, path: str, role: Role | None = None, **claims: Any) -> Response:
        """Ask at the door, with the token of a role or with none."""
        headers = {}
        if role:
            subject = str(claims.pop("subject", role))
            headers["Authorization"] = f"Bearer {KEYS.token(role, subject=subject, **claims)}"
        async with AsyncClient(transport=ASGITransport(self.app), base_url="http://test") as client:
            return await client.get(path, headers=headers)


@pytest.fixture
async def reporting(migrated_database: Callable[[str], Awaitable[str]]) -> AsyncGenerator[Reporting]:
    """`await reporting()`: a service on a new database."""
    opened = list[Office]()

    async def start() -> Office:
        dsn = await migrated_database("reporting")
        settings = Settings.model_validate({"database_url": dsn, "http_port": 1, "access_keys": "unused"})
        app = door(KEYS.public)
        app.state.pool = await open_pool(settings.database_url)
        opened.append(Office(app.state.pool, app, settings.database_url))
        return opened[-1]

    yield start
    for office in opened:
        await office.pool.close()

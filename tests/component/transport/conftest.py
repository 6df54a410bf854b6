"""One small service on real PostgreSQL: an append-only notebook of the closures it hears, which shows every effect."""

import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from fastapi import FastAPI

from events.contracts.envelope import Announcement, Received
from events.contracts.registry import EnterpriseClosed
from events.contracts.scheduling import VisitCancelled
from events.transport.batch import Batches, Hears
from events.transport.breaker import Breaker
from events.transport.db import Pool, open_pool
from events.transport.hosting import Service
from events.transport.outbox import Transaction
from events.transport.positions import places_of
from events.transport.settings import TransportSettings
from events.transport.wire import Record, headers_of

NAME = "eligibility"
TOPIC = EnterpriseClosed.topic
PARTITION = TopicPartition(TOPIC, 3)
NOTEBOOK = "create table note (place bigint generated always as identity primary key, key uuid, version integer)"


@dataclass
class Notebook:
    """The service: it writes down what it hears and says so, but cannot bear some enterprises."""

    pool: Pool
    dsn: str
    unbearable: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """Enterprises that it cannot bear, and the statement that fails because of each."""

    def batches(self, *, breaker: Breaker | None = None) -> Batches:
        """An instance of its consumer that holds nothing yet."""
        return Batches(NAME, self.pool, self.hears, breaker or Breaker(in_a_row=20, share=1.0))

    async def consumer(self, *, breaker: Breaker | None = None) -> Batches:
        """An instance of its consumer that has just been given the partition."""
        batches = self.batches(breaker=breaker)
        batches.places = await places_of(self.pool, NAME, {PARTITION: 0})
        return batches

    @property
    def hears(self) -> Hears:
        return {EnterpriseClosed: self.on_closed}

    @property
    def service(self) -> Service:
        settings = Settings(database_url=self.dsn)
        return Service(NAME, settings, FastAPI(openapi_url=None), self.hears)

    async def on_closed(self, tx: Transaction, batch: Sequence[Received[EnterpriseClosed]]) -> None:
        """Write down, say so, and only then fail: what a failure leaves behind would show."""
        for received in batch:
            sql = "insert into note (key, version) values ($1, $2)"
            await tx.db.execute(sql, received.fact.enterprise_id, received.envelope.sequence)
            tx.announce([_cancelled(received)])
        for received in batch:
            if trouble := self.unbearable.get(received.fact.enterprise_id):
                await tx.db.execute(trouble)

    async def notes(self) -> list[tuple[UUID, int]]:
        """What it wrote down, in order."""
        return [(row["key"], row["version"]) for row in await self.pool.fetch("select * from note order by place")]

    async def said(self, topic: str = VisitCancelled.topic) -> list[tuple[str, str]]:
        """Subjects and versions in the outbox for a topic, lane by lane in order."""
        sql = "select subject, sequence from transport.outbox where aggregatetype = $1 order by lane, number"
        return [(row["subject"], row["sequence"]) for row in await self.pool.fetch(sql, topic)]

    async def letters(self) -> list[tuple[int, str]]:
        """Offset and cause of each open dead letter."""
        sql = 'select "offset", cause from transport.dead_letter where settled_at is null order by "offset"'
        return [(row["offset"], row["cause"]) for row in await self.pool.fetch(sql)]

    async def next_offset(self) -> int:
        """Where the position stands."""
        return await self.pool.fetchval("select next_offset from transport.position where topic = $1", TOPIC)


class Settings(TransportSettings):
    """The notebook has no door."""

    http_port: int = 0
    access_keys: Path = Path("/dev/null")


def _cancelled(received: Received[EnterpriseClosed]) -> Announcement:
    name = received.fact.enterprise_id
    fact = VisitCancelled(
        visit_id=name, programme_id=name, enterprise_id=name, agency_id=name, manager_id=name,
        ordinal=1, cancelled_on=received.fact.closed_on, reason="enterprise_closed",
    )  # fmt: skip
    return Announcement(fact, received.envelope.sequence, received.envelope.occurred_at, received.envelope)


@pytest.fixture
async def notebook(migrated_database: Callable[[str], Awaitable[str]]) -> AsyncGenerator[Notebook]:
    """The service on a database of its own."""
    dsn = await migrated_database(NAME)
    connection = await asyncpg.connect(dsn)
    await connection.execute(NOTEBOOK)
    await connection.close()
    pool = await open_pool(dsn)
    yield Notebook(pool, dsn)
    await pool.close()


@pytest.fixture
def closed() -> Callable[..., Record]:
    """`closed(offset, name, version=1, value=…, headers=…)`: a closure in the log; headers replace its own."""

    def make(
        offset: int,
        name: UUID,
        *,
        version: int = 1,
        value: bytes | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Record:
        fact = EnterpriseClosed(enterprise_id=name, closed_on=date(2023, 7, 1))
        row = {
            "id": str(uuid5(name, str(version))), "source": "/registry", "type": fact.type, "subject": str(name),
            "time": datetime(2023, 7, 1, tzinfo=UTC).isoformat(), "aggregateid": str(name), "sequence": str(version),
            "correlationid": "c", "causationid": None, "traceparent": None, "epoch": 1, "number": offset + 1,
        }  # fmt: skip
        said = {**dict(headers_of(row)), **dict(headers)}
        sent = fact.model_dump_json().encode() if value is None else value
        return in_log(offset, str(name).encode(), sent, list(said.items()))

    return make


@pytest.fixture
def announcement() -> Callable[[UUID], Announcement]:
    """Something to be said about an enterprise."""

    def make(name: UUID) -> Announcement:
        fact = EnterpriseClosed(enterprise_id=name, closed_on=date(2023, 7, 1))
        return Announcement(fact, 1, datetime(2023, 7, 1, tzinfo=UTC))

    return make


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def record() -> Callable[..., Record]:
    """`record(offset, key, value, headers)`: any bytes, as they lie in the log."""
    return in_log


def in_log(offset: int, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> Record:
    """A record at an offset of the partition."""
    return ConsumerRecord(
        topic=TOPIC,
        partition=PARTITION.partition,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=len(key or b""),
        serialized_value_size=len(value or b""),
        headers=tuple(headers),
    )

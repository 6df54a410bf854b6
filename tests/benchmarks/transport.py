"""`make bench WHAT=transport`: relay and consumer beside the raw floor and the idiomatic way, in turn, in one run.

Floor: the same bytes through aiokafka alone, `send_batch` from memory, and `getmany` + COPY + commit.
Idiomatic: one FastStream call a message, each with a transaction and a commit of its own.
Whoever consumes is timed from its first commit to its last; floor and ours take turns at being first.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid5

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from events.contracts.envelope import FACTS, Announcement, Received
from events.contracts.scheduling import VisitCompleted
from events.transport import db
from events.transport.consumer import Consumer
from events.transport.hosting import calm_the_collector
from events.transport.lanes import LANES
from events.transport.outbox import Transaction, transaction
from events.transport.publishing import Publisher
from events.transport.settings import TransportSettings
from events.transport.wire import headers_of
from figures import Figure, publish
from stack import Stack

TOPIC = VisitCompleted.topic
# Looked at some dozens of times a second: twelve rows, not a growing table.
_APPLIED = "select coalesce(sum(next_offset), 0)::bigint from transport.position"
_WRITTEN = "select count(*) from effect"
_MOVE = "update transport.relay_cursor set number = $1 where lane = 0"
COLUMNS = ["visit_id", "enterprise_id", "agency_id", "visited_on", "risk_after", "sequence"]
EFFECT = """
    create table effect (visit_id uuid, enterprise_id uuid, agency_id uuid, visited_on date, risk_after integer,
                         sequence bigint);
    create table floor (id text, key text, body text);
"""


class Settings(TransportSettings):
    """A consumer without a door."""

    http_port: int = 0
    access_keys: Path = Path("/dev/null")


@dataclass
class Speeds:
    """Events a second, a value a round."""

    floor: list[float] = field(default_factory=list[float])
    ours: list[float] = field(default_factory=list[float])
    idiomatic: list[float] = field(default_factory=list[float])

    def over(self, other: Sequence[float]) -> float:
        """The median of the ratios, round by round."""
        return median(mine / theirs for mine, theirs in zip(self.ours, other, strict=True))


def facts(count: int) -> list[Announcement]:
    """Reports of visits as the scheduling service says them."""
    now = datetime.now(UTC)
    ids = [uuid5(FACTS, str(n)) for n in range(count)]
    return [Announcement(_completed(one, ids[n // 2], ids[n % 230]), 2, now) for n, one in enumerate(ids)]


def _completed(visit: UUID, enterprise: UUID, agency: UUID) -> VisitCompleted:
    return VisitCompleted(
        visit_id=visit,
        programme_id=FACTS,
        enterprise_id=enterprise,
        ordinal=1,
        agency_id=agency,
        manager_id=agency,
        visited_on=date(2023, 5, 2),
        risk_before=6,
        risk_after=3,
        hazards_found=4,
        hazards_removed=3,
    )


class Bench:
    """One stack, one database, one topic made afresh for each measurement."""

    def __init__(self, stack: Stack, dsn: str, count: int, few: int) -> None:
        self.stack = stack
        self.dsn = dsn
        self.count = count
        self.few = few
        self.rows: list[asyncpg.Record] = []
        self._prepared: list[tuple[int, bytes, bytes, Any]] = []
        self._facts = facts(count)
        calm_the_collector()  # for all alike, as the services have it

    async def relay_round(self, speeds: Speeds, number: int) -> None:
        """Each sends what is in the outbox (the idiomatic way: some)."""
        await self._fill_outbox()
        both = [(speeds.floor, self._floor_sends), (speeds.ours, self._relay_sends)]
        for found, send in both[:: -1 if number % 2 else 1]:
            found.append(await self._timed(send(), self.count))
            await self._fresh_topic()
        speeds.idiomatic.append(await self._timed(self._idiom_sends(), self.few))

    async def consumer_round(self, speeds: Speeds, number: int) -> None:
        """The topic holds the facts; each reads all of them (the idiomatic way: some)."""
        await self._fresh_topic()
        await self._floor_sends()
        both = [(speeds.floor, self._floor_takes), (speeds.ours, self._consume_ours)]
        for found, consume in both[:: -1 if number % 2 else 1]:
            found.append(await consume())
        speeds.idiomatic.append(await self._consume_idiom())

    async def _timed(self, work: Any, count: int) -> float:
        begun = time.perf_counter()
        await work
        return count / (time.perf_counter() - begun)

    async def _fresh_topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.stack.kafka.bootstrap)
        await admin.start()
        if TOPIC in await admin.list_topics():
            await admin.delete_topics([TOPIC])
            while TOPIC in await admin.list_topics():
                await asyncio.sleep(0.1)
        await admin.create_topics([NewTopic(TOPIC, LANES, 1)])
        await asyncio.sleep(1)
        await admin.close()

    async def _fill_outbox(self) -> None:
        await self._fresh_topic()
        pool = await db.open_pool(self.dsn)
        await pool.execute("truncate transport.outbox; update transport.relay_cursor set number = 0")
        for start in range(0, self.count, 5_000):
            async with transaction(pool) as tx:
                tx.announce(self._facts[start : start + 5_000])
        self.rows = await pool.fetch("select * from transport.outbox order by lane, number")
        self._prepared = [(r["lane"], r["aggregateid"].encode(), r["payload"], headers_of(r)) for r in self.rows]
        await pool.close()

    async def _floor_sends(self) -> None:
        producer = await self._producer()
        waiting: list[Any] = []
        batch, lane = producer.create_batch(), self._prepared[0][0]
        for to, key, value, headers in self._prepared:
            if to != lane or batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                waiting.append(await producer.send_batch(batch, TOPIC, partition=lane))
                batch, lane = producer.create_batch(), to
                batch.append(key=key, value=value, timestamp=None, headers=headers)
        waiting.append(await producer.send_batch(batch, TOPIC, partition=lane))
        await asyncio.gather(*waiting)
        await producer.stop()

    async def _producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.stack.kafka.bootstrap,
            enable_idempotence=True,
            max_batch_size=1 << 20,
            max_request_size=4 << 20,
        )
        await producer.start()
        return producer

    async def _relay_sends(self) -> None:
        publisher, producer = Publisher(), await self._producer()
        connection = await asyncpg.connect(self.dsn)
        while await publisher.publish_once(connection, producer):
            pass
        await connection.close()
        await producer.stop()

    async def _idiom_sends(self) -> None:
        connection = await asyncpg.connect(self.dsn)
        async with KafkaBroker(self.stack.kafka.bootstrap, allow_auto_create_topics=False, logger=None) as broker:
            for row in self.rows[: self.few]:
                async with connection.transaction():
                    headers = {name: value.decode() for name, value in headers_of(row)}
                    await broker.publish(row["payload"], TOPIC, key=row["aggregateid"].encode(), headers=headers)
                    await connection.execute(_MOVE, row["number"])
        await connection.close()

    async def _floor_takes(self) -> float:
        connection = await asyncpg.connect(self.dsn)
        await connection.execute("truncate floor")
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.stack.kafka.bootstrap,
            group_id="floor",
            enable_auto_commit=False,
            max_partition_fetch_bytes=2 << 20,
            fetch_max_bytes=16 << 20,
        )
        partitions = [TopicPartition(TOPIC, lane) for lane in range(LANES)]
        consumer.assign(partitions)
        await consumer.start()
        await consumer.seek_to_beginning()
        begun, first, taken = 0.0, 0, 0
        while taken < self.count:
            rows: list[tuple[str, str, str]] = []
            for batch in (await consumer.getmany(timeout_ms=1_000, max_records=5_000)).values():
                for record in batch:
                    name = dict(record.headers)["ce_id"].decode()
                    rows.append((name, (record.key or b"").decode(), (record.value or b"").decode()))
            await connection.copy_records_to_table("floor", records=rows)
            await consumer.commit()
            taken += len(rows)
            begun, first = (begun, first) if begun else (time.perf_counter(), taken)
        speed = (taken - first) / (time.perf_counter() - begun)
        await consumer.stop()
        await connection.close()
        return speed

    async def _consume_ours(self) -> float:
        pool = await db.open_pool(self.dsn)
        await pool.execute("truncate effect, transport.position")
        settings = Settings(kafka_bootstrap=self.stack.kafka.bootstrap, database_url=self.dsn)
        consumer = Consumer("bench", settings, pool, {VisitCompleted: _copy})
        task = asyncio.create_task(consumer.run())
        speed = await _from_first_to_last(pool, _APPLIED, self.count)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await pool.close()
        return speed

    async def _consume_idiom(self) -> float:
        pool = await db.open_pool(self.dsn)
        await pool.execute("truncate effect")
        broker = KafkaBroker(self.stack.kafka.bootstrap, allow_auto_create_topics=False, logger=None)
        group = f"idiom-{time.time()}"

        @broker.subscriber(TOPIC, group_id=group, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
        async def handle(fact: VisitCompleted) -> None:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(
                    "insert into effect values ($1, $2, $3, $4, $5, $6)",
                    *(fact.visit_id, fact.enterprise_id, fact.agency_id, fact.visited_on, fact.risk_after, 2),
                )

        async with broker:
            await broker.start()
            speed = await _from_first_to_last(pool, _WRITTEN, self.few)
        await pool.close()
        return speed


async def _copy(tx: Transaction, batch: Sequence[Received[VisitCompleted]]) -> None:
    rows = [
        (f.visit_id, f.enterprise_id, f.agency_id, f.visited_on, f.risk_after, received.envelope.sequence)
        for received in batch
        for f in (received.fact,)
    ]
    await tx.db.copy_records_to_table("effect", columns=COLUMNS, records=rows)


async def _from_first_to_last(pool: db.Pool, progress: str, count: int) -> float:
    """Events a second from the first effect seen to the last, joining the group left out."""
    begun, seen_first = 0.0, 0
    while True:
        seen = await pool.fetchval(progress)
        if seen and not begun:
            begun, seen_first = time.perf_counter(), seen
        if seen >= count:
            return (seen - seen_first) / (time.perf_counter() - begun)
        await asyncio.sleep(0.02)


async def run(count: int, few: int, rounds: int) -> list[Figure]:
    """The figures, each a median over the rounds."""
    relay, consumer = Speeds(), Speeds()
    with TemporaryDirectory(prefix="bench-") as home:
        async with Stack.up(Path(home)) as stack:
            dsn = await _database(stack)
            bench = Bench(stack, dsn, count, few)
            for number in range(rounds):
                await bench.relay_round(relay, number)
                await bench.consumer_round(consumer, number)
    return [
        Figure("relay_events_per_s", median(relay.ours), "events/s", None, "higher"),
        Figure("relay_ratio_to_floor", relay.over(relay.floor), "x", 0.5, "higher"),
        Figure("relay_over_idiomatic", relay.over(relay.idiomatic), "x", 20, "higher"),
        Figure("consumer_events_per_s", median(consumer.ours), "events/s", None, "higher"),
        Figure("consumer_ratio_to_floor", consumer.over(consumer.floor), "x", 0.5, "higher"),
        Figure("consumer_over_idiomatic", consumer.over(consumer.idiomatic), "x", 20, "higher"),
        Figure("relay_floor_events_per_s", median(relay.floor), "events/s", None, "higher"),
        Figure("consumer_floor_events_per_s", median(consumer.floor), "events/s", None, "higher"),
    ]


async def _database(stack: Stack) -> str:
    connection = await asyncpg.connect(stack.postgres.admin_dsn)
    await connection.execute("create database bench")
    await connection.close()
    dsn = urlunsplit(urlsplit(stack.postgres.admin_dsn)._replace(path="/bench"))
    await db.migrate(dsn, "events.transport")
    connection = await asyncpg.connect(dsn)
    await connection.execute(EFFECT)
    await connection.close()
    return dsn


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=2_000, help="how many the idiomatic way is given")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    publish("transport", uvloop.run(run(arguments.events, arguments.few, arguments.rounds)))

"""The relay: publishes the outbox lane by lane, in order, and moves a lane's cursor only when Kafka has the batch.

One relay is active at a time, by a session's advisory lock. A sleeping one loses the lock (PostgreSQL ends its idle
session) and, when it wakes, can only send again what consumers skip by its position.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events.transport import metrics
from events.transport.db import Connection, is_transient
from events.transport.pulse import is_away
from events.transport.wire import headers_of

_log = structlog.get_logger(__name__)
_LOCK = "hashtext('anjeon.relay')"
_READ = """
    select o.* from transport.relay_cursor c
    cross join lateral (
        select * from (
            select *, sum(octet_length(payload)) over (order by number) - octet_length(payload) as bytes_before
            from (
                select * from transport.outbox where lane = c.lane and number > c.number order by number limit $1
            ) waiting
        ) measured
        where bytes_before < $2
    ) o
"""
_ADVANCE = """
    update transport.relay_cursor c set number = sent.number
    from unnest($1::smallint[], $2::bigint[]) sent(lane, number)
    where c.lane = sent.lane and c.number < sent.number
"""
_SWEEP = """
    delete from transport.outbox o using (
        select old.lane, old.number from transport.relay_cursor c
        cross join lateral (
            select * from transport.outbox where lane = c.lane and number <= c.number order by number limit $2
        ) old
        where old.created_at < now() - make_interval(secs => $1)
    ) published
    where o.lane = published.lane and o.number = published.number
"""
LANE_BYTES = 2 << 20
"""Of payload read at once in a lane, besides the last fact: twelve lanes of the largest facts must fit in memory."""
_SWEPT_ROWS = 500
"""Of a lane in one statement: a day's facts at once would be one long transaction."""

Row = Mapping[str, Any] | asyncpg.Record


class Relay:
    """Publishes one database's outbox until it is cancelled."""

    def __init__(self, dsn: str, bootstrap: str, *, lane_rows: int = 1_000, poll_seconds: float = 0.05) -> None:
        self._dsn = dsn
        self._bootstrap = bootstrap
        self._lane_rows = lane_rows
        self._poll_seconds = poll_seconds
        self.keep_seconds = 86_400.0
        self.is_active = False
        self.waits_for_kafka: str | None = None
        """Why nothing is published, if that is because Kafka does not answer."""
        self.trouble: str | None = None
        """Why nothing is published, if somebody has to do something about it."""
        self._interruptions = 0
        self.last_turn_at = datetime.now(UTC)
        self._stopping = set[asyncio.Task[None]]()

    async def run(self) -> None:
        """Hold the lock and publish; after any fault, start afresh with a new session and a new producer."""
        while True:
            try:
                async with self._session() as db, self._producer() as producer:
                    await self._publish_for_ever(db, producer)
            except Exception as error:  # whatever it is, facts wait in the outbox, and giving up would help nobody
                self.interrupted(error)
            finally:
                self._is_active(False)
            await asyncio.sleep(1)

    def interrupted(self, error: Exception) -> None:
        """Note a fault: Kafka's absence is no trouble, nor is a stumble, but standing still for another reason is."""
        passes_by = is_away(error) or is_transient(error)
        self._interruptions = 0 if passes_by else self._interruptions + 1
        self.waits_for_kafka = repr(error) if isinstance(error, KafkaError) and passes_by else None
        self.trouble = f"attempt {self._interruptions}: {error!r}" if self._interruptions > 5 else None
        _log.warning("relay_interrupted", error=repr(error), transient=is_transient(error))

    def went_well(self) -> None:
        """The next fault is a first one again."""
        self.waits_for_kafka = self.trouble = None
        self._interruptions = 0

    async def _publish_for_ever(self, db: Connection, producer: AIOKafkaProducer) -> None:
        clock = asyncio.get_running_loop().time
        sweep_at = clock() + 60
        self._is_active(True)
        while True:
            self.last_turn_at = datetime.now(UTC)
            if not await self.publish_once(db, producer):
                await asyncio.sleep(self._poll_seconds)
            self.went_well()
            if clock() > sweep_at and not await self.sweep_once(db):
                sweep_at = clock() + 60

    async def sweep_once(self, db: Connection) -> int:
        """Forget some of the facts that were published long ago; how many, so that 0 says that none are left."""
        done = await db.execute(_SWEEP, self.keep_seconds, _SWEPT_ROWS)
        return int(done.removeprefix("DELETE "))

    def _is_active(self, is_active: bool) -> None:
        self.is_active = is_active
        metrics.RELAY_ACTIVE.set(is_active)

    async def publish_once(self, db: Connection, producer: AIOKafkaProducer) -> int:
        """Send what waits, at most `lane_rows` a lane; the number of facts that Kafka has acknowledged."""
        rows = await waiting_rows(db, self._lane_rows)
        lanes = {lane: list(waiting) for lane, waiting in groupby(rows, key=lambda row: row["lane"])}
        oldest = min((waiting[0]["created_at"] for waiting in lanes.values()), default=None)
        metrics.UNPUBLISHED_AGE.set((datetime.now(UTC) - oldest).total_seconds() if oldest else 0)
        sends = [asyncio.create_task(_send_lane(producer, lane, waiting)) for lane, waiting in lanes.items()]
        try:
            await self._keeping_awake(db, sends)
        finally:
            for send in sends:
                send.cancel()
        failed = [error for send in sends if (error := send.exception())]
        sent = {lane: len(lanes[lane]) for lane, send in zip(lanes, sends, strict=True) if not send.exception()}
        await db.execute(_ADVANCE, list(sent), [lanes[lane][-1]["number"] for lane in sent])
        if failed:
            raise failed[0]
        return sum(sent.values())

    async def _keeping_awake(self, db: Connection, sends: Sequence[asyncio.Task[None]]) -> None:
        # While Kafka is slow the session is idle; a sign of life keeps it, and shows at once if it was lost.
        waiting = set(sends)
        while waiting:
            _, waiting = await asyncio.wait(waiting, timeout=2)
            if waiting:
                await db.execute("select 1")

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[Connection]:
        db = await asyncpg.connect(self._dsn, server_settings={"idle_session_timeout": "8s"}, command_timeout=60)
        try:
            standing_by = 0
            while not await db.fetchval(f"select pg_try_advisory_lock({_LOCK})"):
                self.last_turn_at = datetime.now(UTC)
                await asyncio.sleep(0.5)
                standing_by += 1
                if standing_by > 60:  # whoever keeps the lock for so long publishes
                    self.went_well()
            _log.info("relay_active")
            yield db
        finally:
            await db.close(timeout=2)

    @asynccontextmanager
    async def _producer(self) -> AsyncGenerator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            max_batch_size=1 << 20,
            max_request_size=4 << 20,
            linger_ms=0,
        )
        try:
            await producer.start()
            yield producer
        finally:
            # Not cancelled when it takes longer: a half-stopped producer keeps its sender and its batches for ever.
            stopping = asyncio.create_task(producer.stop())
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)
            await asyncio.wait({stopping}, timeout=5)


async def waiting_rows(db: Connection, most: int) -> list[asyncpg.Record]:
    """What waits, lane by lane in order: at most so many rows and `LANE_BYTES` a lane, and at least one."""
    return await db.fetch(_READ, most, LANE_BYTES)


async def _send_lane(producer: AIOKafkaProducer, lane: int, rows: Sequence[Row]) -> None:
    """Send a lane's rows, topic by topic; within a topic one batch is awaited before the next is begun."""
    by_topic: dict[str, list[Row]] = {}
    for row in rows:
        by_topic.setdefault(row["aggregatetype"], []).append(row)
    for topic, facts in by_topic.items():
        await _send_in_order(producer, topic, lane, facts)
        metrics.PUBLISHED.labels(topic).inc(len(facts))


async def _send_in_order(producer: AIOKafkaProducer, topic: str, lane: int, rows: Sequence[Row]) -> None:
    batch = producer.create_batch()
    for row in rows:
        content: dict[str, Any] = {
            "key": row["aggregateid"].encode(),
            "value": row["payload"],
            "timestamp": None,
            "headers": headers_of(row),
        }
        if batch.append(**content) is None:
            await (await producer.send_batch(batch, topic, partition=lane))
            batch = producer.create_batch()
            batch.append(**content)
    await (await producer.send_batch(batch, topic, partition=lane))

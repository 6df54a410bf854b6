"""Publishing: a lane's rows go to Kafka in order, and its cursor moves only when Kafka has acknowledged them."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from events.transport import metrics, said
from events.transport.db import Connection, Pool
from events.transport.said import Ends
from events.transport.wire import headers_of

_READ = """
    select o.lane, o.number, o.epoch, o.aggregatetype, o.aggregateid, o.type, o.payload, o.id, o.source, o.subject,
        o.sequence, o.time, o.correlationid, o.causationid, o.traceparent
    from (
        select lane, coalesce(behind.number, c.number) as number
        from transport.relay_cursor c left join unnest($3::smallint[], $4::bigint[]) behind(lane, number) using (lane)
    ) c
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
_AGE = """
    select extract(epoch from clock_timestamp() - min(first.created_at))::float8 from transport.relay_cursor c
    cross join lateral (
        select created_at from transport.outbox where lane = c.lane and number > c.number order by number limit 1
    ) first
"""
LANE_BYTES = 2 << 20
"""Of payload read at once in a lane, besides the last fact: twelve lanes of the largest facts must fit in memory."""
_SWEPT_ROWS = 500
"""Of a lane in one statement: a day's facts at once would be one long transaction."""

Row = Mapping[str, Any] | asyncpg.Record


class Publisher:
    """Publishes what waits in an outbox, and forgets what was published long ago; for one relay's session."""

    def __init__(self, *, lane_rows: int = 1_000) -> None:
        self._lane_rows = lane_rows
        self._ahead: Sequence[Row] = ()
        self.keep_seconds = 86_400.0
        self.silent_seconds = 60.0
        """Kafka acknowledges nothing for so long: to begin afresh is better than to wait. A request may take 40."""

    async def publish_once(self, db: Connection, producer: AIOKafkaProducer) -> int:
        """Send what waits, at most `lane_rows` a lane; the number of facts that Kafka has acknowledged.

        Where a lane may have more, that is read while Kafka works, and read again after any fault.
        """
        if self._ahead:
            await db.execute("select 1")  # a session that was lost ends here, with nothing sent
        rows, self._ahead = self._ahead or await waiting_rows(db, self._lane_rows), ()
        lanes = {lane: list(waiting) for lane, waiting in groupby(rows, key=lambda row: row["lane"])}
        sends = list[asyncio.Task[Ends]]()
        try:
            for lane, waiting in lanes.items():
                sends.append(asyncio.create_task(_send_lane(producer, lane, waiting)))
                await asyncio.sleep(0)  # Kafka works on this lane while the next one is put together
            ends = {lane: waiting[-1]["number"] for lane, waiting in lanes.items()}
            ahead = await waiting_rows(db, self._lane_rows, ends) if len(rows) >= self._lane_rows else ()
            await self._keeping_awake(db, sends)
        finally:
            for send in sends:
                send.cancel()
        failed = [error for send in sends if (error := send.exception())]
        sent = {lane: len(lanes[lane]) for lane, send in zip(lanes, sends, strict=True) if not send.exception()}
        await db.execute(_ADVANCE, list(sent), [lanes[lane][-1]["number"] for lane in sent])
        await said.note(db, dict(end for send in sends if not send.exception() for end in send.result().items()))
        if failed:
            raise failed[0]
        self._ahead = ahead
        return sum(sent.values())

    async def _keeping_awake(self, db: Connection, sends: Sequence[asyncio.Task[Ends]]) -> None:
        # While Kafka is slow the session is idle; a sign of life keeps it, and shows at once if it was lost.
        clock = asyncio.get_running_loop().time
        waiting, heard_at = set(sends), clock()
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=2)
            heard_at = clock() if done else heard_at
            if clock() - heard_at > self.silent_seconds:
                raise KafkaTimeoutError(f"Kafka has acknowledged nothing for {self.silent_seconds:.0f} seconds")
            if waiting:
                await db.execute("select 1")

    async def sweep_once(self, db: Connection) -> int:
        """Forget some of the facts that were published long ago; how many, so that 0 says that none are left."""
        done = await db.execute(_SWEEP, self.keep_seconds, _SWEPT_ROWS)
        return int(done.removeprefix("DELETE "))


async def tell_age(pool: Pool) -> None:
    """Tell how long the oldest fact has waited; apart from publishing, or it would be told only while all is well."""
    metrics.UNPUBLISHED_AGE.set(await pool.fetchval(_AGE) or 0)


async def waiting_rows(
    db: Connection, most: int, behind: Mapping[int, int] = MappingProxyType({})
) -> list[asyncpg.Record]:
    """What waits, lane by lane in order: at most so many rows and `LANE_BYTES` a lane, and at least one.

    In the lanes named by `behind`, what comes after that number; in others, what comes after the cursor.
    """
    return await db.fetch(_READ, most, LANE_BYTES, list(behind), list(behind.values()))


async def _send_lane(producer: AIOKafkaProducer, lane: int, rows: Sequence[Row]) -> Ends:
    """Send a lane's rows, topic by topic; within a topic one batch is awaited before the next is begun."""
    by_topic: dict[str, list[Row]] = {}
    for row in rows:
        by_topic.setdefault(row["aggregatetype"], []).append(row)
    ends = dict[TopicPartition, int]()
    for topic, facts in by_topic.items():
        ends[TopicPartition(topic, lane)] = await _send_in_order(producer, topic, lane, facts)
        metrics.PUBLISHED.labels(topic).inc(len(facts))
    return ends


async def _send_in_order(producer: AIOKafkaProducer, topic: str, lane: int, rows: Sequence[Row]) -> int:
    """Returns the offset behind the last one."""
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
    metadata = await (await producer.send_batch(batch, topic, partition=lane))
    return metadata.offset + batch.record_count()

"""The consumer: takes batches from Kafka through FastStream and hands them to `Batches`, one at a time.

FastStream's own acknowledgement is off (each of its policies loses or blocks, docs/decisions/0001): the truth is the
position in the database, and Kafka's committed offsets are told afterwards, for lag tools only.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from events.transport import metrics
from events.transport.batch import Batches, Hears, by_partition
from events.transport.db import Pool, is_transient
from events.transport.dead_letters import Breaker, BreakerOpenError, blocked_keys
from events.transport.positions import FencedError, places_of
from events.transport.settings import TransportSettings
from events.transport.wire import Record

_log = structlog.get_logger(__name__)


class Consumer(ConsumerRebalanceListener):
    """One service's consumer group member, over all the topics that the service hears."""

    def __init__(self, name: str, settings: TransportSettings, pool: Pool, hears: Hears) -> None:
        self._name = name
        self._pool = pool
        breaker = Breaker(settings.breaker_in_a_row, settings.breaker_share)
        self.batches = Batches(name, pool, hears, breaker)
        self._busy = asyncio.Lock()
        self._attempt = 0
        self.lost_positions: dict[TopicPartition, str] = {}
        self.busy_since: datetime | None = None
        self._timers = set[asyncio.Task[None]]()
        self._broker = KafkaBroker(settings.kafka_bootstrap, allow_auto_create_topics=False, logger=None)
        self._subscriber = self._broker.subscriber(
            *sorted({fact.topic for fact in hears}),
            group_id=name,
            batch=True,
            max_records=settings.batch_records,
            batch_timeout_ms=50,
            auto_offset_reset="none",
            ack_policy=AckPolicy.MANUAL,
            parser=_whole,
            decoder=_records,
            listener=self,
            no_reply=True,
            fetch_max_bytes=16 << 20,
            max_partition_fetch_bytes=2 << 20,
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=min(1_000, settings.session_timeout_ms // 6),
            rebalance_timeout_ms=30_000,
        )
        self._subscriber(self._take)

    @property
    def kafka(self) -> AIOKafkaConsumer:
        """The client underneath; only while the consumer runs."""
        consumer = self._subscriber.consumer
        if consumer is None:
            raise RuntimeError("the consumer has not been started")
        return consumer

    @property
    def has_joined(self) -> bool:
        """Whether the group has given this instance partitions, or said that there are none for it."""
        consumer = self._subscriber.consumer
        return consumer is not None and bool(consumer.assignment())

    async def run(self) -> None:
        """Consume until cancelled."""
        try:
            await self._join()
            while True:
                await asyncio.sleep(1)
                self._measure_lag()
                await self._redrive()
        finally:
            await self._broker.stop()

    async def _join(self) -> None:
        """Join the group; where Kafka is away, go on trying until it is there."""
        while True:
            try:
                return await self._broker.start()
            except (KafkaError, OSError) as error:
                _log.warning("kafka_is_away", error=repr(error))
                await self._broker.stop()
                await asyncio.sleep(1)

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - aiokafka's base is untyped
        """Wait for the batch in flight, then let go."""
        async with self._busy:
            self.batches.holding.places.clear()
            self.batches.holding.blocked.clear()
        for partition in revoked:
            with suppress(KeyError):
                metrics.LAG.remove(partition.topic, str(partition.partition))

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - aiokafka's base is untyped
        """Begin where the database says; a place that the log no longer has stops its partition, and says so."""
        async with self._busy:
            while True:
                try:
                    return await self._begin(sorted(assigned))
                except Exception as error:
                    if not (is_transient(error) or isinstance(error, KafkaError)):
                        raise
                    _log.warning("assignment_retried", error=repr(error))
                    await asyncio.sleep(1)

    async def _begin(self, assigned: Sequence[TopicPartition]) -> None:
        if not assigned:
            return
        beginnings: dict[TopicPartition, int] = await self.kafka.beginning_offsets(assigned)
        ends: dict[TopicPartition, int] = await self.kafka.end_offsets(assigned)
        places = await places_of(self._pool, self._name, beginnings)
        self.batches.holding.blocked = await blocked_keys(self._pool, self._name, assigned)
        self.lost_positions = {
            partition: f"position {place.next_offset}, but the log has {beginnings[partition]} to {ends[partition]}"
            for partition, place in places.items()
            if not beginnings[partition] <= place.next_offset <= ends[partition]
        }
        for partition, place in places.items():
            if partition in self.lost_positions:
                self.kafka.pause(partition)
                self.kafka.seek(partition, ends[partition])
                _log.error("position_lost", partition=str(partition), why=self.lost_positions[partition])
            else:
                self.kafka.seek(partition, place.next_offset)
                self.batches.holding.places[partition] = place
        _log.info("partitions_assigned", partitions=len(assigned), lost=len(self.lost_positions))

    async def _take(self, records: Any) -> None:
        async with self._busy:
            mine = self._still_mine(records)
            if not mine or self.batches.breaker.reason:
                return
            self.busy_since = datetime.now(UTC)
            try:
                with metrics.BATCH_SECONDS.time():
                    await self.batches.apply(mine)
                self._attempt = 0
                metrics.BATCH_RECORDS.observe(len(mine))
                await self._tell_kafka(mine)
            except Exception as error:  # every fault has its rung on the ladder, and none may end the loop
                await self._recover(error)
            finally:
                self.busy_since = None

    def _still_mine(self, records: Sequence[Record]) -> list[Record]:
        """Without what was fetched before a partition was taken away, or its place moved."""
        held, mine = self.batches.holding.places, list[Record]()
        for partition, batch in by_partition(records).items():
            if partition in held:
                mine += [record for record in batch if record.offset >= held[partition].next_offset]
        return mine

    async def _tell_kafka(self, records: Sequence[Record]) -> None:
        touched = by_partition(records)
        places = self.batches.holding.places
        try:
            await self.kafka.commit({partition: places[partition].next_offset for partition in touched})
        except KafkaError as error:
            _log.warning("offset_commit_failed", error=repr(error))

    async def _recover(self, error: Exception) -> None:
        """Go back to the last committed places; wait if the fault passes by itself, stop if the breaker opened."""
        if isinstance(error, BreakerOpenError):
            metrics.BREAKER_OPEN.set(1)
            self.kafka.pause(*self.kafka.assignment())
            _log.error("breaker_opened", reason=str(error))
            return
        if isinstance(error, FencedError):
            metrics.FENCED.inc()
            _log.warning("fenced", error=str(error))
        else:
            metrics.RETRIED.labels(type(error).__name__).inc()
            _log.warning("batch_failed", error=repr(error), attempt=self._attempt)
        self._attempt += 1
        delay = min(5.0, 0.05 * 2**self._attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
        held = set(self.batches.holding.places) & set(self.kafka.assignment())
        self.kafka.pause(*held)
        timer = asyncio.create_task(self._resume(held, delay))
        self._timers.add(timer)
        timer.add_done_callback(self._timers.discard)

    async def _resume(self, paused: set[TopicPartition], delay: float) -> None:
        """Polling goes on meanwhile, so the group keeps this member; the places are read afresh before it resumes."""
        await asyncio.sleep(delay)
        async with self._busy:
            held = paused & set(self.kafka.assignment()) & set(self.batches.holding.places)
            if not held:
                return
            try:
                places = await places_of(self._pool, self._name, dict.fromkeys(held, 0))
            except Exception as error:
                await self._recover(error)
                return
            self.batches.holding.places.update(places)
            for partition in held:
                self.kafka.seek(partition, places[partition].next_offset)
            self.kafka.resume(*held)

    async def _redrive(self) -> None:
        try:
            async with self._busy:
                await self.batches.redrive()
        except Exception as error:  # the records stay where they are, and the next second tries again
            _log.warning("redrive_failed", error=repr(error))

    @property
    def is_alive(self) -> bool:
        """Whether Kafka was asked for records lately, or a batch is being worked on; false for a dead consumer."""
        now = datetime.now(UTC)
        if self._subscriber.consumer is None:
            return True
        if self.busy_since is not None:
            return (now - self.busy_since).total_seconds() < 180
        polled = [self.kafka.last_poll_timestamp(partition) or 0 for partition in self.kafka.assignment()]
        return not polled or now.timestamp() * 1000 - max(polled) < 30_000

    @property
    def trouble(self) -> str | None:
        """Why this consumer does not do its work, if it does not; for readiness."""
        if self.batches.breaker.reason:
            return f"breaker open: {self.batches.breaker.reason}; mend the cause and restart"
        if self.lost_positions:
            return f"positions lost: {self.lost_positions}; see docs/runbook.md, 'A position is lost'"
        return None if self.is_alive else "Kafka has not been polled for 30 seconds"

    def _measure_lag(self) -> None:
        for partition, place in self.batches.holding.places.items():
            end = self.kafka.highwater(partition)
            if end is not None:
                lag = metrics.LAG.labels(partition.topic, str(partition.partition))
                lag.set(max(0, end - place.next_offset))


async def _whole(batch: tuple[Record, ...]) -> KafkaMessage:
    """FastStream's parser reads headers as UTF-8 and so dies of one that is not; ours leaves records as they are."""
    return KafkaMessage(body=b"", raw_message=batch, consumer=None)  # pyright: ignore[reportArgumentType] - never acknowledged through it


async def _records(message: KafkaMessage) -> Any:
    return message.raw_message

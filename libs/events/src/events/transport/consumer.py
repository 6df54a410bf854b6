"""The consumer: takes batches from Kafka through FastStream and hands them to `Batches`, one at a time.

FastStream's own acknowledgement is off (each of its policies loses or blocks, docs/decisions/0001): the truth is the
position in the database, and Kafka's committed offsets are told afterwards, for lag tools only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from events.transport import metrics
from events.transport.batch import Batches, Hears
from events.transport.breaker import Breaker, BreakerOpenError
from events.transport.db import Pool
from events.transport.logging import FastStreamLog
from events.transport.partitions import Partitions
from events.transport.positions import FencedError
from events.transport.pulse import Pulse
from events.transport.settings import TransportSettings
from events.transport.wire import Record

_log = structlog.get_logger(__name__)


class Consumer:
    """One service's consumer group member, over all the topics that the service hears."""

    def __init__(
        self, name: str, settings: TransportSettings, pool: Pool, hears: Hears, fleeting: Set[str] = frozenset()
    ) -> None:
        self.batches = Batches(name, pool, hears, Breaker(settings.breaker_in_a_row, settings.breaker_share))
        self.partitions = Partitions(name, pool, self.batches.places, lambda: self.kafka, fleeting)
        self.pulse = Pulse()
        self._has_joined = False
        self._telling: asyncio.Task[None] | None = None
        self._broker = KafkaBroker(settings.kafka_bootstrap, allow_auto_create_topics=False, logger=FastStreamLog())
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
            listener=self.partitions,
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

    async def run(self) -> None:
        """Consume until cancelled."""
        try:
            await self._join()
            async with asyncio.TaskGroup() as beside:
                beside.create_task(_every_second(self._tend))
                beside.create_task(_every_second(self._feel))
        finally:
            self.partitions.leave()
            if self._telling:
                await asyncio.wait({self._telling}, timeout=2)
            await self._broker.stop()

    async def _join(self) -> None:
        """Join the group; where Kafka is away, go on trying until it is there."""
        while True:
            try:
                await self._broker.start()
                self.pulse.begin()
                self._has_joined = True
                return
            except (KafkaError, OSError) as error:
                self.pulse.no_answer(error)
                _log.warning("kafka_is_away", error=repr(error))
                await self._broker.stop()
                await asyncio.sleep(1)

    async def _take(self, records: Any) -> None:
        async with self.partitions.busy:
            if self.batches.breaker.reason:  # a rebalance has let the partitions flow again
                self.kafka.pause(*self.kafka.assignment())
                return
            mine = self.partitions.still_mine(records)
            if not mine:
                return
            with self.pulse.at_work():
                try:
                    await self._apply(mine)
                except Exception as error:  # every fault has its rung on the ladder, and none may end the loop
                    self._recover(error)

    async def _apply(self, records: Sequence[Record]) -> None:
        with metrics.BATCH_SECONDS.time():
            await self.batches.apply(records)
        metrics.BATCH_RECORDS.observe(len(records))
        self.partitions.went_well()
        offsets = {partition: place.next_offset for partition, place in self.batches.places.items()}
        if self._telling:
            await self._telling
        self._telling = asyncio.create_task(self._tell_kafka(offsets))

    async def _tell_kafka(self, offsets: dict[TopicPartition, int]) -> None:
        """Beside the next batch, because nothing depends on it, and one at a time, or an older one might come last."""
        try:
            await asyncio.wait_for(self.kafka.commit(offsets), 10)
        except Exception as error:  # the next one says more
            _log.warning("offset_commit_failed", error=repr(error))

    def _recover(self, error: Exception) -> None:
        """Go back to the last committed places if the fault passes by itself; stop if the breaker opened."""
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
            _log.warning("batch_failed", error=repr(error))
        self.partitions.go_back(error)

    async def _tend(self) -> None:
        await self.partitions.compare()
        async with self.partitions.busy:
            await self.batches.redrive()

    async def _feel(self) -> None:
        await self.pulse.feel(self.kafka, self.batches.places)

    @property
    def is_alive(self) -> bool:
        """Whether Kafka was asked for records lately, or a batch is being worked on; false for a dead consumer.

        To join its group it waits as long as Kafka is away, and a restart would not help.
        """
        return not self._has_joined or self.pulse.is_beating

    @property
    def trouble(self) -> str | None:
        """Why this consumer does not do its work, if it does not; for readiness."""
        if self.batches.breaker.reason:
            return f"breaker open: {self.batches.breaker.reason}; mend the cause and restart"
        if self.partitions.trouble:
            return self.partitions.trouble
        if self.pulse.refusal:
            return f"Kafka refuses: {self.pulse.refusal}"
        if self.waits_for_kafka:
            return None  # nothing else can be known
        if self.pulse.standing_still:
            return f"standing still: {', '.join(self.pulse.standing_still)}"
        return None if self.is_alive else "Kafka answers, but no fetch was answered for 30 seconds"

    @property
    def waits_for_kafka(self) -> str | None:
        """Why it cannot read just now, if that is because Kafka does not answer."""
        if not self._has_joined:
            return "Kafka does not answer, or has not yet let it into its group"
        if self.pulse.kafka_is_away:
            return "Kafka does not answer"
        return self.partitions.waits_for_kafka


async def _every_second(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(1)
        try:
            await work()
        except Exception as error:  # what was not done waits where it is, and the next second tries again
            _log.warning("not_tended", error=repr(error))


async def _whole(batch: tuple[Record, ...]) -> KafkaMessage:
    """FastStream's parser reads headers as UTF-8 and so dies of one that is not; ours leaves records as they are."""
    return KafkaMessage(body=b"", raw_message=batch, consumer=None)  # pyright: ignore[reportArgumentType] - never acknowledged through it


async def _records(message: KafkaMessage) -> Any:
    return message.raw_message

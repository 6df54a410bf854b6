"""Partitions: which of the log's partitions this instance holds, where each begins, and how it goes back after a fault.

Nothing is read before its place is known: Kafka's committed offset may be ahead of a database that was restored,
rebuilt or has lost its last seconds, and a batch taken from there would pass by what lies between.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence, Set
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from events.transport import metrics
from events.transport.batch import by_partition
from events.transport.db import Pool
from events.transport.losses import lost_places
from events.transport.positions import Place, places_of
from events.transport.pulse import is_away
from events.transport.wire import Record

_log = structlog.get_logger(__name__)


class Partitions(ConsumerRebalanceListener):
    """The partitions of one group member; `busy` is held by whoever works on them."""

    def __init__(
        self,
        name: str,
        pool: Pool,
        places: dict[TopicPartition, Place],
        kafka: Callable[[], AIOKafkaConsumer],
        fleeting: Set[str] = frozenset(),
    ) -> None:
        self._name = name
        self._pool = pool
        self._places = places
        self._kafka = kafka
        self._fleeting = fleeting
        self._timers = set[asyncio.Task[None]]()
        self._attempt = 0
        self._gaps = Counter[TopicPartition]()
        self._is_left = False
        self.busy = asyncio.Lock()
        self.lost: dict[TopicPartition, str] = {}
        self.waits_because: str | None = None
        """The fault because of which nothing goes on just now."""
        self.waits_for_kafka: str | None = None
        """The same where Kafka does not answer, and nothing can be done here."""

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - aiokafka's base is untyped
        """Wait for the batch in flight, then let go."""
        async with self.busy:
            self._places.clear()
            self._gaps.clear()
            self.lost = {}
        for partition in revoked:
            with suppress(KeyError):
                metrics.LAG.remove(partition.topic, str(partition.partition))

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - aiokafka's base is untyped
        """Begin where the database says, however long it takes to answer; a fault here must not leave a deaf member."""
        for partition in assigned:  # at once: what awaits first lets the client read from Kafka's committed offset
            self._kafka().pause(partition)
            self._kafka().seek(partition, 0)
        async with self.busy:
            while not self._is_left:
                try:
                    await self._begin(sorted(assigned))
                except Exception as error:
                    self._waits(f"partitions are assigned, but {error!r}", error)
                    _log.warning("assignment_retried", error=repr(error))
                    await asyncio.sleep(1)
                else:
                    self.waits_because = self.waits_for_kafka = None
                    return

    def _waits(self, why: str, error: Exception) -> None:
        is_kafkas = isinstance(error, KafkaError) and is_away(error)
        self.waits_because, self.waits_for_kafka = (None, why) if is_kafkas else (why, None)

    async def _begin(self, assigned: Sequence[TopicPartition]) -> None:
        if not assigned:
            return
        kafka = self._kafka()
        beginnings: dict[TopicPartition, int] = await kafka.beginning_offsets(assigned)
        first = {partition: beginnings[partition] if partition.topic in self._fleeting else 0 for partition in assigned}
        places = await places_of(self._pool, self._name, first)
        self.lost = await lost_places(kafka, beginnings, places, self._fleeting)
        for partition, why in self.lost.items():
            _log.error("position_lost", partition=str(partition), why=why)
        for partition in places.keys() - self.lost.keys():
            self._places[partition] = places[partition]
            kafka.seek(partition, places[partition].next_offset)
            kafka.resume(partition)
        _log.info("partitions_assigned", partitions=len(assigned), lost=len(self.lost))

    def still_mine(self, records: Sequence[Record]) -> list[Record]:
        """Without what was fetched before a partition was taken away, or its place moved.

        A batch that begins beyond its place is never taken but read again from there: our logs have no holes.
        """
        mine = list[Record]()
        for partition, batch in by_partition(records).items():
            place = self._places.get(partition)
            if place is None:
                continue
            if batch[0].offset > place.next_offset:
                self._read_again(partition, place.next_offset, batch[0].offset)
                continue
            self._gaps.pop(partition, None)
            is_all_new = batch[0].offset == place.next_offset
            mine += batch if is_all_new else [record for record in batch if record.offset >= place.next_offset]
        return mine

    def _read_again(self, partition: TopicPartition, place: int, got: int) -> None:
        # The client drops what it has drained of other partitions when it cannot parse a record; once is no trouble.
        self._gaps[partition] += 1
        _log.warning("read_again", partition=str(partition), place=place, got=got, times=self._gaps[partition])
        if self._gaps[partition] == 1:
            self._kafka().seek(partition, place)
        else:
            self._rest({partition}, 1.0)

    @property
    def trouble(self) -> str | None:
        """Why some partition does not go on, if one does not."""
        gaps = [str(partition) for partition, times in self._gaps.items() if times > 5]
        if self.lost:
            return f"positions lost: {self.lost}; see docs/runbook.md, 'A position is lost'"
        return f"records are missing after the places of {', '.join(gaps)}" if gaps else self.waits_because

    def went_well(self) -> None:
        """The next fault is a first one again."""
        self._attempt = 0

    def go_back(self, error: Exception) -> None:
        """Pause, and after a while go on from the places that the database has then."""
        self._attempt += 1
        if self._attempt > 5:  # a stumble is no trouble, standing still is
            self._waits(f"attempt {self._attempt}: {error!r}", error)
        delay = min(5.0, 0.05 * 2 ** min(self._attempt, 10)) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
        held = set(self._places) & set(self._kafka().assignment())
        self._rest(held, delay)

    def _rest(self, held: set[TopicPartition], delay: float) -> None:
        self._kafka().pause(*held)
        timer = asyncio.create_task(self._resume(held, delay))
        self._timers.add(timer)
        timer.add_done_callback(self._timers.discard)

    async def _resume(self, paused: set[TopicPartition], delay: float) -> None:
        """Polling goes on meanwhile, so the group keeps this member; the places are read afresh before it resumes."""
        await asyncio.sleep(delay)
        async with self.busy:
            held = paused & set(self._kafka().assignment()) & set(self._places)
            if not held:
                return
            try:
                places = await places_of(self._pool, self._name, dict.fromkeys(held, 0))
            except Exception as error:
                _log.warning("places_not_read", error=repr(error))
                self.go_back(error)
                return
            self._places.update(places)
            for partition in held:
                self._kafka().seek(partition, places[partition].next_offset)
            self._kafka().resume(*held)
            self.waits_because = self.waits_for_kafka = None

    async def compare(self) -> None:
        """Go back where the database stands elsewhere than this instance believes, also if no record comes to show it.

        So it is after a crash of a PostgreSQL with asynchronous commits, a restore, or an operator's correction.
        """
        async with self.busy:
            held = self._places
            places = await places_of(self._pool, self._name, dict.fromkeys(held, 0)) if held else {}
            moved = [str(partition) for partition, place in places.items() if place != held[partition]]
            if moved and not self._timers:
                _log.warning("places_moved", partitions=moved)
                self.go_back(RuntimeError(f"the database stands elsewhere in {', '.join(moved)}"))

    def leave(self) -> None:
        """Wait for nothing any more: the consumer stops."""
        self._is_left = True
        for timer in self._timers:
            timer.cancel()

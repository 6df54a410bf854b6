"""Recall: a source never forgets what it has said; one whose database was restored reads its own topics back first.

How an older database is found out, and why its epoch and numbers rise before anything else: docs/decisions/0008.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from typing import NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, KafkaTimeoutError

from events.contracts.envelope import KNOWN, Fact, Received
from events.transport import positions, said
from events.transport.batch import Hears, by_partition
from events.transport.db import Pool, is_transient
from events.transport.dead_letters import TYPE as DEAD_LETTER
from events.transport.lanes import LANES
from events.transport.outbox import transaction
from events.transport.positions import FencedError
from events.transport.rounds import rounds
from events.transport.said import Heights, Known
from events.transport.wire import Record, UndecodableError, decode

_log = structlog.get_logger(__name__)
SILENT_SECONDS = 30.0
"""Kafka brings nothing for so long although there is more: to begin afresh is better than to wait."""


class ForgottenError(Exception):
    """The database has forgotten what it said, and cannot take it back: the service must not write."""


class Span(NamedTuple):
    """What is to be read of a partition: what the database knows, where that is in the log, and the log's end."""

    known: int
    start: int
    end: int


Spans = Mapping[TopicPartition, Span]


class Recall:
    """What one service has said, held against its database before anything is written."""

    def __init__(self, name: str, bootstrap: str, pool: Pool, recalls: Hears, heard: Set[str] = frozenset()) -> None:
        self._name = name
        self._bootstrap = bootstrap
        self._pool = pool
        self._recalls = recalls
        self._heard = heard
        self._to_hear: said.Ends = {}
        self.closed: str | None = "what it has said is not yet compared with its database"
        """Why nothing may be written yet."""
        self.batch_records = 5_000
        self._is_older = False

    @property
    def progress(self) -> str | None:
        """How far it is, while an older database reads back what it said, and hears again what it had heard."""
        return self.closed if self._is_older else None

    async def recognise(self) -> None:
        """Open at once for a database that is surely the one that was left, so that Kafka's absence shuts no door."""
        if await said.is_as_left(self._pool):
            self.closed = None

    async def look(self) -> None:
        """Know everything that was said: what the database does not know is read back. `catch_up` comes next.

        Raises what Kafka says, and `ForgottenError`.
        """
        await _patiently(self._is_compared)

    async def catch_up(self) -> None:
        """Open once the consumer stands where the others' topics ended at the look.

        What was read back is newer than the picture on which it was said: who decided on that would undo it.
        """
        await _patiently(self._is_caught_up)

    async def _is_compared(self) -> bool:
        try:
            async with _reader(self._bootstrap) as kafka:
                await self._compare(kafka)
                self._to_hear = await self._ends_of_heard(kafka) if await said.is_catching_up(self._pool) else {}
        except FencedError as error:
            _log.info("another_instance_reads_back", error=str(error))
            return False
        return True

    async def _is_caught_up(self) -> bool:
        behind = await positions.behind(self._pool, self._name, self._to_hear)
        if behind:
            self.closed, self._is_older = f"the database was older: hearing others again, {behind} facts to go", True
            return False
        await said.mark(self._pool)
        self.closed, self._is_older = None, False
        return True

    async def _ends_of_heard(self, kafka: AIOKafkaConsumer) -> said.Ends:
        there = await kafka.topics()
        ends: said.Ends = await kafka.end_offsets(_partitions(self._heard & there))
        return ends

    async def _compare(self, kafka: AIOKafkaConsumer) -> None:
        spans = await self._spans(kafka)
        heights = Heights(0, {})
        async for records in _records(kafka, spans, self.batch_records):
            heights = heights.with_records(records)
        known = await said.known(self._pool)  # asked last: what another instance says meanwhile is known to it
        if heights.are_beyond(known):
            await self._read_back(kafka, spans, heights, known)
        before = {partition: span.known for partition, span in spans.items()}
        async with self._pool.acquire() as db:  # where it was read back, that has moved them
            await said.settle(db, before, {partition: span.end for partition, span in spans.items()})

    async def _spans(self, kafka: AIOKafkaConsumer) -> dict[TopicPartition, Span]:
        there = await kafka.topics()
        mine = _partitions(topics_of(self._name) & there)
        if not mine:
            return {}
        beginnings, ends = await kafka.beginning_offsets(mine), await kafka.end_offsets(mine)
        spans = {
            one: Span(place, place if beginnings[one] <= place <= ends[one] else beginnings[one], ends[one])
            for one, place in (await said.claim(self._pool, mine)).items()
        }
        return {partition: span for partition, span in spans.items() if span.known != span.end}

    async def _read_back(self, kafka: AIOKafkaConsumer, spans: Spans, heights: Heights, known: Known) -> None:
        """Batch by batch, each in one transaction with its place; killed in between, the next look goes on there."""
        _log.warning("database_is_older_than_what_it_said", epoch=known.epoch, said_epoch=heights.epoch)
        before = {partition: span.known for partition, span in spans.items()}
        count, self._is_older = 0, True
        async for records in _records(kafka, spans, self.batch_records):
            self.closed = f"the database is older than what it has said: reading that back, {count} facts so far"
            facts = list(self._forgotten(records, known))
            after = {partition: mine[-1].offset + 1 for partition, mine in by_partition(records).items()}
            async with transaction(self._pool) as tx:
                await said.move(tx.db, before, after)
                await said.rise_above(tx.db, heights)
                for kind, received in rounds(facts):
                    await self._recalls[kind](tx, received)
            before.update(after)
            count += len(facts)
        _log.warning("read_back", facts=count, epoch=heights.epoch + 1, numbers_above=heights.number)

    def _forgotten(self, records: Iterable[Record], known: Known) -> Iterable[Received[Fact]]:
        for record in records:
            if known.lacks(record) and ("ce_type", DEAD_LETTER.encode()) not in record.headers:
                yield self._fact_of(record)

    def _fact_of(self, record: Record) -> Received[Fact]:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        try:
            received = decode(record)
        except UndecodableError as error:
            raise ForgottenError(f"{self._name} said {place}, and cannot read it back: {error}") from None
        if type(received.fact) not in self._recalls:
            kind = type(received.fact).__name__
            raise ForgottenError(f"{self._name} said {place}, and cannot take a {kind} back into its database")
        return received


def topics_of(name: str) -> set[str]:
    """The topics that a service says something on."""
    return {fact.topic for kind, fact in KNOWN.items() if kind.startswith(f"{name}.")} | {f"{name}.dlq"}


def _partitions(topics: Iterable[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, lane) for topic in sorted(topics) for lane in range(LANES)]


async def _patiently(is_done: Callable[[], Awaitable[bool]]) -> None:
    """Try every second until it is done; a database that is away comes back."""
    while True:
        try:
            if await is_done():
                return
        except Exception as error:
            if isinstance(error, KafkaError) or not is_transient(error):
                raise
            _log.warning("look_retried", error=repr(error))
        await asyncio.sleep(1)


@asynccontextmanager
async def _reader(bootstrap: str) -> AsyncGenerator[AIOKafkaConsumer]:
    kafka = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="none", fetch_max_bytes=16 << 20
    )
    try:
        await kafka.start()
        yield kafka
    finally:
        await kafka.stop()


async def _records(kafka: AIOKafkaConsumer, spans: Spans, most: int) -> AsyncGenerator[Sequence[Record]]:
    """All records of the spans, each partition's in the order of the log, at most so many at a time."""
    unread = {partition for partition, span in spans.items() if span.start < span.end}
    kafka.assign(list(unread))
    for partition in unread:
        kafka.seek(partition, spans[partition].start)
    while unread:
        fetched = await kafka.getmany(*unread, timeout_ms=int(SILENT_SECONDS * 1_000), max_records=most)
        if not fetched:
            raise KafkaTimeoutError(f"nothing came of {sorted(unread)}")
        yield [one for at, mine in fetched.items() for one in mine if one.offset < spans[at].end]
        for partition, mine in fetched.items():
            if mine[-1].offset + 1 >= spans[partition].end:
                unread.discard(partition)

"""One transaction a batch: positions, effects, announcements and dead letters commit together, or nothing does.

A batch that fails for good is halved until the bad record stands alone; it is put aside and its neighbours go on.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

import asyncpg
from aiokafka import TopicPartition

from events.contracts.envelope import Fact, Received
from events.transport import dead_letters, metrics, positions
from events.transport.breaker import Breaker, BreakerOpenError
from events.transport.db import Pool, is_transient
from events.transport.dead_letters import PARKED, DeadLetter
from events.transport.outbox import Transaction, transaction
from events.transport.positions import FencedError, Place
from events.transport.rounds import rounds
from events.transport.wire import Record, UndecodableError, decode

Handler: TypeAlias = Callable[[Transaction, Sequence[Received[Any]]], Awaitable[None]]
Hears: TypeAlias = Mapping[type[Fact], Handler]


Fresh: TypeAlias = Mapping[TopicPartition, Sequence[Record]]
"""Of each partition the records that were never applied, in their order."""


@dataclass
class _Sorted:
    """A batch looked through: what to apply or put aside, and counts by topic."""

    heard: list[Received[Fact]] = field(default_factory=list[Received[Fact]])
    letters: list[DeadLetter] = field(default_factory=list[DeadLetter])
    outcomes: list[bool] = field(default_factory=list[bool])
    consumed: Counter[str] = field(default_factory=Counter[str])
    passed_by: Counter[str] = field(default_factory=Counter[str])


class Batches:
    """Applies batches of records to one service's database by its handlers."""

    def __init__(self, consumer: str, pool: Pool, hears: Hears, breaker: Breaker) -> None:
        self._consumer = consumer
        self._pool = pool
        self._hears = hears
        self.breaker = breaker
        self.places: dict[TopicPartition, Place] = {}
        """Where this instance believes to stand in each partition that it holds."""

    async def apply(self, records: Sequence[Record]) -> None:
        """Apply records, each partition's in the order of the log.

        Raises what passes by itself (`db.is_transient`), `FencedError` and `BreakerOpenError`; everything before the
        raise is committed whole or not at all.
        """
        try:
            await self._commit(records, None)
        except Exception as error:
            if is_transient(error) or isinstance(error, FencedError | BreakerOpenError):
                raise
            await self._bisect(records, error)

    async def _bisect(self, records: Sequence[Record], error: Exception) -> None:
        if len(records) == 1:
            await self._commit(records, error)
            return
        half = len(records) // 2
        await self.apply(records[:half])
        await self.apply(records[half:])

    async def _commit(self, records: Sequence[Record], failure: Exception | None) -> None:
        parts, after, fresh = by_partition(records), dict[TopicPartition, Place](), dict[TopicPartition, list[Record]]()
        for partition, mine in parts.items():
            after[partition], fresh[partition] = self.places[partition].after(mine)
        async with transaction(self._pool) as tx:
            await positions.move(tx.db, self._consumer, self.places, after)
            # Asked while the places are held, as whoever puts aside, redrives or discards holds them: it stays so.
            blocked = await dead_letters.blocked_keys(tx.db, self._consumer, after)
            batch = self._sort(fresh, blocked, failure)
            self.breaker.check(batch.outcomes)
            for kind, received in rounds(batch.heard):
                await self._hears[kind](tx, received)
            await dead_letters.keep(tx, self._consumer, batch.letters)
        self.places.update(after)
        self._count(batch)
        for partition, mine in parts.items():
            metrics.DUPLICATES.labels(partition.topic).inc(len(mine) - len(fresh[partition]))

    async def redrive(self) -> None:
        """Apply the records whose redrive was asked for, key by key, each key whole in one transaction.

        A key that fails again stays as it is and keeps no other waiting; the first such failure is raised at the end.
        """
        waiting: dict[tuple[TopicPartition, bytes | int], list[asyncpg.Record]] = {}
        for letter in await dead_letters.requested(self._pool, self._consumer):
            partition = TopicPartition(letter["topic"], letter["partition"])
            if partition in self.places:
                alike = letter["offset"] if letter["key"] is None else letter["key"]
                waiting.setdefault((partition, alike), []).append(letter)
        failed = [error for (at, _), letters in waiting.items() if (error := await self._redrive_key(at, letters))]
        if failed:
            raise failed[0]

    async def _redrive_key(self, partition: TopicPartition, letters: Sequence[asyncpg.Record]) -> Exception | None:
        here = {partition: self.places[partition]}
        try:
            received = [decode(dead_letters.record_of(letter)) for letter in letters]
            async with transaction(self._pool) as tx:
                await positions.move(tx.db, self._consumer, here, here)  # a batch in another's hands ends first
                for kind, facts in rounds(fact for fact in received if type(fact.fact) in self._hears):
                    await self._hears[kind](tx, facts)
                await dead_letters.settle(tx, self._consumer, letters, "redriven")
        except Exception as error:
            if not (is_transient(error) or isinstance(error, FencedError)):
                await dead_letters.failed_again(self._pool, letters, error)
            return error
        return None

    def _sort(self, fresh: Fresh, blocked: Mapping[TopicPartition, set[bytes]], failure: Exception | None) -> _Sorted:
        batch = _Sorted()
        for partition, records in fresh.items():
            facts = _read(batch, records, blocked[partition], failure)
            heard = [received for received in facts if type(received.fact) in self._hears]
            batch.heard += heard
            batch.consumed[partition.topic] += len(heard)
            batch.passed_by[partition.topic] += len(facts) - len(heard)
        return batch

    def _count(self, batch: _Sorted) -> None:
        """What is committed is counted and told."""
        self.breaker.note(batch.outcomes)
        for letter in batch.letters:
            if letter.cause == PARKED:
                metrics.PARKED.labels(letter.record.topic).inc()
            else:
                metrics.DEAD_LETTERS.labels(letter.record.topic, letter.cause).inc()
                dead_letters.tell(letter)
        for topic, count in batch.consumed.items():
            metrics.CONSUMED.labels(topic).inc(count)
        for topic, count in batch.passed_by.items():
            metrics.PASSED_BY.labels(topic).inc(count)


def _read(
    batch: _Sorted, records: Sequence[Record], blocked: set[bytes], failure: Exception | None
) -> list[Received[Fact]]:
    """The facts in one partition's records; what is none, failed, or comes after such a one in its key is put aside."""
    facts: list[Received[Fact]] = []
    for record in records:
        if record.key in blocked:
            batch.letters.append(DeadLetter(record, PARKED, "comes after a dead letter of its key"))
            continue
        try:
            if failure:
                raise UndecodableError("handler_failed", repr(failure))
            facts.append(decode(record))
        except UndecodableError as error:
            batch.letters.append(DeadLetter(record, error.cause, str(error)))
            batch.outcomes.append(True)
            if record.key is not None:
                blocked.add(record.key)
        else:
            batch.outcomes.append(False)
    return facts


def by_partition(records: Sequence[Record]) -> dict[TopicPartition, list[Record]]:
    """The records of each partition, in their order."""
    parts: dict[TopicPartition, list[Record]] = {}
    for at, run in groupby(records, attrgetter("topic", "partition")):
        parts.setdefault(TopicPartition(*at), []).extend(run)
    return parts

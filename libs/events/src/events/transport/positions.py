"""Positions: where a consumer stands, kept in its own database and moved in the transaction that has the effect.

A position moves only from where this instance believes it is. So an effect happens once, an instance that slept while
its partitions were taken over can write nothing, and what a relay sends again is told by its place in the outbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition

from events.transport.db import Connection, Pool
from events.transport.wire import Record, position_of

_MOVE = """
    update transport.position p set next_offset = m.next_offset, epoch = m.epoch, number = m.number,
        latest_timestamp = m.latest
    from unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::integer[], $7::bigint[],
                $8::bigint[]) m(topic, partition, expected, next_offset, epoch, number, latest)
    where p.consumer = $1 and p.topic = m.topic and p.partition = m.partition and p.next_offset = m.expected
"""
_CLAIM = """
    insert into transport.position (consumer, topic, partition, next_offset)
    select $1, * from unnest($2::text[], $3::integer[], $4::bigint[]) on conflict do nothing
"""

_BEHIND = """
    select coalesce(sum(greatest(0, e.next_offset - coalesce(p.next_offset, 0))), 0)::bigint
    from unnest($2::text[], $3::integer[], $4::bigint[]) e(topic, partition, next_offset)
    left join transport.position p on p.consumer = $1 and p.topic = e.topic and p.partition = e.partition
"""


class FencedError(Exception):
    """Another instance has moved the position: this one was taken for dead, and must write nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a consumer stands in one partition."""

    next_offset: int
    applied: tuple[int, int] = (0, 0)
    """Epoch and number of the highest outbox position applied."""
    latest: int = 0
    """The highest Kafka timestamp before it; 0 where nothing was read yet."""

    def after(self, records: Sequence[Record]) -> tuple["Place", list[Record]]:
        """The place behind these records of one partition, and those among them that were never applied."""
        applied, latest, fresh = self.applied, self.latest, list[Record]()
        for record in records:
            latest = record.timestamp if record.timestamp > latest else latest
            position = position_of(record.headers)
            if position is None:
                fresh.append(record)
            elif position > applied:
                applied = position
                fresh.append(record)
        return Place(records[-1].offset + 1, applied, latest), fresh


Places = Mapping[TopicPartition, Place]


async def places_of(pool: Pool, consumer: str, beginnings: Mapping[TopicPartition, int]) -> dict[TopicPartition, Place]:
    """The consumer's places in these partitions; one never visited begins as it is told."""
    topics = [partition.topic for partition in beginnings]
    numbers = [partition.partition for partition in beginnings]
    async with pool.acquire() as db, db.transaction():
        await db.execute(_CLAIM, consumer, topics, numbers, list(beginnings.values()))
        rows = await db.fetch(
            "select topic, partition, next_offset, epoch, number, latest_timestamp from transport.position "
            "where consumer = $1 and (topic, partition) in (select * from unnest($2::text[], $3::integer[]))",
            consumer,
            topics,
            numbers,
        )
    return {
        TopicPartition(row["topic"], row["partition"]): Place(
            row["next_offset"], (row["epoch"], row["number"]), row["latest_timestamp"]
        )
        for row in rows
    }


async def move(db: Connection, consumer: str, before: Places, after: Places) -> None:
    """Move the places, all or none; raises `FencedError` when any was not where it was believed to be."""
    done = await db.execute(
        _MOVE,
        consumer,
        [partition.topic for partition in after],
        [partition.partition for partition in after],
        [before[partition].next_offset for partition in after],
        [place.next_offset for place in after.values()],
        [place.applied[0] for place in after.values()],
        [place.applied[1] for place in after.values()],
        [place.latest for place in after.values()],
    )
    if done != f"UPDATE {len(after)}":
        raise FencedError(f"{consumer}: moved {done.removeprefix('UPDATE ')} of {len(after)} positions")


async def behind(pool: Pool, consumer: str, ends: Mapping[TopicPartition, int]) -> int:
    """How many records lie between the consumer's places and these ends."""
    topics, numbers = [one.topic for one in ends], [one.partition for one in ends]
    return await pool.fetchval(_BEHIND, consumer, topics, numbers, list(ends.values()))

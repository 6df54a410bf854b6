"""What a source has said: how far into its own topics its database knows it, and the sign of a database restored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aiokafka import TopicPartition

from events.transport.db import Connection, Pool
from events.transport.positions import FencedError
from events.transport.wire import Record, position_of

Ends = Mapping[TopicPartition, int]
"""By partition the offset behind the last record."""

_CLAIM = """
    insert into transport.said (topic, partition, next_offset)
    select topic, partition, 0 from unnest($1::text[], $2::integer[]) mine(topic, partition) on conflict do nothing
"""
_NOTE = """
    update transport.said s set next_offset = n.next_offset
    from unnest($1::text[], $2::integer[], $3::bigint[]) n(topic, partition, next_offset)
    where s.topic = n.topic and s.partition = n.partition and s.next_offset < n.next_offset
"""
_MOVE = """
    update transport.said s set next_offset = m.next_offset
    from unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) m(topic, partition, expected, next_offset)
    where s.topic = m.topic and s.partition = m.partition and s.next_offset = m.expected
"""
_KNOWN = """
    select lane, greatest(c.number, (select max(o.number) from transport.outbox o where o.lane = c.lane)) as number
    from transport.relay_cursor c
"""
_RAISE = """
    update transport.source set epoch = greatest(epoch, $1::integer), written_by = null, is_catching_up = true
    returning setval('transport.outbox_number_seq',
                     greatest($2::bigint, (select last_value from transport.outbox_number_seq)))
"""
_MARK = """
    update transport.source set
        is_catching_up = false,
        written_by = pg_current_xact_id(),
        database = (select oid from pg_database where datname = current_database()),
        server_started_at = pg_postmaster_start_time()
"""
_IS_AS_LEFT = """
    select xmin::text::bigint = written_by::text::bigint & 4294967295
       and database = (select oid from pg_database where datname = current_database())
       and server_started_at = pg_postmaster_start_time()
    from transport.source
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows that it has said: its epoch, and the highest number of each lane."""

    epoch: int
    numbers: Mapping[int, int]

    def lacks(self, record: Record) -> bool:
        """Whether the record came out of this source's outbox, and is not known any more."""
        position = position_of(record.headers)
        return position is not None and position[1] > self.numbers.get(record.partition, 0)


class Heights(NamedTuple):
    """The highest epoch, and the highest number of each lane, in what was read of one's own topics."""

    epoch: int
    numbers: Mapping[int, int]

    @property
    def number(self) -> int:
        """The highest of all lanes."""
        return max(self.numbers.values(), default=0)

    def with_records(self, records: Iterable[Record]) -> "Heights":
        """The heights of these records too; what did not come out of an outbox has none."""
        epoch, numbers = self.epoch, dict(self.numbers)
        for record in records:
            if position := position_of(record.headers):
                epoch = max(epoch, position[0])
                numbers[record.partition] = max(numbers.get(record.partition, 0), position[1])
        return Heights(epoch, numbers)

    def are_beyond(self, known: Known) -> bool:
        """Whether something was said that the database does not know: it is older than what it has said."""
        higher = any(number > known.numbers.get(lane, 0) for lane, number in self.numbers.items())
        return higher or self.epoch > known.epoch


async def claim(pool: Pool, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
    """How far into each of its own partitions the database knows what it said; of one never seen: nothing."""
    topics, numbers = [one.topic for one in partitions], [one.partition for one in partitions]
    async with pool.acquire() as db, db.transaction():
        await db.execute(_CLAIM, topics, numbers)
        rows = await db.fetch("select topic, partition, next_offset from transport.said")
    said = {TopicPartition(row["topic"], row["partition"]): int(row["next_offset"]) for row in rows}
    return {partition: said[partition] for partition in partitions}


async def note(db: Connection, ends: Ends) -> None:
    """The relay has published up to here, so that no later start has to read it."""
    if ends:
        await db.execute(_NOTE, [one.topic for one in ends], [one.partition for one in ends], list(ends.values()))


async def move(db: Connection, before: Ends, after: Ends) -> None:
    """What was read back is known now; raises `FencedError` when another instance reads it back too."""
    moved = await settle(db, before, after)
    if moved != len(after):
        raise FencedError(f"read back: moved {moved} of {len(after)} places")


async def settle(db: Connection, before: Ends, after: Ends) -> int:
    """Set the places, also downwards where a topic was made anew; says how many were still where they were before."""
    rows = [(one.topic, one.partition, before[one], offset) for one, offset in after.items()]
    done: str = await db.execute(_MOVE, *(list(column) for column in zip(*rows, strict=True))) if rows else "UPDATE 0"
    return int(done.removeprefix("UPDATE "))


async def known(pool: Pool) -> Known:
    """What the database knows that it has said."""
    rows = await pool.fetch(_KNOWN)
    return Known(await pool.fetchval("select transport.epoch()"), {row["lane"]: row["number"] for row in rows})


async def rise_above(db: Connection, heights: Heights) -> None:
    """From now on everything is said above these heights; the numbers rise even if the transaction does not commit.

    Until it is marked again the database is nobody's: half of what it said is back, and nothing of what it had heard.
    """
    await db.execute(_RAISE, heights.epoch + 1, heights.number)


async def mark(pool: Pool) -> None:
    """Leave the sign by which this database is known again: it knows what it said, and what it had heard by then."""
    await pool.execute(_MARK)


async def is_catching_up(pool: Pool) -> bool:
    """Whether it took its own facts back, and has not yet heard again what it had heard when it said them."""
    return bool(await pool.fetchval("select is_catching_up from transport.source"))


async def is_as_left(pool: Pool) -> bool:
    """Whether this is surely the database that was marked: the same rows, of the same server since its start.

    A restored dump has written the row anew, a copied database has another oid, and files are put back or rolled
    forward only while the server is down.
    """
    return bool(await pool.fetchval(_IS_AS_LEFT))

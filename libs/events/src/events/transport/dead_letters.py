"""Dead letters: records that could not be applied, kept with all that came after them in their key."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid5

import asyncpg
import structlog
from aiokafka import ConsumerRecord, TopicPartition

from events.contracts.envelope import FACTS
from events.transport.db import Connection, Pool
from events.transport.lanes import lane_of
from events.transport.outbox import Row, Transaction
from events.transport.positions import FencedError
from events.transport.wire import Record

_log = structlog.get_logger(__name__)
TYPE = "transport.record.dead_lettered.v1"
PARKED = "parked"
LARGEST_TOLD = 1 << 20
"""Bytes of a value that are told on the topic, which has a limit; the database keeps the whole."""
_KEEP = """
    insert into transport.dead_letter (consumer, topic, partition, "offset", key, headers, value, cause, error)
    select $1, new.* from unnest($2::text[], $3::integer[], $4::bigint[], $5::bytea[], $6::jsonb[], $7::bytea[],
                                 $8::text[], $9::text[])
                          new(topic, partition, "offset", key, headers, value, cause, error)
    where not exists (
        select from transport.dead_letter d
        where d.consumer = $1 and d.topic = new.topic and d.partition = new.partition and d."offset" = new."offset"
          and d.settled_at is null and d.headers = new.headers
          and (d.key, d.value) is not distinct from (new.key, new.value)
    )
"""
_DUE = """
    with due as (
        select number, topic, partition, key from transport.dead_letter
        where consumer = $1 and settled_at is null and redrive_requested_at is not null
          and (redrive_after is null or redrive_after <= now())
    )
    select * from transport.dead_letter d
    where d.consumer = $1 and d.settled_at is null
      and (d.number in (select number from due)
           or (d.topic, d.partition, d.key) in (select topic, partition, key from due))
    order by d.topic, d.partition, d."offset", d.number
"""
_FAILED = """
    update transport.dead_letter
    set redrive_attempts = redrive_attempts + 1, redrive_error = $2,
        redrive_after = now() + make_interval(secs => least(600, 2 ^ least(redrive_attempts + 1, 10)))
    where number = any($1) and redrive_requested_at is not null and settled_at is null
"""
_DISCARD = """
    update transport.dead_letter set settled_at = now(), settled_as = 'discarded'
    where topic = $1 and partition = $2 and "offset" = $3 and settled_at is null
    returning 1
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record put aside: `cause` is a short code, `error` says it in words."""

    record: Record
    cause: str
    error: str


async def keep(tx: Transaction, consumer: str, letters: Sequence[DeadLetter]) -> None:
    """Keep the records for later, and tell of those that are not merely parked; part of the caller's transaction.

    The same record heard again is kept once; another one at its place, in a topic that was made anew, besides it.
    """
    if not letters:
        return
    columns = zip(*(_columns(letter) for letter in letters), strict=True)
    await tx.db.execute(_KEEP, consumer, *map(list, columns))
    for letter in letters:
        if letter.cause != PARKED:
            tx.post(_outbox_row(consumer, letter))


def tell(letter: DeadLetter) -> None:
    """Log which fact was put aside, as far as the record says it."""
    record, said = letter.record, {name: _text(value) for name, value in letter.record.headers}
    _log.warning(
        "dead_letter_kept",
        event_id=said.get("ce_id"),
        type=said.get("ce_type"),
        key=_text(record.key),
        correlationid=said.get("ce_correlationid"),
        place=f"{record.topic}/{record.partition}/{record.offset}",
        cause=letter.cause,
        error=letter.error,
    )


async def blocked_keys(
    db: Connection, consumer: str, partitions: Iterable[TopicPartition]
) -> dict[TopicPartition, set[bytes]]:
    """Keys with open dead letters: what comes after in them is parked until they are settled."""
    held = list(partitions)
    rows = await db.fetch(
        "select distinct topic, partition, key from transport.dead_letter "
        "where consumer = $1 and settled_at is null and key is not null "
        "and (topic, partition) in (select * from unnest($2::text[], $3::integer[]))",
        consumer,
        [partition.topic for partition in held],
        [partition.partition for partition in held],
    )
    blocked: dict[TopicPartition, set[bytes]] = {partition: set() for partition in held}
    for row in rows:
        blocked[TopicPartition(row["topic"], row["partition"])].add(row["key"])
    return blocked


async def discard(db: Connection, topic: str, partition: int, offset: int) -> int:
    """Give up the open record at a place of the log for good; how many that were.

    A batch in hand ends first: whatever it parks behind the record is there before the record is gone.
    """
    async with db.transaction():
        held = "select from transport.position where topic = $1 and partition = $2 order by consumer for update"
        await db.execute(held, topic, partition)
        return len(await db.fetch(_DISCARD, topic, partition, offset))


async def requested(pool: Pool, consumer: str) -> list[asyncpg.Record]:
    """Records whose redrive is due, and those parked behind them since, in the order of their log.

    Nothing waits behind a record without a key, so it is alone.
    """
    return await pool.fetch(_DUE, consumer)


async def settle(tx: Transaction, consumer: str, letters: Sequence[asyncpg.Record], how: str) -> None:
    """Mark records as dealt with; what comes later in their keys is no longer parked.

    Raises `FencedError` when any was dealt with meanwhile: by an operator, or by the instance that took over.
    """
    done = await tx.db.execute(
        "update transport.dead_letter d set settled_at = now(), settled_as = $2 "
        "where d.consumer = $1 and d.number = any($3) and d.settled_at is null",
        consumer,
        how,
        [letter["number"] for letter in letters],
    )
    if done != f"UPDATE {len(letters)}":
        raise FencedError(f"{consumer}: settled {done.removeprefix('UPDATE ')} of {len(letters)} dead letters")


async def failed_again(pool: Pool, letters: Sequence[asyncpg.Record], error: Exception) -> None:
    """Note that a redrive has failed; the next attempt comes after 2, 4, 8 and at last every 600 seconds."""
    await pool.execute(_FAILED, [letter["number"] for letter in letters], _storable(repr(error)))


def record_of(letter: asyncpg.Record) -> Record:
    """The record as it was taken from the log."""
    headers = [(name, base64.b64decode(value)) for name, value in json.loads(letter["headers"])]
    return ConsumerRecord(
        topic=letter["topic"],
        partition=letter["partition"],
        offset=letter["offset"],
        timestamp=0,
        timestamp_type=0,
        key=letter["key"],
        value=letter["value"],
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers,
    )


def _columns(letter: DeadLetter) -> Row:
    record = letter.record
    headers = json.dumps([[_storable(name), base64.b64encode(value or b"").decode()] for name, value in record.headers])
    place = (record.topic, record.partition, record.offset)
    return (*place, record.key, headers, record.value, letter.cause, _storable(letter.error))


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "backslashreplace")


def _storable(text: str) -> str:
    """PostgreSQL's texts hold every character but one."""
    return text.replace("\x00", "\\x00")


def _outbox_row(consumer: str, letter: DeadLetter) -> Row:
    record, key = letter.record, _storable(_text(letter.record.key))[:255]
    subject = f"{record.topic}/{record.partition}/{record.offset}"
    letter_id, headers = str(uuid5(FACTS, f"{consumer}:{subject}")), record.headers[:100]
    payload = {
        "consumer": consumer,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "cause": letter.cause,
        "error": letter.error,
        "key": key,
        "headers": {name: _text((value or b"")[:1_000]) for name, value in headers},
        "value_bytes": len(record.value or b""),
        "value_base64": base64.b64encode((record.value or b"")[:LARGEST_TOLD]).decode(),
    }
    return (
        *(letter_id, f"{consumer}.dlq", key, TYPE, json.dumps(payload).encode(), lane_of(key.encode()[:255])),
        *(f"/{consumer}", subject, "1", datetime.now(UTC).isoformat(), letter_id, None, None),
    )

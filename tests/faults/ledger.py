"""The program under fault: writers, relay and consumer of the product's transport around one append-only table.

A table that only grows shows every doubled, lost or swapped effect, which the services' own upserts would hide.
Each world has topics of its own, because its facts are named after `LEDGER_WORLD`.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import asyncpg
import uvloop
from aiokafka import AIOKafkaProducer, TopicPartition

from events.contracts.envelope import Announcement, Fact, Received
from events.transport import logging
from events.transport.consumer import Consumer
from events.transport.db import Connection, Pool, is_transient, open_pool
from events.transport.locks import FrozenSessions
from events.transport.outbox import Row, Transaction
from events.transport.parts import keep_at
from events.transport.publishing import Publisher
from events.transport.relay import Relay
from events.transport.said import Ends
from events.transport.settings import TransportSettings

WORLD = os.environ.get("LEDGER_WORLD", "world")
PAUSE = Path(os.environ.get("LEDGER_PAUSE", "/nowhere"))


class WordSaid(Fact, type=f"{WORLD}.word.said.v1", key="word"):
    """The n-th word of a key, counted from 1 without a gap."""

    word: str
    n: int


class NameSaid(Fact, type=f"{WORLD}.name.said.v1", key="word"):
    """Something about the same key, on another topic: it comes before or after the words, as it likes."""

    word: str
    n: int


class WordHeard(Fact, type=f"{WORLD}.echo.heard.v1", key="word"):
    """What the ledger says of each word that it wrote down."""

    word: str
    n: int


class Settings(TransportSettings):
    """The ledger has no door."""

    http_port: int = 0
    access_keys: Path = Path("/dev/null")


def _settings() -> Settings:
    return Settings(
        kafka_bootstrap=os.environ["LEDGER_KAFKA"],
        database_url=os.environ["LEDGER_DSN"],
        batch_records=int(os.environ.get("LEDGER_BATCH", "300")),
        session_timeout_ms=6_000,
    )


async def pause_at(point: str) -> None:
    """Wait at a named point, once, for whoever waits to kill or stop this process; go on when told to.

    Touches `$LEDGER_PAUSE/<point>` with the pid, and waits for `$LEDGER_PAUSE/<point>.go`.
    """
    if _comes_to(point):
        while not (PAUSE / f"{point}.go").exists():
            await asyncio.sleep(0.05)


def stand_still_at(point: str) -> None:
    """The same, and nothing else in this process goes on meanwhile."""
    if _comes_to(point):
        while not (PAUSE / f"{point}.go").exists():
            time.sleep(0.05)


def _comes_to(point: str) -> bool:
    if os.environ.get("LEDGER_PAUSE_AT") != point or (PAUSE / point).exists():
        return False
    (PAUSE / point).write_text(str(os.getpid()))
    return True


def _is_unbearable(word: str) -> bool:
    """Whether this word cannot be written down, until somebody mends that by removing the file that says so."""
    file = PAUSE / "unbearable"
    return word == "unwelcome" or (file.exists() and file.read_text() == word)


async def on_word(tx: Transaction, batch: Sequence[Received[WordSaid]]) -> None:
    """Write down, linger as real work does, and say so."""
    words = {received.fact.word for received in batch}
    if any(map(_is_unbearable, words)):
        raise ValueError("an unwelcome word")
    await _write_down(tx, "word", batch)
    tx.announce(
        Announcement(
            WordHeard(word=received.fact.word, n=received.fact.n),
            received.fact.n,
            datetime.now(UTC),
            received.envelope,
        )
        for received in batch
    )
    await asyncio.sleep(random.random() * 0.05)
    await pause_at("in_transaction")
    if len(words) == 1:
        await pause_at(f"only_{words.pop()}")


async def on_name(tx: Transaction, batch: Sequence[Received[NameSaid]]) -> None:
    """Write down."""
    await _write_down(tx, "name", batch)


async def _write_down(tx: Transaction, kind: str, batch: Sequence[Received[Any]]) -> None:
    rows = [(kind, received.fact.word, received.fact.n, received.envelope.id, os.getpid()) for received in batch]
    columns = ["kind", "key", "n", "event_id", "who"]
    await tx.db.copy_records_to_table("effect", columns=columns, records=_row_by_row(rows))


async def _row_by_row(rows: Sequence[Row]) -> AsyncGenerator[Row]:
    for at, row in enumerate(rows):
        if at == len(rows) // 2:
            await pause_at("in_copy")  # the server waits for the rest of the rows
        yield row


class PausingConsumer(Consumer):
    """The product's consumer, with places to be killed or stopped: batch in hand, and between the two commits."""

    async def _take(self, records: Any) -> None:
        if records:
            await pause_at("before_transaction")
        await super()._take(records)

    async def _tell_kafka(self, offsets: dict[TopicPartition, int]) -> None:
        await pause_at("after_commit")
        await super()._tell_kafka(offsets)


class _StoppingProducer:
    """A producer that stands still, and its process with it, when all is read and nothing of it is sent."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self.create_batch = producer.create_batch

    async def send_batch(self, batch: Any, topic: str, **where: Any) -> Any:
        await self._producer.partitions_for(
            topic
        )  # to be asked only once it goes on might be too late to send anything
        stand_still_at("before_send")
        return await self._producer.send_batch(batch, topic, **where)


class PausingPublisher(Publisher):
    """The product's publishing, with places to be stopped before it sends, and before the cursor knows what it sent."""

    async def publish_once(self, db: Connection, producer: AIOKafkaProducer) -> int:
        return await super().publish_once(db, cast(Any, _StoppingProducer(producer)))

    async def _keeping_awake(self, db: Connection, sends: Sequence[asyncio.Task[Ends]]) -> None:
        await super()._keeping_awake(db, sends)
        if sends:
            await pause_at("after_send")


async def consume() -> None:
    """Consume until killed, or told to end."""
    settings = _settings()
    pool = await open_pool(settings.database_url)
    consumer = PausingConsumer(f"{WORLD}-ledger", settings, pool, {WordSaid: on_word, NameSaid: on_name})
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with asyncio.TaskGroup() as beside:  # what `hosting.serve` runs of a consumer
        running = (consumer.run(), keep_at("frozen_sessions", FrozenSessions().end, pool))
        tasks = [beside.create_task(one) for one in running]
        await stop.wait()
        for task in tasks:
            task.cancel()


async def relay() -> None:
    """Relay until killed."""
    settings = _settings()
    made = Relay(settings.database_url, settings.kafka_bootstrap, partial(PausingPublisher, lane_rows=200))
    await asyncio.gather(
        made.run(), keep_at("frozen_sessions", FrozenSessions().end, await open_pool(settings.database_url))
    )


async def write(writers: int, size: int, events: int, seed: int) -> None:
    """Say `events` words over 40 keys, in transactions of `size` keys, from so many writers at once."""
    pool = await open_pool(_settings().database_url, most=writers + 1)
    share = events // writers
    await asyncio.gather(*(_writer(pool, size, share, random.Random(f"{seed}/{n}")) for n in range(writers)))


async def _writer(pool: Pool, size: int, events: int, dice: random.Random) -> None:
    done = 0
    while done < events:
        keys = sorted(dice.sample([f"key-{n:02}" for n in range(40)], size))
        try:
            await _say(pool, keys, dice)
            done += len(keys)
        except Exception as error:
            if not is_transient(error):
                raise
            await asyncio.sleep(0.2)


async def _say(pool: Pool, keys: list[str], dice: random.Random) -> None:
    async with pool.acquire() as connection, connection.transaction():
        tx = Transaction(connection)
        rows = await tx.db.fetch(
            "insert into counter select key, 1 from unnest($1::text[]) key "
            "on conflict (key) do update set n = counter.n + 1 returning key, n",
            keys,
        )
        await tx.db.executemany("insert into said (key, n) values ($1, $2)", [(row["key"], row["n"]) for row in rows])
        now = datetime.now(UTC)
        tx.announce(Announcement(WordSaid(word=row["key"], n=row["n"]), row["n"], now) for row in rows)
        tx.announce(Announcement(NameSaid(word=row["key"], n=row["n"]), row["n"], now) for row in rows)
        await tx.flush()
        await asyncio.sleep(dice.random() * 0.008)  # numbers are drawn and nothing is committed: where readers go wrong


def main() -> None:
    """`ledger.py consume | relay | write WRITERS SIZE EVENTS SEED`."""
    logging.configure("ledger")
    what, *numbers = sys.argv[1:]
    with suppress(KeyboardInterrupt, asyncpg.PostgresConnectionError):
        if what == "write":
            writers, size, events, seed = map(int, numbers)
            uvloop.run(write(writers, size, events, seed))
        else:
            uvloop.run({"consume": consume, "relay": relay}[what]())


if __name__ == "__main__":
    main()

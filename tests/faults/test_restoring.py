"""A source whose database is restored to an older state loses, doubles and contradicts nothing of what it has said."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from events.contracts.envelope import Announcement, Fact, Received
from events.transport import db, said
from events.transport.db import Pool
from events.transport.lanes import LANES
from events.transport.outbox import Transaction, transaction
from events.transport.positions import Place
from events.transport.recall import ForgottenError, Recall
from events.transport.relay import Relay
from events.transport.wire import Record, decode
from stack import Stack
from stack.postgres import binaries
from world import eventually, fetch, reader

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
TABLE = "create table note (key text primary key, version integer not null, words text not null)"
UNPUBLISHED = """
    select 1 from transport.outbox o join transport.relay_cursor c on c.lane = o.lane and o.number > c.number limit 1
"""
Said = Mapping[str, tuple[int, str]]


class _Note(Fact):
    key_name: str
    words: str


@dataclass
class Source:
    """A service that keeps the newest words of each key, and says them."""

    name: str
    stack: Stack
    folder: Path
    note: type[_Note]
    other: type[_Note]
    told: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    """Every version of every key that anybody can have heard."""

    @property
    def dsn(self) -> str:
        return self.stack.postgres.admin_dsn.rpartition("/")[0] + f"/{self.name}"

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Pool]:
        pool = await db.open_pool(self.dsn)
        try:
            yield pool
        finally:
            await pool.close()

    def recall(self, pool: Pool, take: Callable[..., Awaitable[None]] | None = None) -> Recall:
        """What its start looks with."""
        take = take or take_back
        return Recall(self.name, self.stack.kafka.bootstrap, pool, {self.note: take, self.other: take})

    async def begin(self) -> None:
        """Start as hosting does: look, and only then write."""
        async with self.open() as pool, asyncio.timeout(60):
            await self.recall(pool).look()

    async def say(self, keys: Sequence[str], words: str) -> None:
        """The next version of each key, published."""
        async with self.open() as pool:
            async with transaction(pool) as tx:
                for number, key in enumerate(keys):
                    version = await tx.db.fetchval(
                        "insert into note values ($1, 1, $2) on conflict (key) do update "
                        "set version = note.version + 1, words = excluded.words returning version",
                        key,
                        words,
                    )
                    kind = self.note if number % 3 else self.other
                    tx.announce([Announcement(kind(key_name=key, words=words), version, datetime.now(UTC))])
                    assert self.told.setdefault((key, version), words) == words, "one version, two meanings"
            await self._publish()

    async def _publish(self) -> None:
        relaying = asyncio.create_task(Relay(self.dsn, self.stack.kafka.bootstrap).run())
        try:

            async def is_published() -> bool:
                return not await fetch(self.dsn, UNPUBLISHED)

            await eventually(is_published, seconds=60, what="the outbox is published")
        finally:
            relaying.cancel()
            with suppress(asyncio.CancelledError):
                await relaying

    async def state(self) -> Said:
        rows = await fetch(self.dsn, "select key, version, words from note")
        return {row["key"]: (row["version"], row["words"]) for row in rows}

    async def heard(self) -> Said:
        """What a consumer of the whole log has come to believe: guarded by position, then by version."""
        found = dict[str, tuple[int, str]]()
        for records in (await self._log()).values():
            for record in Place(0).after(records)[1]:
                fact: Any
                fact, envelope = decode(record)
                before = found.get(fact.key_name)
                if before is None or before[0] < envelope.sequence:
                    found[fact.key_name] = (envelope.sequence, fact.words)
        return found

    async def _log(self) -> dict[TopicPartition, list[Record]]:
        mine = [TopicPartition(kind.topic, lane) for kind in (self.note, self.other) for lane in range(LANES)]
        log = dict[TopicPartition, list[Record]]()
        async with reader(self.stack.kafka.bootstrap) as kafka:
            kafka.assign(mine)
            ends = await kafka.end_offsets(mine)
            while sum(map(len, log.values())) < sum(ends.values()):
                for partition, records in (await kafka.getmany(timeout_ms=200)).items():
                    log.setdefault(partition, []).extend(records)
        return log

    async def dump(self) -> Path:
        file = self.folder / f"{uuid4()}.dump"
        await _run("pg_dump", "-Fc", "-f", str(file), self.dsn)
        return file

    async def restore(self, file: Path) -> None:
        await _run("pg_restore", "--clean", "--if-exists", "-d", self.dsn, str(file))

    async def epoch(self) -> int:
        [row] = await fetch(self.dsn, "select transport.epoch() as epoch")
        return row["epoch"]


async def take_back(tx: Transaction, batch: Sequence[Received[_Note]]) -> None:
    """Its own facts become its state again."""
    for fact, envelope in batch:
        await tx.db.execute(
            "insert into note values ($1, $2, $3) on conflict (key) do update "
            "set version = excluded.version, words = excluded.words where note.version < excluded.version",
            *(fact.key_name, envelope.sequence, fact.words),
        )


async def _run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(str(binaries() / program), *arguments)
    assert await process.wait() == 0


@pytest.fixture
async def source(stack: Stack, tmp_path: Path) -> AsyncGenerator[Source]:
    """A source with a database and topics of its own."""
    name = f"source{uuid4().hex[:8]}"

    class NoteMade(_Note, type=f"{name}.note.made.v1", key="key_name"):
        """Words on one topic."""

    class OtherMade(_Note, type=f"{name}.other.made.v1", key="key_name"):
        """Words on another."""

    made = Source(name, stack, tmp_path, NoteMade, OtherMade)
    await fetch(stack.postgres.admin_dsn, f"create database {name}")
    await db.migrate(made.dsn, "events.transport")
    await fetch(made.dsn, TABLE)
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
    await admin.start()
    topics = [NoteMade.topic, OtherMade.topic, f"{name}.dlq"]
    try:
        await admin.create_topics([NewTopic(topic, LANES, 1) for topic in topics])
        yield made
    finally:
        await admin.delete_topics(topics)
        await admin.close()
        await fetch(stack.postgres.admin_dsn, f"drop database {name} with (force)")


KEYS = [f"key {number}" for number in range(40)]


async def test_a_restored_dump_takes_back_what_was_said_after_it(source: Source) -> None:
    await source.begin()
    await source.say(KEYS[:20], "before the copy")
    copy = await source.dump()
    await source.say(KEYS[10:], "after the copy")
    before, epoch = await source.state(), await source.epoch()
    await source.restore(copy)
    assert await source.state() != before
    await source.begin()
    assert await source.state() == before
    assert await source.epoch() > epoch
    await source.say(KEYS[5:35], "after the restore")
    assert await source.heard() == await source.state()
    assert await source.heard() == {key: max((v, w) for (k, v), w in source.told.items() if k == key) for key in KEYS}


async def test_a_database_that_was_lost_altogether_is_made_of_the_log(source: Source) -> None:
    await source.begin()
    await source.say(KEYS, "once")
    await source.say(KEYS[:10], "twice")
    before = await source.state()
    await fetch(source.stack.postgres.admin_dsn, f"drop database {source.name} with (force)")
    await fetch(source.stack.postgres.admin_dsn, f"create database {source.name}")
    await db.migrate(source.dsn, "events.transport")
    await fetch(source.dsn, TABLE)
    await source.begin()
    assert await source.state() == before
    await source.say(KEYS, "three times")
    assert await source.heard() == await source.state()


async def test_facts_that_waited_in_the_copy_are_still_published_once(source: Source) -> None:
    await source.begin()
    await source.say(KEYS[:10], "before")
    async with source.open() as pool, transaction(pool) as tx:
        fact = source.note(key_name="waiting", words="waits")
        await tx.db.execute("insert into note values ('waiting', 1, 'waits')")
        tx.announce([Announcement(fact, 1, datetime.now(UTC))])
    copy = await source.dump()
    await source.say(KEYS, "after")
    await source.restore(copy)
    await source.begin()
    await source.say(KEYS[:3], "again")
    assert (await source.heard())["waiting"] == (1, "waits")
    assert await source.heard() == await source.state()


async def test_killed_while_reading_back_it_goes_on(source: Source) -> None:
    await source.begin()
    await source.say(KEYS[:5], "before")
    copy = await source.dump()
    await source.say(KEYS, "after")
    await source.say(KEYS[::2], "later")
    before = await source.state()
    await source.restore(copy)
    batches = 0

    async def die_at_the_third(tx: Transaction, batch: Sequence[Received[_Note]]) -> None:
        nonlocal batches
        batches += 1
        if batches == 3:
            raise KeyboardInterrupt
        await take_back(tx, batch)

    async with source.open() as pool:
        recall = source.recall(pool, die_at_the_third)
        recall.batch_records = 8
        with pytest.raises(KeyboardInterrupt):
            await recall.look()
        assert recall.closed
        assert recall.progress
    assert await source.state() != before
    await source.begin()
    assert await source.state() == before
    await source.say(KEYS, "at last")
    assert await source.heard() == await source.state()


async def test_two_instances_read_back_together_and_both_open(source: Source) -> None:
    await source.begin()
    copy = await source.dump()
    for words in ("one", "two", "three"):
        await source.say(KEYS, words)
    before = await source.state()
    await source.restore(copy)
    async with source.open() as pool, asyncio.timeout(60):
        instances = [source.recall(pool) for _ in range(2)]
        for instance in instances:
            instance.batch_records = 10
        await asyncio.gather(*(instance.look() for instance in instances))
    assert [instance.closed for instance in instances] == [None, None]
    assert await source.state() == before
    await source.say(KEYS, "four")
    assert await source.heard() == await source.state()


async def test_what_cannot_be_taken_back_keeps_it_closed(source: Source) -> None:
    await source.begin()
    copy = await source.dump()
    await source.say(KEYS, "after")
    await source.restore(copy)
    async with source.open() as pool:
        recall = Recall(source.name, source.stack.kafka.bootstrap, pool, {})
        with pytest.raises(ForgottenError, match=r"cannot take a \w+Made back into its database"):
            await recall.look()
        assert recall.closed


async def test_a_plain_restart_reads_nothing_and_changes_nothing(source: Source) -> None:
    await source.begin()
    await source.say(KEYS, "said")
    before, epoch = await source.state(), await source.epoch()
    places = await fetch(source.dsn, "select sum(next_offset)::int from transport.said")
    assert places[0][0] == len(KEYS)
    last = await fetch(source.dsn, "select last_value from transport.outbox_number_seq")

    async def nothing(*_: object) -> None:
        raise AssertionError("there was nothing to take back")

    async with source.open() as pool:
        await source.recall(pool, nothing).look()
    assert await source.epoch() == epoch
    assert await source.state() == before
    assert await fetch(source.dsn, "select last_value from transport.outbox_number_seq") == last


async def test_what_a_killed_relay_had_sent_is_known(source: Source) -> None:
    await source.begin()
    await source.say(KEYS, "said")
    epoch = await source.epoch()
    await fetch(source.dsn, "update transport.relay_cursor set number = 0")  # it had sent, and not yet noted it
    await fetch(source.dsn, "update transport.said set next_offset = 0")
    await source.begin()
    assert await source.epoch() == epoch
    await source.say(KEYS[:1], "again")
    assert await source.heard() == await source.state()


async def test_a_database_as_it_was_left_is_told_from_a_copy_without_kafka(source: Source) -> None:
    async with source.open() as pool:
        assert not await said.is_as_left(pool)  # it never looked
    await source.begin()
    await source.say(KEYS, "said")
    copy = await source.dump()
    async with source.open() as pool:
        recall = Recall(source.name, "127.0.0.1:1", pool, {})
        await recall.recognise()
        assert recall.closed is None
    await source.restore(copy)
    async with source.open() as pool:
        recall = Recall(source.name, "127.0.0.1:1", pool, {})
        await recall.recognise()
        assert recall.closed


async def test_a_copied_database_and_a_restarted_server_may_be_older(source: Source) -> None:
    await source.begin()
    admin, copied = source.stack.postgres.admin_dsn, f"{source.name}_copy"
    await fetch(admin, f"create database {copied} template {source.name}")
    pool = await db.open_pool(source.dsn.replace(source.name, copied))
    assert not await said.is_as_left(pool)
    await pool.close()
    await fetch(admin, f"drop database {copied}")
    await source.stack.postgres.stop()
    await source.stack.postgres.start()
    async with source.open() as pool:
        assert not await said.is_as_left(pool)

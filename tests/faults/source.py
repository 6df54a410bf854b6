"""A source with a database and topics of its own, which can be copied, restored and started."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from events.contracts.envelope import Announcement, Fact, Received
from events.transport import db
from events.transport.batch import Hears
from events.transport.db import Pool
from events.transport.lanes import LANES
from events.transport.outbox import Transaction, transaction
from events.transport.positions import Place
from events.transport.recall import Recall
from events.transport.relay import Relay
from events.transport.wire import Record, decode
from stack import Stack
from stack.postgres import binaries
from world import eventually, fetch, reader

TABLE = "create table note (key text primary key, version integer not null, words text not null)"
UNPUBLISHED = """
    select 1 from transport.outbox o join transport.relay_cursor c on c.lane = o.lane and o.number > c.number limit 1
"""
Said = Mapping[str, tuple[int, str]]


class Note(Fact):
    key_name: str
    words: str


@dataclass
class Source:
    """A service that keeps the newest words of each key, and says them."""

    name: str
    stack: Stack
    folder: Path
    note: type[Note]
    other: type[Note]
    heard_topics: frozenset[str] = frozenset()
    """What it hears of others; a consumer of its own it has not."""
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
        recalls: Hears = {self.note: take, self.other: take}
        return Recall(self.name, self.stack.kafka.bootstrap, pool, recalls, self.heard_topics)

    async def begin(self) -> None:
        """Start as hosting does: look, and only then write."""
        async with self.open() as pool, asyncio.timeout(60):
            recall = self.recall(pool)
            await recall.look()
            await recall.catch_up()

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
        relay = Relay(self.dsn, self.stack.kafka.bootstrap)
        relaying = asyncio.create_task(relay.run())

        async def is_published() -> bool:
            return not await fetch(self.dsn, UNPUBLISHED)

        async def is_noted() -> bool:
            return relay.last_turn_at > turn

        try:
            await eventually(is_published, seconds=60, what="the outbox is published")
            turn = relay.last_turn_at
            await eventually(is_noted, seconds=60, what="the turn that published it has ended")
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
        """As the runbook says: the database is made anew, so that nothing survives that the dump does not know."""
        await _run("pg_restore", "--clean", "--if-exists", "--create", "-d", self.stack.postgres.admin_dsn, str(file))

    async def restore_in_place(self, file: Path) -> None:
        """Into the same database: only the rows are other ones."""
        await _run("pg_restore", "--clean", "--if-exists", "-d", self.dsn, str(file))

    async def empty(self, *migrations: str) -> None:
        """Make the database anew, with these of the transport's migrations only."""
        await fetch(self.stack.postgres.admin_dsn, f"drop database {self.name} with (force)")
        await fetch(self.stack.postgres.admin_dsn, f"create database {self.name}")
        await db.migrate(self.dsn)
        for name in migrations:
            sql = (files("events.transport") / "migrations" / name).read_text()
            async with self.open() as pool:
                await pool.execute(sql)
                digest = sha256(sql.encode()).hexdigest()
                await pool.execute("insert into public.migration values ($1, $2)", f"events.transport/{name}", digest)
        await fetch(self.dsn, TABLE)

    async def epoch(self) -> int:
        [row] = await fetch(self.dsn, "select transport.epoch() as epoch")
        return row["epoch"]


async def take_back(tx: Transaction, batch: Sequence[Received[Note]]) -> None:
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


@asynccontextmanager
async def source_of(stack: Stack, folder: Path) -> AsyncGenerator[Source]:
    """A source with a database and topics of its own."""
    name = f"source{uuid4().hex[:8]}"

    class NoteMade(Note, type=f"{name}.note.made.v1", key="key_name"):
        """Words on one topic."""

    class OtherMade(Note, type=f"{name}.other.made.v1", key="key_name"):
        """Words on another."""

    made = Source(name, stack, folder, NoteMade, OtherMade)
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

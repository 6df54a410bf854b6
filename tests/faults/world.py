"""A world: two databases, its own topics, and the ledger's programs as processes that can be killed and stopped."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from events.transport import db
from stack import Stack
from stack.processes import Process, Processes, Program

PROGRAM = Path(__file__).with_name("ledger.py")
PARTITIONS = 12
KEPT = Path("build/faults")
"""What the programs of each world said last stands below it, in NAME/log."""
SCHEMA = """
    create table counter (key text primary key, n integer not null);
    create table said (key text, n integer, at timestamptz default clock_timestamp(), primary key (key, n));
    create table effect (place bigint generated always as identity primary key, kind text, key text, n integer,
                         event_id text, who integer);
"""


@dataclass
class World:
    """What one scenario has for itself; `name` is part of every topic's name."""

    name: str
    stack: Stack
    programs: Processes
    source: str
    ledger: str
    pause: Path
    events: int
    """How many facts each scenario says."""
    writers: list[Process] = field(default_factory=list[Process])
    killed: int = 0

    @property
    def logs(self) -> Path:
        """What the programs say; kept, to see what went wrong."""
        return self.programs.home / "log"

    @property
    def topics(self) -> dict[str, str]:
        """The world's topics by what they carry."""
        kinds = {"word": f"{self.name}.word.v1", "name": f"{self.name}.name.v1", "echo": f"{self.name}.echo.v1"}
        return {**kinds, "dlq": f"{self.name}-ledger.dlq"}

    async def start(self, what: str, *arguments: object, on: str, pause_at: str = "") -> Process:
        """Start one of the ledger's programs on one of the databases (`source` or `ledger`)."""
        environment = {
            "LEDGER_WORLD": self.name,
            "LEDGER_KAFKA": self.stack.kafka.bootstrap,
            "LEDGER_DSN": {"source": self.source, "ledger": self.ledger}[on],
            "LEDGER_PAUSE": str(self.pause),
            "LEDGER_PAUSE_AT": pause_at,
        }
        name = f"{what}-{len(self.programs.running)}"
        command = (sys.executable, str(PROGRAM), what, *map(str, arguments))
        return self.programs.launch(Program(name, command, environment, stop_signal=signal.SIGKILL))

    async def write(self, events: int, seed: int, *, writers: int = 4, size: int = 5) -> Process:
        """Start the writers."""
        self.writers.append(await self.start("write", writers, size, events, seed, on="source"))
        return self.writers[-1]

    async def start_all(self, *, consumers: int = 1) -> list[Process]:
        """Both relays and so many consumers; the consumers are returned."""
        await self.start("relay", on="source")
        await self.start("relay", on="ledger")
        return [await self.start("consume", on="ledger") for _ in range(consumers)]

    async def load(self, seed: int) -> Process:
        """Start the writers, and wait until facts of theirs reach the ledger: what happens next happens under load."""
        [before] = await fetch(self.source, "select count(*) from said")
        writer = await self.write(self.events, seed)

        async def has_more() -> bool:
            [now] = await fetch(self.ledger, "select count(*) from effect")
            return now["count"] > 2 * before["count"]  # each word has a name beside it

        await eventually(has_more, seconds=60, what="facts reach the ledger")
        return writer

    async def kill(self, process: Process) -> None:
        """SIGKILL: nothing gets to tidy up."""
        await self._end(process, signal.SIGKILL, -signal.SIGKILL)

    async def dismiss(self, process: Process) -> None:
        """SIGTERM: it ends in an orderly way."""
        await self._end(process, signal.SIGTERM, 0)

    async def _end(self, process: Process, number: int, status: int) -> None:
        """Whoever has ended by itself, or otherwise than meant, has not been under this fault."""
        process.signal(number)
        if await process.wait() != status:
            raise RuntimeError(
                f"{process.program.name} ended with {process.exit_status}, not {status}; see {self.logs}"
            )
        self.killed += 1

    async def paused(self, process: Process, point: str) -> None:
        """Wait until the program stands at the point."""
        file = self.pause / point
        await eventually(lambda: _is_written(file), seconds=60, what=f"a program reaches {point}")
        if int(file.read_text()) != process.pid:
            raise RuntimeError(f"another program stands at {point}")

    async def stop(self, process: Process, point: str) -> None:
        """SIGSTOP a program that stands at the point; it will go on from there as soon as it is woken."""
        await self.paused(process, point)
        process.signal(signal.SIGSTOP)
        self.killed += 1
        self.go_on(point)

    def go_on(self, point: str) -> None:
        """Let whoever stands at the point go on."""
        (self.pause / f"{point}.go").touch()

    def forget(self, point: str) -> None:
        """The next one that comes to the point stands still there again."""
        (self.pause / f"{point}.go").unlink()
        (self.pause / point).unlink()

    async def settled(self, seconds: float = 90) -> None:
        """Wait until both outboxes are published and the ledger stands at the end of every partition."""
        if any([await writer.wait() for writer in self.writers]):
            raise RuntimeError(f"a writer has not said all that it was to say; see {self.logs}")
        for step, is_done in self._steps().items():
            await eventually(is_done, seconds=seconds, what=f"{step}; see {self.logs}")

    def _steps(self) -> dict[str, Callable[[], Awaitable[bool]]]:
        """In the order in which facts travel: what is done once all before is done stays so."""
        return {
            "the source's outbox is published": lambda: _is_published(self.source),
            "the ledger stands at the end of every partition": self.has_heard_all,
            "the ledger's outbox is published": lambda: _is_published(self.ledger),
        }

    async def has_heard_all(self) -> bool:
        """Whether the ledger stands at the end of every partition."""
        ends = await self.ends("word", "name")
        places = await fetch(self.ledger, "select topic, partition, next_offset from transport.position")
        reached = {(row["topic"], row["partition"]): row["next_offset"] for row in places}
        return all(reached.get(partition, 0) >= end for partition, end in ends.items())

    async def ends(self, *kinds: str) -> dict[tuple[str, int], int]:
        """The end of each partition's log."""
        async with reader(self.stack.kafka.bootstrap) as consumer:
            partitions = [partition for kind in kinds for partition in _partitions(self.topics[kind])]
            ends = await consumer.end_offsets(partitions)
            return {(partition.topic, partition.partition): end for partition, end in ends.items()}

    async def tell_kafka(self, share: float) -> None:
        """Have Kafka believe that the ledger has consumed this share of each partition's log."""
        ends = await self.ends("word", "name")
        group = AIOKafkaConsumer(
            bootstrap_servers=self.stack.kafka.bootstrap, group_id=f"{self.name}-ledger", enable_auto_commit=False
        )
        await group.start()
        try:
            group.assign([TopicPartition(*partition) for partition in ends])
            await group.commit({TopicPartition(*partition): int(end * share) for partition, end in ends.items()})
        finally:
            await group.stop()


_UNPUBLISHED = """
    select count(*) waiting from transport.outbox o
    join transport.relay_cursor c on c.lane = o.lane and o.number > c.number
"""


async def _is_published(dsn: str) -> bool:
    return not (await fetch(dsn, _UNPUBLISHED))[0]["waiting"]


def _is_written(file: Path) -> Awaitable[bool]:
    async def check() -> bool:
        return file.exists() and bool(file.read_text())

    return check()


def _partitions(topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(PARTITIONS)]


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float, what: str) -> None:
    """Wait until the check holds; raises `TimeoutError` saying what did not happen."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if await check():
                return
        except (OSError, asyncpg.PostgresError, KafkaError):
            pass  # a fault is under way: what was asked is away just now
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain: {what}")
        await asyncio.sleep(0.2)


async def fetch(dsn: str, sql: str, *values: object) -> list[asyncpg.Record]:
    """Ask a database from outside."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(sql, *values)
    finally:
        await connection.close()


@asynccontextmanager
async def reader(bootstrap: str) -> AsyncGenerator[AIOKafkaConsumer]:
    """A Kafka client that belongs to no group."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def world(stack: Stack, name: str, *, events: int = 4_000) -> AsyncGenerator[World]:
    """Make a world, and remove its processes, databases and topics afterwards."""
    shutil.rmtree(KEPT / name / "log", ignore_errors=True)  # of an earlier run
    with TemporaryDirectory(prefix=f"{name}-") as pause:
        async with Processes(KEPT / name) as programs:
            dsns = [await _database(stack, f"{name}_{part}") for part in ("source", "ledger")]
            made = World(name, stack, programs, dsns[0], dsns[1], Path(pause), events)
            admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
            await admin.start()
            try:
                await admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in made.topics.values()])
                yield made
            finally:
                await programs.stop()
                await admin.delete_topics(list(made.topics.values()))
                await admin.close()
                for part in ("source", "ledger"):
                    await fetch(stack.postgres.admin_dsn, f'drop database "{name}_{part}" with (force)')


async def _database(stack: Stack, name: str) -> str:
    await fetch(stack.postgres.admin_dsn, f'create database "{name}"')
    dsn = urlunsplit(urlsplit(stack.postgres.admin_dsn)._replace(path=f"/{name}"))
    await db.migrate(dsn, "events.transport")
    await fetch(dsn, "select 1")
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(SCHEMA)
    finally:
        await connection.close()
    return dsn

"""The house: stack, migrations and the four services, each a process of its own."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from events.transport import db, topics
from rehearsal.doors import Doors, open_doors
from rehearsal.log import TOPICS
from rehearsal.settings import Settings
from stack import Process, Program, Stack, environment_of
from stack.home import Home
from stack.keys import key_pair

SERVICES = ("registry", "eligibility", "scheduling", "reporting")


@dataclass(frozen=True)
class House:
    """Everything that runs."""

    stack: Stack
    doors: Doors
    processes: dict[str, Process]

    @property
    def page(self) -> str:
        """Where a person looks."""
        return str(self.doors.reporting.client.base_url)


@asynccontextmanager
async def open_house(home: Home, settings: Settings) -> AsyncGenerator[House]:
    """Start everything; the data of an earlier run are removed unless they are to be kept."""
    async with Stack.within(home) as stack, house_on(stack, settings) as house:
        yield house


@asynccontextmanager
async def house_on(stack: Stack, settings: Settings) -> AsyncGenerator[House]:
    """The services on servers that are up."""
    keys = key_pair(stack.home)
    if not settings.keep:
        await _begin_anew(stack)
    wanted = topics.Topics.read(TOPICS)
    await topics.apply(stack.kafka.bootstrap, wanted)
    # As `python -m <service> migrate` does, without four more processes to start.
    await asyncio.gather(*(db.migrate(stack.postgres.dsn(name), "events.transport", name) for name in SERVICES))
    programs = [_program(stack, name, _environment(stack, name, settings)) for name in SERVICES]
    started = await asyncio.gather(*(stack.start(program) for program in programs))
    addresses = {name: f"http://127.0.0.1:{stack.port(name)}" for name in SERVICES}
    async with open_doors(addresses, keys) as doors:
        yield House(stack, doors, dict(zip(SERVICES, started, strict=True)))


async def _begin_anew(stack: Stack) -> None:
    await asyncio.gather(_without_topics(stack.kafka.bootstrap), *(_emptied(stack.postgres.dsn(n)) for n in SERVICES))


async def _emptied(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("drop schema if exists transport cascade; drop schema public cascade")
        await connection.execute("create schema public")
    finally:
        await connection.close()


async def _without_topics(bootstrap: str) -> None:
    ours = set(topics.Topics.read(TOPICS).topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = ours & set(await admin.list_topics())
        if there:
            await admin.delete_topics(sorted(there))
        while ours & set(await admin.list_topics()):  # noqa: ASYNC110 - the broker tells nobody when it is done
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


def _environment(stack: Stack, name: str, settings: Settings) -> dict[str, str]:
    kafka, database, keys = stack.kafka.bootstrap, stack.postgres.dsn(name), stack.home.public_key
    told = environment_of(name, bootstrap=kafka, dsn=database, port=stack.port(name), keys=keys)
    told |= {f"{name.upper()}_TOPICS_FILE": str(TOPICS)}
    if name == "scheduling":
        told |= {"SCHEDULING_PLANNER": settings.planner, "SCHEDULING_BOOKS_AFTER": "reports"}
    return told


def _program(stack: Stack, name: str, environment: dict[str, str]) -> Program:
    ready = f"http://127.0.0.1:{stack.port(name)}/health/ready"
    return Program(name, [sys.executable, "-m", name, "serve"], environment, ready_url=ready)

"""A service that cannot do its work does not start, and its last line says why and what to do; for Kafka it waits."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from httpx import AsyncClient, Response, TransportError

from access.keys import Keys
from events.transport import said
from events.transport.db import open_pool

pytestmark = pytest.mark.timeout(240)
SERVICES = ("registry", "eligibility", "scheduling", "reporting")
NOBODY = "127.0.0.1:1"
WAITING = """
    insert into transport.outbox (id, aggregatetype, aggregateid, type, payload, lane, epoch, source, subject, sequence,
                                  time, correlationid, created_at)
    values ('', 'eligibility.decision.v1', '', '', '', 3, 1, '', '', '', '', '', now() - interval '2 hours')
"""
Database = Callable[[str], Awaitable[str]]
Serve = Callable[..., Awaitable[str]]
Serving = Callable[..., AbstractAsyncContextManager[asyncio.subprocess.Process]]


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """`async with serving("registry", DATABASE_URL=…) as process`: a service in its own process."""
    Keys.generate().write(tmp_path / "private.pem", tmp_path / "public.pem")

    @asynccontextmanager
    async def start(service: str, **settings: str) -> AsyncGenerator[asyncio.subprocess.Process]:
        own = {"HTTP_PORT": "1", "ACCESS_KEYS": str(tmp_path / "public.pem"), "KAFKA_BOOTSTRAP": NOBODY, **settings}
        environment = os.environ | {f"{service.upper()}_{name}": value for name, value in own.items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", service, "serve", env=environment, stderr=asyncio.subprocess.PIPE
        )
        yield process
        if process.returncode is None:
            process.terminate()
        await process.communicate()

    return start


@pytest.fixture
def serve(serving: Serving) -> Serve:
    """`await serve("registry", DATABASE_URL=…)`: the last line of a service that must refuse to start."""

    async def start(service: str, *, status: int = 1, **settings: str) -> str:
        async with serving(service, **settings) as process:
            _, said = await process.communicate()
            assert process.returncode == status, said.decode()
            return said.decode().splitlines()[-1]

    return start


@pytest.mark.parametrize("service", SERVICES)
async def test_missing_migrations_are_named_with_the_command_that_applies_them(
    service: str, database: Database, serve: Serve
) -> None:
    said = await serve(service, DATABASE_URL=await database(service))
    assert said.startswith(f"{service}: migrations are missing: events.transport/0001_transport.sql, ")
    assert f", {service}/0001_" in said
    assert said.endswith(f"run `python -m {service} migrate`")


async def test_a_database_that_is_away_is_named(serve: Serve) -> None:
    said = await serve("eligibility", DATABASE_URL=f"postgresql://eligibility:secret@{NOBODY}/eligibility")
    assert said.startswith("eligibility: the database does not let us in: ")
    assert "secret" not in said


async def test_a_broker_that_is_away_is_waited_for(
    migrated_database: Database, serving: Serving, free_port: int
) -> None:
    dsn = await migrated_database("eligibility")
    settings = {"DATABASE_URL": dsn, "TOPICS_FILE": "deploy/topics.yaml", "HTTP_PORT": str(free_port)}
    async with serving("eligibility", **settings) as process, AsyncClient() as client:
        door = f"http://127.0.0.1:{free_port}/health"
        ready = await _answer(client, f"{door}/ready", process)
        assert ready.status_code == 503
        [trouble] = ready.json()["trouble"]
        assert trouble.startswith(("Kafka does not answer, so its topics cannot be verified: ", "the topics are being"))
        live = await client.get(f"{door}/live")
        assert (live.status_code, live.json()) == (200, {"dead": []})
        assert process.returncode is None


async def test_the_age_of_what_waits_is_told_although_the_relay_cannot_begin(
    migrated_database: Database, serving: Serving, free_port: int
) -> None:
    dsn = await migrated_database("eligibility")
    connection = await asyncpg.connect(dsn)
    await connection.execute(WAITING)
    await connection.close()
    settings = {"DATABASE_URL": dsn, "TOPICS_FILE": "deploy/topics.yaml", "HTTP_PORT": str(free_port)}
    async with serving("eligibility", **settings) as process, AsyncClient() as client, asyncio.timeout(60):
        while True:
            told = (await _answer(client, f"http://127.0.0.1:{free_port}/metrics", process)).text
            if float(told.partition("\noutbox_oldest_unpublished_seconds ")[2].split()[0]) > 3_600:
                break
            await asyncio.sleep(0.2)


async def test_who_may_have_forgotten_what_it_said_takes_nothing_in_while_kafka_is_away(
    migrated_database: Database, serving: Serving, free_port: int
) -> None:
    dsn = await migrated_database("registry")
    settings = {"DATABASE_URL": dsn, "HTTP_PORT": str(free_port)}
    door = f"http://127.0.0.1:{free_port}"
    async with serving("registry", **settings) as process, AsyncClient() as client:
        await _answer(client, f"{door}/health/live", process)
        refused = await client.post(f"{door}/programmes", content=b"")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.json()["type"] == "urn:anjeon:problem:not-yet-open"
        assert (
            await client.get(f"{door}/programmes")
        ).status_code == 401  # questions are answered, to whom they may be
    pool = await open_pool(dsn)
    await said.mark(pool)  # as whoever has looked leaves it
    await pool.close()
    async with serving("registry", **settings) as process, AsyncClient() as client:
        await _answer(client, f"{door}/health/live", process)
        assert (await client.post(f"{door}/programmes", content=b"")).status_code == 401


async def _answer(client: AsyncClient, url: str, process: asyncio.subprocess.Process) -> Response:
    while process.returncode is None:
        try:
            return await client.get(url)
        except TransportError:
            await asyncio.sleep(0.2)
    raise AssertionError(f"it ended with {process.returncode}")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("ACCESS_KEYS", "nowhere.pem", "Error: nowhere.pem cannot be read: No such file or directory"),
        ("TOPICS_FILE", "nowhere.yaml", "the topics file nowhere.yaml cannot be read: No such file or directory"),
        ("TOPICS_FILE", "README.md", "the topics file README.md says no topics: "),
        ("HTTP_PORT", "door", "Error: the settings cannot be used: http_port: Input should be a valid integer"),
    ],
)
async def test_what_it_was_told_wrong_is_said_in_one_sentence(
    setting: str, value: str, said: str, migrated_database: Database, serve: Serve
) -> None:
    settings = {"DATABASE_URL": await migrated_database("eligibility"), setting: value}
    line = await serve("eligibility", status=2, **settings)
    assert said in line
    assert line.startswith("Error: ")

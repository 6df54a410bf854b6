"""A service that cannot do its work does not start, and its last line says why and what to do."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from access.keys import Keys

pytestmark = pytest.mark.timeout(240)
SERVICES = ("registry", "eligibility", "scheduling", "reporting")
NOBODY = "127.0.0.1:1"
Database = Callable[[str], Awaitable[str]]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`await serve("registry", DATABASE_URL=…)`: the last line of a service that must refuse to start."""
    Keys.generate().write(tmp_path / "private.pem", tmp_path / "public.pem")

    async def start(service: str, **settings: str) -> str:
        own = {"HTTP_PORT": "1", "ACCESS_KEYS": str(tmp_path / "public.pem"), "KAFKA_BOOTSTRAP": NOBODY, **settings}
        environment = os.environ | {f"{service.upper()}_{name}": value for name, value in own.items()}
        serving = await asyncio.create_subprocess_exec(
            sys.executable, "-m", service, "serve", env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, said = await serving.communicate()
        assert serving.returncode == 1
        return said.decode().splitlines()[-1]

    return start


@pytest.mark.parametrize("service", SERVICES)
async def test_missing_migrations_are_named_with_the_command_that_applies_them(
    service: str, database: Database, serve: Serve
) -> None:
    said = await serve(service, DATABASE_URL=await database(service))
    assert said.startswith(f"{service}: migrations are missing: events.transport/0001_transport.sql, {service}/0001_")
    assert said.endswith(f"run `python -m {service} migrate`")


async def test_a_database_that_is_away_is_named(serve: Serve) -> None:
    said = await serve("eligibility", DATABASE_URL=f"postgresql://eligibility:secret@{NOBODY}/eligibility")
    assert said.startswith("eligibility: the database does not let us in: ")
    assert "secret" not in said


async def test_a_broker_that_is_away_is_named(migrated_database: Database, serve: Serve) -> None:
    dsn = await migrated_database("eligibility")
    said = await serve("eligibility", DATABASE_URL=dsn, TOPICS_FILE="deploy/topics.yaml")
    assert said.startswith("eligibility: Kafka does not answer, so its topics cannot be verified: ")
    assert "Unable to bootstrap" in said

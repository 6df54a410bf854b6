"""Migrations: from empty to what the code needs, once each, and never edited."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from events.transport.db import migrate, open_pool, pending_migrations

SERVICES = ("registry", "eligibility", "scheduling", "reporting")
Database = Callable[[str], Awaitable[str]]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """`package("0001_a.sql", "create …")`: a package with this migration added; its name."""
    name = f"migrating_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name
    (folder / "migrations").mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    def add(file: str, sql: str) -> str:
        (folder / "migrations" / file).write_text(sql)
        return name

    return add


async def tables(dsn: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "select table_schema || '.' || table_name as name from information_schema.tables "
            "where table_schema in ('public', 'transport')"
        )
        return {row["name"] for row in rows}
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_comes_from_empty_to_what_it_needs_and_no_further(service: str, database: Database) -> None:
    dsn = await database(service)
    applied = await migrate(dsn, "events.transport", service)
    assert applied[0] == "events.transport/0001_transport.sql"
    assert any(name.startswith(f"{service}/0001_") for name in applied)
    assert {"transport.outbox", "transport.position", "transport.dead_letter"} < await tables(dsn)
    assert await migrate(dsn, "events.transport", service) == []
    pool = await open_pool(dsn, most=1)
    assert await pending_migrations(pool, "events.transport", service) == []
    await pool.close()


async def test_eight_who_migrate_at_once_apply_each_migration_once(database: Database) -> None:
    dsn = await database("eligibility")
    applied = await asyncio.gather(*(migrate(dsn, "events.transport", "eligibility") for _ in range(8)))
    assert len([names for names in applied if names]) == 1


async def test_a_new_migration_alone_is_applied(database: Database, package: Callable[[str, str], str]) -> None:
    dsn = await database("notes")
    await migrate(dsn, package("0001_first.sql", "create table first ()"))
    name = package("0002_second.sql", "create table second ()")
    assert await migrate(dsn, name) == [f"{name}/0002_second.sql"]


async def test_an_edited_migration_is_refused(database: Database, package: Callable[[str, str], str]) -> None:
    dsn = await database("notes")
    await migrate(dsn, package("0001_first.sql", "create table first ()"))
    name = package("0001_first.sql", "create table first (n integer)")
    with pytest.raises(ValueError, match=r"0001_first\.sql was edited after it had been applied; add a new migration"):
        await migrate(dsn, name)


async def test_a_migration_that_fails_leaves_no_trace(database: Database, package: Callable[[str, str], str]) -> None:
    dsn = await database("notes")
    package("0001_good.sql", "create table good ()")
    name = package("0002_bad.sql", "create table half (); select 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(dsn, name)
    assert await tables(dsn) == {"public.migration", "public.good"}
    package("0002_bad.sql", "create table half ()")
    assert await migrate(dsn, name) == [f"{name}/0002_bad.sql"]

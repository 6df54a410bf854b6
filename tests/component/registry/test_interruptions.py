"""Imports that break off: what was taken stays, and sent again the rest comes, nothing lost and nothing doubled."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from access.keys import Keys
from events.transport import said
from events.transport.db import Pool, open_pool

Database = Callable[[str], Awaitable[str]]
Row = Callable[..., dict[str, object]]
ROWS, BAD = 12_000, 3


@pytest.fixture
def sheet(enterprise_row: Row) -> bytes:
    """A file of several batches, with a bad row in each."""
    rows = (enterprise_row(number, risk="x" if number % 5_000 == 7 else "4") for number in range(1, ROWS + 1))
    return "".join([",".join(enterprise_row(1)) + "\n", *(_line(row) for row in rows)]).encode()


def _line(row: dict[str, object]) -> str:
    return ",".join(map(str, row.values())) + "\n"


async def _check_whole(pool: Pool) -> None:
    assert await pool.fetchval("select count(*) from enterprise where version = 1") == ROWS - BAD
    row = await pool.fetchrow("select count(*) said, count(distinct aggregateid) about from transport.outbox")
    assert row
    assert (row["said"], row["about"]) == (ROWS - BAD, ROWS - BAD)


async def _until(pool: Pool, true: str) -> None:
    async with asyncio.timeout(60):
        while not await pool.fetchval(true):
            await asyncio.sleep(0.02)


async def _broken_off(sheet: bytes, may_break: asyncio.Event) -> AsyncGenerator[bytes]:
    """Two thirds of a file, and then nothing for ever."""
    yield sheet[: len(sheet) * 2 // 3]
    may_break.set()
    await asyncio.Event().wait()


async def test_a_cancelled_request_is_shown_as_interrupted_and_sent_again_completes(
    officer: httpx.AsyncClient, pool: Pool, sheet: bytes
) -> None:
    import_id, may_break = str(uuid4()), asyncio.Event()
    request = asyncio.create_task(
        officer.post("/enterprises/import", content=_broken_off(sheet, may_break), params={"import_id": import_id})
    )
    await may_break.wait()
    await _until(pool, "select rows_read >= 5000 from import")
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert (await officer.get(f"/imports/{import_id}")).json()["state"] == "interrupted"
    taken = await pool.fetchval("select count(*) from enterprise")
    assert 0 < taken < ROWS
    again = await officer.post("/enterprises/import", content=sheet, params={"import_id": import_id})
    result = again.json()
    assert (result["state"], result["rows"], result["refused"]) == ("done", ROWS, BAD)
    assert result["outcomes"]["unchanged"] == taken
    await _check_whole(pool)


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_run_that_was_overtaken_by_its_retry_writes_nothing_more(
    officer: httpx.AsyncClient, pool: Pool, sheet: bytes, is_done: bool
) -> None:
    query, may_end, at = {"import_id": str(uuid4())}, [asyncio.Event(), asyncio.Event()], len(sheet) * 2 // 3

    async def halting(end: asyncio.Event) -> AsyncGenerator[bytes]:
        yield sheet[:at]
        await end.wait()
        yield sheet[at:]

    runs = [officer.post("/enterprises/import", content=halting(end), params=query) for end in may_end]
    first = asyncio.create_task(runs[0])
    await _until(pool, "select rows_read >= 5000 from import")
    retry = asyncio.create_task(runs[1])
    await _until(pool, "select run = 2 and rows_read >= 5000 from import")
    if is_done:
        may_end[1].set()
        assert (await retry).json()["state"] == "done"
    may_end[0].set()
    refused = await first
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:anjeon:problem:import-sent-again")
    may_end[1].set()
    shown = (await retry).json()
    assert (shown["state"], shown["rows"], shown["refused"]) == ("done", ROWS, BAD)
    assert sum(shown["outcomes"].values()) == ROWS - BAD
    assert (await officer.get(shown["refused_csv"])).text.count("\n") == BAD + 1
    assert (await officer.get(f"/imports/{query['import_id']}")).json() == shown
    await _check_whole(pool)


async def test_an_interrupted_import_may_go_on_with_a_mended_file(
    officer: httpx.AsyncClient, pool: Pool, sheet: bytes
) -> None:
    query, may_break = {"import_id": str(uuid4())}, asyncio.Event()
    request = asyncio.create_task(
        officer.post("/enterprises/import", content=_broken_off(sheet, may_break), params=query)
    )
    await _until(pool, "select rows_read >= 5000 from import")
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    mended = sheet.replace(b",x,", b",4,")
    result = (await officer.post("/enterprises/import", content=mended, params=query)).json()
    assert (result["state"], result["rows"], result["refused"]) == ("done", ROWS, 0)
    assert await pool.fetchval("select count(*) from enterprise") == ROWS


async def test_two_imports_of_one_file_at_once_are_one_import_in_effect(
    officer: httpx.AsyncClient, pool: Pool, sheet: bytes
) -> None:
    answers = await asyncio.gather(*(officer.post("/enterprises/import", content=sheet) for _ in range(2)))
    outcomes = [answer.json()["outcomes"] for answer in answers]
    assert sum(one.get("registered", 0) for one in outcomes) == ROWS - BAD
    await _check_whole(pool)


@asynccontextmanager
async def _served(dsn: str, keys: Path, port: int) -> AsyncGenerator[asyncio.subprocess.Process]:
    environment = os.environ | {
        "REGISTRY_DATABASE_URL": dsn,
        "REGISTRY_HTTP_PORT": str(port),
        "REGISTRY_ACCESS_KEYS": str(keys),
        "REGISTRY_KAFKA_BOOTSTRAP": "127.0.0.1:1",  # away: a database that is as it was left takes in all the same
    }
    command = (sys.executable, "-m", "registry", "serve", "--only", "api")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


async def _until_open(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await client.get("/health/live")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def test_a_registry_killed_in_mid_import_has_lost_and_doubled_nothing(
    migrated_database: Database, keys: Keys, tmp_path: Path, sheet: bytes
) -> None:
    keys.write(tmp_path / "private.pem", tmp_path / "public.pem")
    dsn, headers = await migrated_database("registry"), _officer(keys)
    pool = await open_pool(dsn)
    await said.mark(pool)
    try:
        for is_last in (False, True):
            port = _free_port()
            async with (
                _served(dsn, tmp_path / "public.pem", port) as process,
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120) as client,
            ):
                await _until_open(client)
                if is_last:
                    answer = await client.post("/enterprises/import", content=sheet)
                    assert answer.json()["rows"] == ROWS
                else:
                    await _kill_in_mid_import(process, client, pool, sheet)
        await _check_whole(pool)
    finally:
        await pool.close()


async def _kill_in_mid_import(
    process: asyncio.subprocess.Process, client: httpx.AsyncClient, pool: Pool, sheet: bytes
) -> None:
    import_id, may_break = uuid4(), asyncio.Event()
    request = asyncio.create_task(
        client.post("/enterprises/import", content=_broken_off(sheet, may_break), params={"import_id": str(import_id)})
    )
    async with asyncio.timeout(60):
        while not await pool.fetchval("select rows_read > 0 from import where import_id = $1", import_id):
            await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    request.cancel()
    outcome: Any = (await asyncio.gather(request, return_exceptions=True))[0]
    assert isinstance(outcome, BaseException)


def _officer(keys: Keys) -> dict[str, str]:
    return {"Authorization": f"Bearer {keys.token('officer', subject='officer-1')}"}

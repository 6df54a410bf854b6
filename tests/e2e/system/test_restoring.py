"""A service's database is put back from a dump in mid-run, and nothing is lost, doubled or contradicted."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from stack.postgres import binaries

pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("played")]
Eventually = Callable[..., Awaitable[Any]]
TOLD = {
    "registry": "select enterprise_id, version, is_closed, headcount, district from enterprise order by 1",
}


async def run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(str(binaries() / program), *arguments)
    assert await process.wait() == 0


@pytest.mark.parametrize("service", TOLD)
async def test_a_service_restored_from_a_dump_agrees_with_all_that_was_said(
    system: Any, service: str, tmp_path: Path
) -> None:
    await system.balanced()
    dsn, copy = system.stack.postgres.dsn(service), str(tmp_path / "copy")
    await run("pg_dump", "-Fc", "-f", copy, dsn)
    await system.take_in(40)
    programme = (await system.house.doors.registry.get("/programmes"))[0]["programme_id"]
    await _plan(system, programme)
    before, lines = await system.fetch(service, TOLD[service]), await system.balanced()
    assert await system.house.processes[service].stop() == 0
    await run("pg_restore", "--clean", "--if-exists", "-d", dsn, copy)
    assert await system.fetch(service, TOLD[service]) != before
    await system.start(service)
    assert await system.fetch(service, TOLD[service]) == before
    assert await system.balanced() == lines
    await system.take_in(20)
    await _plan(system, programme)
    await system.balanced()


async def _plan(system: Any, programme_id: str) -> None:
    """Another plan, to its end: every visit to those who are new is said, if not by it then between plans."""
    doors = system.house.doors.scheduling
    plan = await doors.post(f"/programmes/{programme_id}/plans", b"{}")
    async with asyncio.timeout(240):
        while (told := await doors.get(f"/plans/{plan['plan_id']}"))["state"] not in ("published", "refused"):
            await asyncio.sleep(0.3)
    assert [reason["code"] for reason in told["reasons"]] in ([], ["nothing_to_plan"]), told["reasons"]

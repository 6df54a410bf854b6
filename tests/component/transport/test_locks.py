"""A program that stands still in the middle of a COPY loses its session once another waits for its locks."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from events.transport.locks import FROZEN_SECONDS, FrozenSessions

NOBODY = UUID(int=0)
ROWS = 50_000
PROGRESS = "select bytes_processed from pg_stat_progress_copy join pg_stat_activity using (pid)"
AT_REST = f"{PROGRESS} where wait_event = 'ClientRead'"
Feeding = AsyncGenerator[tuple[UUID, int]]


@dataclass
class Copying:
    """A transaction that holds the first note and is in the middle of a COPY of further ones."""

    more: asyncio.Event = field(default_factory=asyncio.Event)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def rows(self) -> Feeding:
        """Half of the rows at once, the other half when asked for, and an end when told."""
        for asked in (self.more, self.enough):
            for n in range(ROWS):
                yield NOBODY, n
            self.begun.set()
            await asked.wait()

    async def run(self, connection: Any) -> None:
        async with connection.transaction():
            await connection.execute("update note set version = 2")
            await connection.copy_records_to_table("note", columns=["key", "version"], records=self.rows())


@pytest.fixture
async def held(notebook: Any) -> AsyncGenerator[tuple[Copying, asyncio.Task[None]]]:
    """A COPY that stands still, on a connection of its own."""
    await notebook.pool.execute("insert into note (key, version) values ($1, 1)", NOBODY)
    connection, copying = await asyncpg.connect(notebook.dsn), Copying()
    running = asyncio.create_task(copying.run(connection))
    await copying.begun.wait()
    await _at_rest(notebook.pool)
    yield copying, running
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    connection.terminate()


@pytest.fixture
async def waiting(notebook: Any, held: Any) -> AsyncGenerator[asyncio.Task[Any]]:
    """Somebody who wants the row that the COPY's transaction holds."""
    task = asyncio.create_task(notebook.pool.execute("update note set version = 3 where version = 1"))
    await _eventually(notebook.pool, "select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock')")
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def look(notebook: Any) -> Callable[[float], Awaitable[int]]:
    """`await look(9.0)`: look again so many seconds later; how many sessions were ended."""
    now = [0.0]
    sessions = FrozenSessions(lambda: now[0])

    async def after(seconds: float) -> int:
        now[0] += seconds
        return await sessions.end(notebook.pool)

    return after


async def test_a_copy_that_stands_still_is_ended_and_whoever_waited_goes_on(held: Any, waiting: Any, look: Any) -> None:
    assert await look(0) == 0
    assert await look(FROZEN_SECONDS - 1) == 0
    assert await look(1) == 1
    assert await waiting == "UPDATE 1"
    copying, running = held
    copying.more.set()
    copying.enough.set()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await running


async def test_a_copy_that_moves_is_left_alone(notebook: Any, held: Any, waiting: Any, look: Any) -> None:
    copying, running = held
    assert await look(0) == 0
    before = await notebook.pool.fetchval(PROGRESS)
    copying.more.set()
    await _eventually(notebook.pool, f"select exists ({PROGRESS} where bytes_processed > {before})")
    assert await look(FROZEN_SECONDS) == 0
    copying.enough.set()
    await running
    assert await waiting == "UPDATE 0"


async def test_a_copy_that_keeps_nobody_waiting_is_left_alone(held: Any, look: Any) -> None:
    assert [await look(FROZEN_SECONDS) for _ in range(3)] == [0, 0, 0]
    copying, running = held
    copying.more.set()
    copying.enough.set()
    await running


async def _eventually(pool: Any, question: str) -> None:
    async with asyncio.timeout(30):
        while not await pool.fetchval(question):
            await asyncio.sleep(0.02)


async def _at_rest(pool: Any) -> None:
    """Wait until the server has taken in what was sent."""
    seen: list[Any] = []
    async with asyncio.timeout(30):
        while not seen or seen[-1] is None or seen[-5:] != [seen[-1]] * 5:
            seen.append(await pool.fetchval(AT_REST))
            await asyncio.sleep(0.1)

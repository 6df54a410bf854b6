"""The epoch of what is said is at least PostgreSQL's timeline, and never falls, on whichever server the copy lies."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest

from events.contracts.envelope import Announcement
from events.transport import said
from events.transport.db import Pool
from events.transport.outbox import transaction
from events.transport.said import Heights


@pytest.fixture
def pool(notebook: Any) -> Pool:
    """A pool on a database with an outbox."""
    return notebook.pool


async def say(pool: Pool, announcements: Iterable[Announcement]) -> tuple[int, int]:
    """Epoch and number of the last fact said."""
    async with transaction(pool) as tx:
        tx.announce(announcements)
    row = await pool.fetchrow("select epoch, number from transport.outbox order by number desc limit 1")
    assert row is not None
    return row["epoch"], row["number"]


async def test_it_begins_at_the_timeline_and_rises_with_it(pool: Pool, announcement: Any) -> None:
    timeline = await pool.fetchval("select transport.timeline()")
    assert await say(pool, [announcement(uuid4())]) == (timeline, 1)
    await pool.execute("update transport.source set epoch = $1", timeline - 1)  # the server was failed over since
    assert (await say(pool, [announcement(uuid4())]))[0] == timeline
    assert await pool.fetchval("select epoch from transport.source") == timeline


async def test_it_stays_above_the_timeline_of_a_younger_server(pool: Pool, announcement: Any) -> None:
    await pool.execute("update transport.source set epoch = 40")
    assert (await say(pool, [announcement(uuid4())]))[0] == 40


async def test_what_is_said_after_a_reading_back_is_above_all_that_was_read(pool: Pool, announcement: Any) -> None:
    async with transaction(pool) as tx:
        await said.rise_above(tx.db, Heights(7, {3: 500, 4: 900}))
        await said.rise_above(tx.db, Heights(2, {3: 4}))  # a second look, after a kill, takes nothing back
    assert await say(pool, [announcement(uuid4())]) == (8, 901)


async def test_an_epoch_that_rises_leaves_the_sign_of_the_database(pool: Pool, announcement: Any) -> None:
    await said.mark(pool)
    await pool.execute("update transport.source set epoch = 0, written_by = pg_current_xact_id()")
    await say(pool, [announcement(uuid4())])
    assert await said.is_as_left(pool)
    await pool.execute("update transport.source set epoch = epoch")  # a row that somebody else wrote, as a restore does
    assert not await said.is_as_left(pool)

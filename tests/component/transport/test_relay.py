"""The relay takes no more from the outbox at once than fits in memory, and clears it away in small steps."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from events.transport import metrics
from events.transport.db import Pool
from events.transport.publishing import LANE_BYTES, Publisher, tell_age, waiting_rows

WRITE = """
    insert into transport.outbox
        (id, aggregatetype, aggregateid, type, payload, lane, epoch, source, subject, sequence, time, correlationid)
    select '', '', '', '', convert_to(repeat('x', $2), 'UTF8'), $1, 1, '', '', '', '', ''
    from generate_series(1, $3::integer)
"""


@pytest.fixture
def pool(notebook: Any) -> Pool:
    """A pool on a database with an outbox."""
    return notebook.pool


async def write(pool: Pool, lane: int, rows: int, *, size: int = 1) -> None:
    await pool.execute(WRITE, lane, size, rows)


def numbers(rows: Sequence[asyncpg.Record], lane: int) -> list[int]:
    return [row["number"] for row in rows if row["lane"] == lane]


async def test_a_lane_is_read_in_order_up_to_its_rows(pool: Pool) -> None:
    for lane in (3, 7, 3):
        await write(pool, lane, 10)
    async with pool.acquire() as db:
        rows = await waiting_rows(db, 15)
    assert len(numbers(rows, 3)) == 15
    assert numbers(rows, 3) == sorted(numbers(rows, 3))
    assert len(numbers(rows, 7)) == 10


async def test_large_facts_are_read_a_few_at_a_time(pool: Pool) -> None:
    size = LANE_BYTES // 4 + 1
    await write(pool, 3, 10, size=size)
    await write(pool, 7, 10)
    async with pool.acquire() as db:
        rows = await waiting_rows(db, 1_000)
    assert len(numbers(rows, 3)) == 4
    assert len(numbers(rows, 7)) == 10


async def test_a_fact_larger_than_the_bound_is_still_read(pool: Pool) -> None:
    await write(pool, 3, 2, size=LANE_BYTES + 1)
    async with pool.acquire() as db:
        assert len(await waiting_rows(db, 1_000)) == 1


async def test_what_was_published_is_cleared_away_in_steps_and_what_waits_stays(pool: Pool) -> None:
    await write(pool, 3, 1_200)
    await write(pool, 7, 5)
    published = await pool.fetchval("select max(number) - 100 from transport.outbox where lane = 3")
    await pool.execute("update transport.relay_cursor set number = $1 where lane = 3", published)
    publisher = Publisher()
    async with pool.acquire() as db:
        assert await publisher.sweep_once(db) == 0  # published, but kept for a day
        publisher.keep_seconds = 0
        steps = [await publisher.sweep_once(db) for _ in range(4)]
    assert steps == [500, 500, 100, 0]
    left = await pool.fetch("select lane, count(*) from transport.outbox group by lane order by lane")
    assert [tuple(row) for row in left] == [(3, 100), (7, 5)]


async def test_the_age_told_is_that_of_the_oldest_fact_that_waits_in_any_lane(pool: Pool) -> None:
    await tell_age(pool)
    assert _age() == 0
    for lane in (3, 7):
        await write(pool, lane, 2)
    old = "update transport.outbox set created_at = now() - make_interval(hours => $1) where lane = $2"
    for hours, lane in ((3, 3), (2, 7)):
        await pool.execute(old, hours, lane)
    await tell_age(pool)
    assert _age() == pytest.approx(3 * 3600, abs=60)
    await pool.execute("update transport.relay_cursor set number = 1000 where lane = 3")
    await tell_age(pool)
    assert _age() == pytest.approx(2 * 3600, abs=60)


def _age() -> float:
    [[sample]] = [family.samples for family in metrics.UNPUBLISHED_AGE.collect()]
    return sample.value

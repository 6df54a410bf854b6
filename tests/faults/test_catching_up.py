"""A restored service decides nothing before it has heard others again as far as when it said what it took back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from events.transport import said
from events.transport.db import Pool
from events.transport.parts import Parts
from events.transport.recall import Recall
from source import Source
from world import eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
HEARD_ALL = """
    insert into transport.position (consumer, topic, partition, next_offset)
    select $1, topic, partition, next_offset from transport.said
"""


async def test_nothing_is_decided_before_others_are_heard_again_as_far_as_before(source: Source) -> None:
    source.heard_topics = frozenset({source.note.topic})
    await source.begin()
    copy = await source.dump()
    await source.say(["one", "two", "three"], "after")
    await source.restore(copy)
    async with source.open() as pool:
        await source.recall(pool).look()  # and is killed while it catches up
    async with source.open() as pool:
        away = Recall(source.name, "127.0.0.1:1", pool, {})
        await away.recognise()
        assert away.closed
    async with source.open() as pool, _at_work(source, pool) as (parts, worked):
        recall = parts.recall
        assert recall

        async def is_told() -> bool:
            return "hearing others again" in "".join(parts.trouble)

        await eventually(is_told, seconds=30, what="it tells for what it waits")
        assert recall.closed
        assert not worked.is_set()
        await pool.execute(HEARD_ALL, source.name)  # as its consumer moves
        async with asyncio.timeout(30):
            await worked.wait()
        assert (parts.trouble, recall.closed) == ([], None)
        assert await said.is_as_left(pool)


@asynccontextmanager
async def _at_work(source: Source, pool: Pool) -> AsyncGenerator[tuple[Parts, asyncio.Event]]:
    """Its parts, and whether its own work has begun."""
    worked = asyncio.Event()

    async def work(_: Pool) -> None:
        worked.set()

    async def verify() -> None:
        pass

    parts = Parts(pool, None, None, {"work": work}, verify)
    parts.recall = source.recall(pool)
    running = asyncio.create_task(parts.run())
    try:
        yield parts, worked
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

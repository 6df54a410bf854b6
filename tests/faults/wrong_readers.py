"""The two well-known wrong ways to read an outbox, so that the load is shown to be one which they fail under."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager

import asyncpg

from events.transport.db import Connection
from world import World

_BY_NUMBER = """
    select number, type, payload from transport.outbox where number > $1 order by number limit 5000
"""
_HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_BY_TRANSACTION = """
    select type, payload from transport.outbox
    where xmin::text::bigint >= $1 and xmin::text::bigint < $2 order by xmin::text::bigint, number
"""

WRONGLY_READ: dict[str, list[tuple[str, int]]] = {}
"""World -> (key, n) pairs in the order in which its wrong reader saw them."""


async def by_number(world: World) -> None:
    """Believe that a lower number is always visible before a higher one."""
    seen = WRONGLY_READ.setdefault(world.name, [])
    cursor = 0
    async with _connected(world.source) as connection:
        while True:
            rows = await connection.fetch(_BY_NUMBER, cursor)
            cursor = rows[-1]["number"] if rows else cursor
            seen += _words(rows)
            await asyncio.sleep(0.01)


async def by_transaction(world: World) -> None:
    """Believe that an older transaction id is an earlier commit."""
    seen = WRONGLY_READ.setdefault(world.name, [])
    begin = 0
    async with _connected(world.source) as connection:
        while True:
            horizon = await connection.fetchval(_HORIZON)
            seen += _words(await connection.fetch(_BY_TRANSACTION, begin, horizon))
            begin = horizon
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator[Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        connection.terminate()


def _words(rows: list[asyncpg.Record]) -> list[tuple[str, int]]:
    facts = [json.loads(row["payload"]) for row in rows if ".word." in row["type"]]
    return [(fact["word"], fact["n"]) for fact in facts]


WRONG_READERS: dict[str, Callable[[World], Coroutine[None, None, None]]] = {
    "by_number": by_number,
    "by_transaction": by_transaction,
}

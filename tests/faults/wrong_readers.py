"""The two well-known wrong ways to read an outbox, so that the load is shown to be one which they fail under."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from audit import Verdict, judge
from events.transport.db import Connection
from world import eventually, fetch

_BY_NUMBER = """
    select number, type, payload from transport.outbox where number > $1 order by number limit 5000
"""
_HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_BY_TRANSACTION = """
    select number, type, payload from transport.outbox
    where xmin::text::bigint >= $1 and xmin::text::bigint < $2 order by xmin::text::bigint, number
"""


@dataclass
class Reader:
    """What a wrong reader has seen."""

    words: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """(key, n) pairs in the order in which it saw them."""
    furthest: int = 0
    """The highest number of the outbox among them."""

    def take(self, rows: Sequence[asyncpg.Record]) -> None:
        facts = [json.loads(row["payload"]) for row in rows if ".word." in row["type"]]
        self.words += [(fact["word"], fact["n"]) for fact in facts]
        self.furthest = max(self.furthest, *(row["number"] for row in rows), 0)

    async def reaches_the_end(self, dsn: str, *, seconds: float = 60) -> None:
        """Wait until it has read as far as the outbox goes: what it has not seen then, it has passed by."""
        [end] = await fetch(dsn, "select max(number) from transport.outbox")

        async def is_there() -> bool:
            return self.furthest >= end["max"]

        await eventually(is_there, seconds=seconds, what="the wrong reader reads to the end")

    async def judged(self, dsn: str) -> Verdict:
        """Its words against those that were said."""
        return judge([(row["key"], row["n"]) for row in await fetch(dsn, "select key, n from said")], self.words)


async def by_number(reader: Reader, dsn: str) -> None:
    """Believe that a lower number is always visible before a higher one."""
    async with _connected(dsn) as connection:
        while True:
            reader.take(await connection.fetch(_BY_NUMBER, reader.furthest))
            await asyncio.sleep(0.01)


async def by_transaction(reader: Reader, dsn: str) -> None:
    """Believe that an older transaction id is an earlier commit."""
    begin = 0
    async with _connected(dsn) as connection:
        while True:
            horizon = await connection.fetchval(_HORIZON)
            reader.take(await connection.fetch(_BY_TRANSACTION, begin, horizon))
            begin = horizon
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator[Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        connection.terminate()


WRONG_READERS: dict[str, Callable[[Reader, str], Coroutine[None, None, None]]] = {
    "by_number": by_number,
    "by_transaction": by_transaction,
}

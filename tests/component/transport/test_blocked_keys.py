"""A key waits behind a dead letter, and behind none it does not: the database says so, whatever was missed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import TopicPartition

from events.transport.batch import Batches
from events.transport.breaker import Breaker
from events.transport.db import is_transient, open_pool
from events.transport.dead_letters import discard
from events.transport.positions import FencedError, places_of

BAD = UUID("bad00000-0000-4000-8000-000000000000")
PARTITION = TopicPartition("registry.enterprise.v1", 3)


class LosesTheReply:
    """Stands between a pool and the server, and cuts the line once the next COMMIT has been done but not answered."""

    def __init__(self, dsn: str) -> None:
        self._server = urlsplit(dsn)
        self.is_armed = False

    def address(self, port: int) -> str:
        """The same database, asked for here."""
        who = self._server.netloc.rpartition("@")[0]
        return urlunsplit(self._server._replace(netloc=f"{who}@127.0.0.1:{port}", query=""))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await self._connected()
        cut = asyncio.Event()
        with suppress(ConnectionError, OSError):
            await asyncio.gather(self._pass_on(reader, back, cut), self._bring_back(there, writer, cut))
        for end in (back, writer):
            end.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if folder := parse_qs(self._server.query).get("host"):
            return await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.{self._server.port or 5432}")
        return await asyncio.open_connection(self._server.hostname, self._server.port)

    async def _pass_on(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        while said := await reader.read(65_536):
            if self.is_armed and b"COMMIT;" in said:
                self.is_armed = False
                cut.set()
            back.write(said)
            await back.drain()
        back.write_eof()

    async def _bring_back(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        while (said := await there.read(65_536)) and not cut.is_set():
            writer.write(said)
            await writer.drain()
        writer.transport.abort() if cut.is_set() else writer.close()


@asynccontextmanager
async def consumer_that_loses_a_reply(notebook: Any) -> AsyncGenerator[tuple[Batches, LosesTheReply]]:
    between = LosesTheReply(notebook.dsn)
    async with await asyncio.start_server(between.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        pool = await open_pool(between.address(port), most=2)
        try:
            batches = Batches("eligibility", pool, notebook.hears, Breaker(20, 1.0))
            batches.places = await places_of(pool, "eligibility", {PARTITION: 0})
            yield batches, between
        finally:
            pool.terminate()


async def test_a_key_stays_blocked_though_the_reply_to_the_commit_was_lost(notebook: Any, closed: Any) -> None:
    async with consumer_that_loses_a_reply(notebook) as (consumer, between):
        between.is_armed = True
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as lost:
            await consumer.apply([closed(0, uuid4()), closed(1, BAD, value=b"{")])
        assert is_transient(lost.value)
        assert await notebook.letters() == [(1, "not_json")]
        consumer.places = await places_of(notebook.pool, "eligibility", {PARTITION: 0})  # as it does after any fault
        await consumer.apply([closed(2, BAD, version=2), closed(3, uuid4())])
    assert [name for name, _ in await notebook.notes()].count(BAD) == 0
    assert await notebook.letters() == [(1, "not_json"), (2, "parked")]


async def test_a_key_whose_only_letter_was_given_up_goes_on_at_once(notebook: Any, closed: Any) -> None:
    consumer = await notebook.consumer()
    await consumer.apply([closed(0, BAD, value=b"{")])
    assert await give_up(notebook) == 1
    await consumer.apply([closed(1, BAD, version=2)])
    assert await notebook.notes() == [(BAD, 2)]
    assert await notebook.letters() == []


async def test_poison_that_the_database_has_forgotten_is_kept_anew_for_what_it_is(notebook: Any, closed: Any) -> None:
    consumer = await notebook.consumer()
    before = dict(consumer.places)
    await consumer.apply([closed(0, BAD, value=b"{")])
    for lost in ("transport.dead_letter", "transport.outbox"):  # the last commits of a server that crashed
        await notebook.pool.execute(f"delete from {lost}")
    await notebook.pool.execute("update transport.position set next_offset = 0, epoch = 0, number = 0")
    consumer.places = before
    await consumer.apply([closed(0, BAD, value=b"{")])
    assert await notebook.letters() == [(0, "not_json")]
    assert len(await notebook.said("eligibility.dlq")) == 1


async def test_who_was_taken_over_redrives_nothing(notebook: Any, closed: Any) -> None:
    notebook.unbearable[BAD] = "select 1 / 0"
    sleeper = await notebook.consumer()
    await sleeper.apply([closed(0, BAD)])
    successor = await notebook.consumer()
    await successor.apply([closed(1, BAD, version=2)])
    notebook.unbearable.clear()
    await notebook.pool.execute("update transport.dead_letter set redrive_requested_at = now()")
    with pytest.raises(FencedError):
        await sleeper.redrive()
    assert await notebook.notes() == []
    await successor.redrive()
    assert await notebook.notes() == [(BAD, 1), (BAD, 2)]


async def test_a_record_is_given_up_only_when_the_batch_in_hand_has_ended(notebook: Any, closed: Any) -> None:
    consumer = await notebook.consumer()
    await consumer.apply([closed(0, BAD, value=b"{")])
    slow = uuid4()
    notebook.unbearable[slow] = "select pg_sleep(1)"
    applying = asyncio.create_task(consumer.apply([closed(1, BAD, version=2), closed(2, slow)]))
    await asyncio.sleep(0.4)
    assert await give_up(notebook) == 1
    assert applying.done() or [offset for offset, _ in await notebook.letters()] == [1]
    await applying
    assert await notebook.letters() == [(1, "parked")]


async def give_up(notebook: Any) -> int:
    async with notebook.pool.acquire() as db:
        return await discard(db, *PARTITION, 0)

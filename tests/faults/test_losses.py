"""A log that is not the one that was read, or not all of it, is told before anything is read from it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from events.contracts.envelope import FACTS, Fact
from events.transport.consumer import Consumer
from events.transport.db import Pool, migrate, open_pool
from events.transport.lanes import LANES
from events.transport.settings import TransportSettings
from events.transport.wire import headers_of
from stack import Stack
from world import eventually, fetch

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
CUT = "update transport.position set next_offset = 3"
ANEW = "update transport.position set next_offset = 0, epoch = 0, number = 0, latest_timestamp = 0"
Consuming = Callable[..., AbstractAsyncContextManager[Consumer]]


class LineSaid(Fact, type="losses.line.said.v1", key="line"):
    """The n-th line of a log."""

    line: str


PARTITION = TopicPartition(LineSaid.topic, 3)


class Settings(TransportSettings):
    """Without a door."""

    http_port: int = 0
    access_keys: Path = Path("/dev/null")


@pytest.fixture
async def pool(stack: Stack) -> AsyncGenerator[Pool]:
    """A database of a consumer's own."""
    await fetch(stack.postgres.admin_dsn, "create database losses")
    dsn = stack.postgres.admin_dsn.rpartition("/")[0] + "/losses"
    await migrate(dsn, "events.transport")
    pool = await open_pool(dsn)
    yield pool
    await pool.close()
    await fetch(stack.postgres.admin_dsn, "drop database losses with (force)")


@pytest.fixture
async def admin(stack: Stack) -> AsyncGenerator[AIOKafkaAdminClient]:
    """Who makes the topic, cuts it short and removes it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(LineSaid.topic, LANES, 1)])
    yield admin
    await _remove(admin)
    await admin.close()


@pytest.fixture
def consuming(stack: Stack, pool: Pool) -> Consuming:
    """`async with consuming() as consumer`: an instance that hears lines."""

    async def on_line(*_: object) -> None:
        pass

    @asynccontextmanager
    async def start(**more: Any) -> AsyncGenerator[Consumer]:
        settings = Settings(kafka_bootstrap=stack.kafka.bootstrap, database_url="", session_timeout_ms=6_000)
        consumer = Consumer("losses", settings, pool, {LineSaid: on_line}, **more)
        running = asyncio.create_task(consumer.run())
        try:
            yield consumer
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    return start


async def test_a_first_visit_of_a_log_that_was_cut_short_is_no_beginning(
    stack: Stack, pool: Pool, admin: AIOKafkaAdminClient, consuming: Consuming
) -> None:
    await _say(stack, 5)
    await admin.delete_records({PARTITION: RecordsToDelete(3)})
    async with consuming() as consumer:
        await _told(consumer, "position 0, but the log has 3 to 5")
        assert await _place(pool) == 0
    await pool.execute(f"{CUT} where partition = 3")
    async with consuming():
        await eventually(lambda: _stands(pool, 5), seconds=60, what="it goes on from where it was set")
    await pool.execute("delete from transport.position")
    async with consuming(fleeting={LineSaid.topic}):
        await eventually(lambda: _stands(pool, 5), seconds=60, what="what is not kept for ever begins where it begins")


async def test_a_topic_made_anew_that_has_grown_past_the_position_is_told(
    stack: Stack, pool: Pool, admin: AIOKafkaAdminClient, consuming: Consuming
) -> None:
    await _say(stack, 3)
    async with consuming():
        await eventually(lambda: _stands(pool, 3), seconds=60, what="it has heard three lines")
    async with consuming() as consumer:
        await _say(stack, 1, first=4)
        await eventually(lambda: _stands(pool, 4), seconds=60, what="it goes on in the same log")
        assert consumer.trouble is None
    await _remove(admin)
    await admin.create_topics([NewTopic(LineSaid.topic, LANES, 1)])
    await _say(stack, 6)
    async with consuming() as consumer:
        await _told(consumer, "position 4, but the log before it is not what was heard")
        assert await _place(pool) == 4
    await pool.execute(ANEW)
    async with consuming():
        await eventually(lambda: _stands(pool, 6), seconds=60, what="it has heard the new log")


async def _say(stack: Stack, lines: int, *, first: int = 1) -> None:
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka.bootstrap) as producer:
        for number in range(first, first + lines):
            fact = LineSaid(line=f"line {number}")
            row = {
                "id": str(uuid5(FACTS, fact.line)), "source": fact.source, "type": fact.type, "subject": fact.subject,
                "time": "2023-04-12T00:00:00+00:00", "aggregateid": fact.key, "sequence": "1", "correlationid": "c",
                "causationid": None, "traceparent": None, "epoch": 1, "number": number,
            }  # fmt: skip
            value = fact.model_dump_json().encode()
            await producer.send_and_wait(
                LineSaid.topic, value, fact.key.encode(), PARTITION.partition, headers=headers_of(row)
            )


async def _told(consumer: Consumer, what: str) -> None:
    async def is_told() -> bool:
        return what in (consumer.trouble or "")

    await eventually(is_told, seconds=60, what=f"readiness says: {what}")


async def _place(pool: Pool) -> int | None:
    return await pool.fetchval("select next_offset from transport.position where partition = 3")


async def _stands(pool: Pool, at: int) -> bool:
    return await _place(pool) == at


async def _remove(admin: AIOKafkaAdminClient) -> None:
    async def is_gone() -> bool:
        return LineSaid.topic not in await admin.list_topics()

    await admin.delete_topics([LineSaid.topic])
    await eventually(is_gone, seconds=60, what="the topic is gone")

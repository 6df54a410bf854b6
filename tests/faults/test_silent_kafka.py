"""A broker that stands still without going away: the relay does not wait for ever, and nothing is lost by that."""

import asyncio
import signal
from contextlib import suppress

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from events.transport.publishing import Publisher
from source import Source

pytestmark = pytest.mark.faults
KEYS = [f"key-{n}" for n in range(24)]


async def test_a_relay_gives_up_on_what_kafka_never_acknowledges_and_sends_it_afresh(source: Source) -> None:
    await source.say(KEYS, "before")
    async with source.open() as pool:
        await pool.execute("update transport.relay_cursor set number = 0")  # all of it is to be sent again
    session, broker, publisher = await asyncpg.connect(source.dsn), source.stack.kafka.process, Publisher()
    publisher.silent_seconds = 3.0
    bootstrap = source.stack.kafka.bootstrap
    try:
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
        await producer.start()
        broker.signal(signal.SIGSTOP)
        async with asyncio.timeout(20):
            with pytest.raises(KafkaTimeoutError, match="acknowledged nothing"):
                await publisher.publish_once(session, producer)
        broker.signal(signal.SIGCONT)
        assert await session.fetchval("select max(number) from transport.relay_cursor") == 0
        async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as afresh:
            sent = 0
            while sent < len(KEYS):
                with suppress(KafkaError):  # a broker that has just come back
                    sent += await publisher.publish_once(session, afresh)
        await producer.stop()
    finally:
        broker.signal(signal.SIGCONT)
        await session.close()

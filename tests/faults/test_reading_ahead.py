"""What is read ahead while Kafka works is read again after a fault: nothing overtakes what Kafka refused."""

from collections.abc import AsyncGenerator
from contextlib import suppress

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from events.transport.lanes import LANES
from events.transport.publishing import Publisher
from source import Source
from world import reader

pytestmark = pytest.mark.faults
LANE, FACTS = 3, 7
WRITE = """
    insert into transport.outbox
        (id, aggregatetype, aggregateid, type, payload, lane, epoch, source, subject, sequence, time, correlationid)
    select '', $1, '', '', convert_to(n || repeat(' ', case n when 4 then 5000 else 0 end), 'UTF8'),
           $2, 1, '', '', '', '', ''
    from generate_series(1, 7) n
"""


@pytest.fixture
async def session(source: Source) -> AsyncGenerator[asyncpg.Connection]:
    """A relay's session."""
    db = await asyncpg.connect(source.dsn)
    yield db
    await db.close()


@pytest.fixture
async def admin(source: Source) -> AsyncGenerator[AIOKafkaAdminClient]:
    """Who makes the topic, says how large a batch may be, and removes it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=source.stack.kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(source.name, LANES, 1, topic_configs={"max.message.bytes": "2000"})])
    yield admin
    await admin.delete_topics([source.name])
    await admin.close()


def producer(source: Source) -> AIOKafkaProducer:
    bootstrap = source.stack.kafka.bootstrap
    return AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, max_batch_size=1 << 20)


async def published(source: Source) -> list[str]:
    partition = TopicPartition(source.name, LANE)
    async with reader(source.stack.kafka.bootstrap) as kafka:
        kafka.assign([partition])
        end = (await kafka.end_offsets([partition]))[partition]
        return [((await kafka.getone(partition)).value or b"").decode().strip() for _ in range(end)]


async def test_what_was_read_ahead_does_not_overtake_what_kafka_refused(
    source: Source, session: asyncpg.Connection, admin: AIOKafkaAdminClient
) -> None:
    await session.execute(WRITE, source.name, LANE)
    publisher = Publisher(lane_rows=2)
    async with producer(source) as kafka:
        assert await publisher.publish_once(session, kafka) == 2
        with pytest.raises(MessageSizeTooLargeError):  # the third and the fourth, while the next two are read ahead
            await publisher.publish_once(session, kafka)
    larger = ConfigResource(ConfigResourceType.TOPIC, source.name, configs={"max.message.bytes": "10000"})
    await admin.alter_configs([larger])
    while len(await published(source)) < FACTS:
        with suppress(MessageSizeTooLargeError):  # a broker hears of its configuration a little later
            async with producer(source) as kafka:
                while await publisher.publish_once(session, kafka):
                    pass
    assert await published(source) == [*"1234567"]

"""What the tests of the embedded stack share: one running stack, clients, and a look at the processes left."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from stack import Stack
from stack.leash import started

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stack]:
    """A running stack of the module's own."""
    async with Stack.up(tmp_path_factory.mktemp("stack")) as made:
        yield made


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something is so; the test's own time limit ends what never comes."""

    async def wait(is_so: Callable[[], bool]) -> None:
        while not is_so():
            await asyncio.sleep(0.05)

    return wait


@pytest.fixture
def living() -> Callable[[Path], list[str]]:
    """The programs alive whose command line names this folder."""

    def look(folder: Path) -> list[str]:
        found: list[str] = []
        for process in psutil.process_iter(["pid", "cmdline"]):
            line = " ".join(process.info["cmdline"] or [])
            if str(folder) in line and started(process.pid):
                found.append(line)
        return found

    return look


@pytest.fixture
def write() -> Callable[[str, str, bytes], Awaitable[None]]:
    """`await write(bootstrap, topic, value)`: one record, into a topic that is made if it is not there."""

    async def put(bootstrap: str, topic: str, value: bytes) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        if topic not in await admin.list_topics():
            await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
        await admin.close()
        async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
            await producer.send_and_wait(topic, value)

    return put


@pytest.fixture
def read() -> Callable[[str, str], Awaitable[list[bytes]]]:
    """`await read(bootstrap, topic)`: all values of a topic of one partition."""

    async def get(bootstrap: str, topic: str) -> list[bytes]:
        place = TopicPartition(topic, 0)
        async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            end = (await consumer.end_offsets([place]))[place]
            return [(await consumer.getone()).value or b"" for _ in range(end)]

    return get

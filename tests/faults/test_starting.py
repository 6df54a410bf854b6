"""A service comes up without Kafka, waits for it, and does not shut its door when Kafka goes away later."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from httpx import AsyncClient, Response, TransportError

from access.keys import Keys
from events.transport import db, topics
from events.transport.topics import TopicsDifferError
from stack import Stack
from world import eventually, fetch

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
TOPICS = Path("deploy/topics.yaml")


@pytest.fixture
async def database(stack: Stack) -> AsyncGenerator[str]:
    """A migrated database of eligibility's."""
    name = "starting"
    await fetch(stack.postgres.admin_dsn, f"create database {name}")
    dsn = stack.postgres.admin_dsn.rpartition("/")[0] + f"/{name}"
    await db.migrate(dsn, "events.transport", "eligibility")
    yield dsn
    await fetch(stack.postgres.admin_dsn, f"drop database {name} with (force)")


@pytest.fixture
async def service(
    stack: Stack, database: str, tmp_path: Path, unused_tcp_port: int
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Eligibility, started while Kafka is away; its port is in `door`."""
    await topics.apply(stack.kafka.bootstrap, topics.Topics.read(TOPICS))
    await stack.kafka.stop()
    Keys.generate().write(tmp_path / "private.pem", tmp_path / "public.pem")
    settings = {
        "KAFKA_BOOTSTRAP": stack.kafka.bootstrap,
        "DATABASE_URL": database,
        "HTTP_PORT": str(unused_tcp_port),
        "ACCESS_KEYS": str(tmp_path / "public.pem"),
        "TOPICS_FILE": str(TOPICS),
    }
    environment = os.environ | {f"ELIGIBILITY_{name}": value for name, value in settings.items()}
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "eligibility", "serve", env=environment, stderr=log
        )
    yield process
    if process.returncode is None:
        process.terminate()
    await process.wait()
    await stack.kafka.start()


async def test_a_service_waits_for_kafka_and_stays_ready_without_it(
    stack: Stack, service: asyncio.subprocess.Process, unused_tcp_port: int
) -> None:
    async with AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}/health", timeout=30) as door:

        async def answers(status: int, word: str) -> bool:
            return (ready := await _ready(door)) is not None and ready.status_code == status and word in ready.text

        await eventually(lambda: answers(503, "Kafka does not answer"), seconds=60, what="it lives, but is not ready")
        assert (await door.get("/live")).status_code == 200
        await stack.kafka.start()
        await eventually(lambda: answers(200, '"waiting":[]'), seconds=60, what="it works once Kafka is there")
        await stack.kafka.kill()
        await eventually(lambda: answers(200, "Kafka does not answer"), seconds=90, what="it tells that Kafka is away")
        assert (await door.get("/live")).status_code == 200
        await stack.kafka.start()
        await eventually(lambda: answers(200, '"waiting":[]'), seconds=60, what="it goes on by itself")
    assert service.returncode is None


async def test_a_topic_that_is_compacted_is_named(stack: Stack, tmp_path: Path) -> None:
    name = "eligibility.compacted.v1"
    file = tmp_path / "topics.yaml"
    file.write_text(
        f"partitions: 12\nconfig: {{cleanup.policy: delete}}\ntopics: {{{name}: {{says: eligibility, hears: []}}}}\n"
    )
    wanted = topics.Topics.read(file)
    compacted = wanted.model_copy(update={"config": {"cleanup.policy": "compact"}})
    await topics.apply(stack.kafka.bootstrap, compacted)
    await topics.verify(stack.kafka.bootstrap, compacted, {name})
    with pytest.raises(TopicsDifferError, match=r"has cleanup\.policy=compact, the file says delete"):
        await topics.verify(stack.kafka.bootstrap, wanted, {name})


async def test_a_topic_that_forgets_is_named_with_everything_else_that_differs(stack: Stack, tmp_path: Path) -> None:
    name = "eligibility.forgetful.v1"
    file = tmp_path / "topics.yaml"
    file.write_text(
        f"partitions: 12\nconfig: {{retention.ms: '-1', max.message.bytes: '1048576'}}\n"
        f"topics: {{{name}: {{says: eligibility, hears: []}}}}\n"
    )
    wanted = topics.Topics.read(file)
    made = wanted.model_copy(update={"config": {"retention.ms": "604800000"}, "partitions": 3})
    await topics.apply(stack.kafka.bootstrap, made)
    said = (
        f"{name} has 3 partitions, the file says 12; {name} has retention.ms=604800000, the file says -1; "
        f"{name} has max.message.bytes=1048588, the file says 1048576. "
    )

    async def is_named() -> bool:
        with pytest.raises(TopicsDifferError) as differ:
            await topics.verify(stack.kafka.bootstrap, wanted, {name})
        return str(differ.value).startswith(said)

    await eventually(is_named, seconds=30, what="the new topic is there, and differs")


async def _ready(door: AsyncClient) -> Response | None:
    try:
        return await door.get("/ready")
    except TransportError:
        return None

"""A service's parts begin once the topics are verified, and not before, however long Kafka is away."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.errors import ClusterAuthorizationFailedError, KafkaConnectionError

from events.transport.parts import Parts
from events.transport.topics import TopicsDifferError


async def parts_of(answers: Sequence[Exception | None], begun: asyncio.Event) -> Parts:
    coming = iter(answers)

    async def verify() -> None:
        answer = next(coming)
        if answer:
            raise answer

    async def work(_: Any) -> None:
        begun.set()

    pool: Any = None
    return Parts(pool, None, None, {"work": work}, verify)


async def test_work_begins_when_kafka_answers_at_last() -> None:
    begun, answers = asyncio.Event(), [KafkaConnectionError("away"), OSError("away"), None]
    parts = await parts_of(answers, begun)
    running = asyncio.create_task(parts.run(patience=0.01))
    assert parts.trouble == ["the topics are being verified"]
    async with asyncio.timeout(30):
        await begun.wait()
    assert parts.trouble == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_while_kafka_is_away_nothing_begins_and_the_reason_is_told() -> None:
    begun = asyncio.Event()
    parts = await parts_of([KafkaConnectionError("no broker")], begun)
    running = asyncio.create_task(parts.run(patience=3600))
    while parts.trouble == ["the topics are being verified"]:
        await asyncio.sleep(0.01)
    assert "no broker" in parts.trouble[0]
    assert not begun.is_set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_process_with_nothing_but_the_door_goes_on() -> None:
    async def verify() -> None:
        pass

    pool: Any = None
    parts = Parts(pool, None, None, {}, verify)
    running = asyncio.create_task(parts.run())
    while parts.trouble:
        await asyncio.sleep(0.01)
    await asyncio.wait({running}, timeout=0.1)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_topics_that_differ_end_it() -> None:
    begun = asyncio.Event()
    parts = await parts_of([KafkaConnectionError("away"), TopicsDifferError("3 partitions")], begun)
    with pytest.raises(TopicsDifferError):
        await parts.run(patience=0.01)
    assert not begun.is_set()


async def test_work_that_needs_no_kafka_waits_for_nothing() -> None:
    begun, tended = asyncio.Event(), asyncio.Event()
    parts = await parts_of([KafkaConnectionError("away"), TopicsDifferError("3 partitions")], begun)

    async def tend(_: Any) -> None:
        tended.set()

    running = asyncio.create_task(parts.run({"tending": tend}, patience=0.2))
    async with asyncio.timeout(30):
        await tended.wait()
    assert parts.not_begun
    with pytest.raises(TopicsDifferError):
        await running
    assert not begun.is_set()


async def test_what_kafka_refuses_is_not_called_its_absence() -> None:
    parts = await parts_of([ClusterAuthorizationFailedError()], asyncio.Event())
    running = asyncio.create_task(parts.run(patience=3600))
    while parts.trouble == ["the topics are being verified"]:
        await asyncio.sleep(0.01)
    assert parts.trouble[0].startswith("Kafka refuses")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

"""A partition is read from its place: no fault, however often it comes, and no client's slip may pass anything by."""

import asyncio
from collections.abc import Callable, Collection
from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    NotCoordinatorForGroupError,
    RequestTimedOutError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from events.transport.db import Pool
from events.transport.partitions import Partitions
from events.transport.positions import Place
from events.transport.wire import Record

PARTITION = TopicPartition("registry.enterprise.v1", 3)
Make = Callable[..., Record]


class Client:
    """As much of Kafka's client as is asked before anything is awaited."""

    def __init__(self) -> None:
        self.paused: set[TopicPartition] = set()
        self.sought: list[int] = []

    def assignment(self) -> Collection[TopicPartition]:
        return {PARTITION}

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= set(partitions)

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.sought.append(offset)


@pytest.fixture
def client() -> Client:
    """The client that the partitions are read with."""
    return Client()


@pytest.fixture
def partitions(client: Client) -> Partitions:
    """One partition, held at offset 100."""
    return Partitions("eligibility", cast(Pool, None), {PARTITION: Place(100)}, lambda: cast(AIOKafkaConsumer, client))


def test_a_batch_that_begins_behind_its_place_is_read_again(
    partitions: Partitions, client: Client, record: Make
) -> None:
    assert partitions.still_mine([record(150), record(151)]) == []
    assert client.sought == [100]
    assert [taken.offset for taken in partitions.still_mine([record(100), record(101)])] == [100, 101]


async def test_a_gap_that_stays_is_never_taken_and_is_told(
    partitions: Partitions, client: Client, record: Make
) -> None:
    for _ in range(6):
        assert partitions.still_mine([record(150)]) == []
    assert client.paused == {PARTITION}
    assert "missing" in str(partitions.trouble)
    assert [taken.offset for taken in partitions.still_mine([record(100)])] == [100]
    assert partitions.trouble is None
    partitions.leave()


def test_what_was_applied_before_is_left_out(partitions: Partitions, record: Make) -> None:
    assert [taken.offset for taken in partitions.still_mine([record(99), record(100)])] == [100]


async def test_a_fault_for_the_thousandth_time_still_goes_back(partitions: Partitions, client: Client) -> None:
    for _ in range(1_100):
        client.paused.clear()
        partitions.go_back(ConnectionError("away"))
        assert client.paused == {PARTITION}
    assert "attempt 1100" in str(partitions.waits_because)
    partitions.leave()


async def test_nothing_flows_before_the_database_has_said_where_to_begin(
    partitions: Partitions, client: Client
) -> None:
    async with partitions.busy:
        assigning = asyncio.create_task(partitions.on_partitions_assigned([PARTITION]))
        await asyncio.sleep(0)
        assert (client.paused, client.sought) == ({PARTITION}, [0])
        partitions.leave()
    await assigning


@pytest.mark.parametrize(
    ("error", "waits", "is_trouble"),
    [
        (KafkaConnectionError("away"), True, False),
        (RequestTimedOutError(), True, False),
        (NotCoordinatorForGroupError(), True, False),
        (TopicAuthorizationFailedError("registry.enterprise.v1"), False, True),
        (UnknownTopicOrPartitionError(), False, True),
    ],
)
async def test_to_wait_for_kafka_is_no_trouble_and_to_be_refused_by_it_is(
    partitions: Partitions, error: KafkaError, waits: bool, is_trouble: bool
) -> None:
    for _ in range(6):
        partitions.go_back(error)
    assert (bool(partitions.waits_for_kafka), bool(partitions.trouble)) == (waits, is_trouble)
    partitions.leave()

"""A dead consumer is seen, and one that waits for somebody else is not taken for dead."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from events.transport.positions import Place
from events.transport.pulse import Pulse

PARTITION = TopicPartition("registry.enterprise.v1", 3)
PLACES = {PARTITION: Place(5)}


class Client:
    """Kafka's client, with a clock of its own and a last answer to a fetch."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.fetched_at = self.now
        self.is_paused = False
        self.is_away = self.is_refused = False

    def assignment(self) -> Collection[TopicPartition]:
        return frozenset({PARTITION})

    def paused(self) -> Collection[TopicPartition]:
        return {PARTITION} if self.is_paused else set()

    def last_poll_timestamp(self, _: TopicPartition) -> float:
        return self.fetched_at * 1000

    def subscription(self) -> Collection[str]:
        return frozenset({PARTITION.topic})

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        if not partitions:
            return {}  # nothing is asked, and nobody
        if self.is_away:
            raise KafkaConnectionError("away")
        if self.is_refused:
            raise TopicAuthorizationFailedError("registry.enterprise.v1")
        return dict.fromkeys(partitions, 7)


@pytest.fixture
def client() -> Client:
    """A client whose partition flows."""
    return Client()


async def _after_a_silent_minute(client: Client, *, places: Mapping[TopicPartition, Place] = PLACES) -> Pulse:
    pulse = Pulse(lambda: client.now)
    for _ in range(60):
        client.now += 1
        await pulse.feel(cast(AIOKafkaConsumer, client), places)
    return pulse


async def test_a_fetcher_that_is_not_answered_while_kafka_is_there_is_dead(client: Client) -> None:
    assert not (await _after_a_silent_minute(client)).is_beating


async def test_a_consumer_that_waits_for_its_database_or_its_breaker_lives(client: Client) -> None:
    client.is_paused = True
    assert (await _after_a_silent_minute(client)).is_beating


async def test_kafkas_absence_is_told_also_by_who_holds_no_partition(client: Client) -> None:
    client.is_paused = True
    assert not (await _after_a_silent_minute(client, places={})).kafka_is_away
    client.is_away = True
    assert (await _after_a_silent_minute(client, places={})).kafka_is_away


async def test_kafkas_absence_is_told_and_is_no_death(client: Client) -> None:
    client.is_away = True
    pulse = await _after_a_silent_minute(client)
    assert (pulse.is_beating, pulse.kafka_is_away, pulse.refusal) == (True, True, None)


async def test_what_kafka_refuses_for_long_is_told_and_forgotten_when_it_answers(client: Client) -> None:
    client.is_refused = True
    pulse = await _after_a_silent_minute(client)
    assert "TopicAuthorizationFailed" in str(pulse.refusal)
    client.is_refused = False
    await pulse.feel(cast(AIOKafkaConsumer, client), {PARTITION: Place(5)})
    assert pulse.refusal is None


async def test_a_partition_that_has_records_and_does_not_move_is_told(client: Client) -> None:
    pulse = await _after_a_silent_minute(client)
    assert pulse.standing_still == []
    client.now += 90
    assert pulse.standing_still == [f"{PARTITION} at 5"]
    await pulse.feel(cast(AIOKafkaConsumer, client), {PARTITION: Place(7)})
    assert pulse.standing_still == []


def test_a_batch_in_hand_is_life_until_no_batch_can_take_so_long(client: Client) -> None:
    pulse = Pulse(lambda: client.now)
    with pulse.at_work():
        client.now += 60
        assert pulse.is_beating
        client.now += 600
        assert not pulse.is_beating
    assert pulse.is_beating


async def test_a_consumer_that_waited_long_to_join_its_group_begins_afresh(client: Client) -> None:
    pulse = Pulse(lambda: client.now)
    client.now += 3_600
    pulse.begin()
    assert (pulse.is_beating, pulse.kafka_is_away) == (True, False)

"""A relay that cannot publish says whether to wait helps, or somebody has to do something."""

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from events.transport.relay import Relay


@pytest.mark.parametrize("error", [TopicAuthorizationFailedError("registry"), MessageSizeTooLargeError()])
def test_what_kafka_refuses_again_and_again_is_trouble(error: Exception) -> None:
    relay = Relay("", "")
    for _ in range(5):
        relay.interrupted(error)
    assert (relay.trouble, relay.waits_for_kafka) == (None, None)
    relay.interrupted(error)
    assert type(error).__name__ in str(relay.trouble)
    relay.went_well()
    assert relay.trouble is None


@pytest.mark.parametrize("error", [KafkaConnectionError("away"), KafkaTimeoutError()])
def test_kafkas_absence_is_waited_for_however_long(error: Exception) -> None:
    relay = Relay("", "")
    for _ in range(100):
        relay.interrupted(error)
    assert relay.trouble is None
    assert type(error).__name__ in str(relay.waits_for_kafka)


def test_an_absent_database_is_told_by_readiness_itself() -> None:
    relay = Relay("", "")
    for _ in range(100):
        relay.interrupted(ConnectionRefusedError())
    assert (relay.trouble, relay.waits_for_kafka) == (None, None)

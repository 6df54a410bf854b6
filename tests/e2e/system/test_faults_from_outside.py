"""What happens to a running system from outside: poison in a topic, a broker or a database that is away."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from events.transport.lanes import lane_of
from rehearsal.house import SERVICES

pytestmark = pytest.mark.timeout(400)
TOPIC = "registry.enterprise.v1"
Eventually = Callable[..., Awaitable[Any]]
Header = tuple[str, Any]
HALF = b"00000000-0000-5000-8000-000000000001"
POISON: dict[str, tuple[bytes, Sequence[Header], str]] = {
    "no fact at all": (b"\x00\xff poison", [], "bad_envelope"),
    "a header without a value": (b"\x00 null header", [("ce_type", None)], "bad_envelope"),
    "half a fact": (
        b"half a fact",
        [
            *(
                ("ce_specversion", b"1.0"),
                ("ce_id", HALF),
                ("ce_type", b"registry.enterprise.registered.v1"),
                ("ce_source", b"/registry"),
            ),
            *(("ce_subject", b"s"), ("ce_time", b"2023-04-12T00:00:00+00:00"), ("ce_sequence", b"1")),
            *(("ce_partitionkey", b"half a fact"), ("anjeon_position", b"9" * 40 + b":1")),
        ],
        "not_json",
    ),
}


async def send(bootstrap: str, key: bytes, headers: Sequence[Header]) -> str:
    """Put a record that is no fact on the enterprises' topic; its place."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        sent = await producer.send_and_wait(TOPIC, b"{half a", key, lane_of(key), headers=list(headers))
        return f"{TOPIC}/{sent.partition}/{sent.offset}"


async def letters(system: Any, topic: str) -> dict[str, str]:
    """Places and causes told on a dead-letter topic."""
    told = [json.loads(record.value or b"") for record in await system.log(topic)]
    return {f"{letter['topic']}/{letter['partition']}/{letter['offset']}": letter["cause"] for letter in told}


@pytest.mark.usefixtures("played")
async def test_poison_is_told_by_everyone_who_hears_it_and_the_flow_goes_on(
    system: Any, eventually: Eventually
) -> None:
    sent = {await send(system.bootstrap, key, headers): cause for key, headers, cause in POISON.values()}

    for service in ("eligibility", "scheduling", "reporting"):

        async def is_told(topic: str = f"{service}.dlq") -> bool:
            return sent.items() <= (await letters(system, topic)).items()

        await eventually(is_told, f"the poison is told on {service}.dlq")
    before = {line.name: line.read_model for line in await system.balanced()}
    registered = await system.take_in(40)
    after = {line.name: line.read_model for line in await system.balanced()}
    assert after["enterprises_registered"] - before["enterprises_registered"] == registered
    for service in SERVICES:
        assert (await system.ask(service, "/health/ready")).status_code == 200


@pytest.mark.usefixtures("played")
async def test_what_is_said_while_the_broker_is_away_is_heard_when_it_is_back(system: Any) -> None:
    before = {line.name: line.read_model for line in await system.balanced()}
    await system.stack.kafka.kill()
    registered = await system.take_in(30)
    await system.stack.kafka.start()
    registered += await system.take_in(30)
    after = {line.name: line.read_model for line in await system.balanced()}
    assert after["enterprises_registered"] - before["enterprises_registered"] == registered
    decided = sum(after[name] - before[name] for name in ("eligible", "ineligible"))
    assert decided == registered


@pytest.mark.usefixtures("played")
async def test_readiness_says_that_the_database_is_away_and_when_it_is_back(
    system: Any, eventually: Eventually
) -> None:
    async def all_answer(status: int) -> bool:
        return all([(await system.ask(service, "/health/ready")).status_code == status for service in SERVICES])

    await eventually(lambda: all_answer(200), "all are ready")
    await system.stack.postgres.kill()
    await eventually(lambda: all_answer(503), "all say that they are not ready")
    for service in SERVICES:
        [trouble] = (await system.ask(service, "/health/ready")).json()["trouble"]
        assert trouble.startswith("database: ")
        assert (await system.ask(service, "/health/live")).json() == {"dead": []}
    await system.stack.postgres.start()
    await eventually(lambda: all_answer(200), "all are ready again")
    await system.take_in(10)
    await system.balanced()

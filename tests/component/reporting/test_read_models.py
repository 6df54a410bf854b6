"""The read models: the same whatever the order in which facts come, and however often."""

import random
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from events.contracts.envelope import Fact, Received
from events.transport.batch import Batches
from events.transport.breaker import Breaker
from events.transport.lanes import lane_of
from events.transport.positions import places_of
from events.transport.wire import headers_of
from reporting.handlers import HEARS


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
async def test_facts_in_any_order_and_again_give_the_same_document(reporting: Any, year: Any, seed: int) -> None:
    live, other, dice = await reporting(), await reporting(), random.Random(seed)
    facts = year().said
    await live.hear(facts)
    mixed = facts + dice.sample(facts, len(facts) // 3)
    dice.shuffle(mixed)
    await other.hear(mixed, batch=dice.randint(1, 60))
    assert await other.document() == await live.document()


async def test_topics_that_come_one_after_the_other_give_the_same_document_in_either_order(
    reporting: Any, year: Any
) -> None:
    forwards, backwards = await reporting(), await reporting()
    facts = year().said
    await forwards.hear(sorted(facts, key=lambda received: received.fact.topic))
    await backwards.hear(sorted(facts, key=lambda received: received.fact.topic, reverse=True))
    assert await forwards.document() == await backwards.document()


async def test_a_rebuild_from_the_log_equals_the_live_read_model(reporting: Any, year: Any) -> None:
    live, rebuilt = await reporting(), await reporting()
    await live.hear(year().said, batch=7)
    records = records_of(year().said)
    await consume(rebuilt, records[:90])
    await consume(rebuilt, records, batch=40)  # a new instance, to which the whole log is given again
    assert await rebuilt.document() == await live.document()
    assert (await rebuilt.get("/api/reconciliation", "service")).json() == (
        await live.get("/api/reconciliation", "service")
    ).json()


async def test_every_fact_is_in_the_books_once_however_often_it_came(reporting: Any, year: Any) -> None:
    office, facts = await reporting(), year().said
    await office.hear(facts)
    await office.hear(facts[::2])
    books = (await office.get("/api/reconciliation", "operator")).json()
    by_type: dict[str, int] = {}
    for received in facts:
        by_type[received.fact.type] = by_type.get(received.fact.type, 0) + 1
    assert books["facts"] == by_type
    assert books["states"]["enterprises_registered"] == by_type["registry.enterprise.registered.v1"]
    assert books["states"]["agencies_applied"] == by_type["registry.agency.applied.v1"]


async def test_a_commit_does_not_wait_for_the_disk(reporting: Any) -> None:
    office = await reporting()
    assert await office.pool.fetchval("show synchronous_commit") == "off"


def records_of(facts: list[Received[Fact]]) -> list[ConsumerRecord[bytes | None, bytes | None]]:
    """Facts as they lie in the log, partition by partition."""
    ends: dict[tuple[str, int], int] = {}
    records = list[ConsumerRecord[bytes | None, bytes | None]]()
    for number, received in enumerate(facts, start=1):
        fact, about, key = received.fact, received.envelope, received.fact.key.encode()
        place = (fact.topic, lane_of(key))
        offset = ends[place] = ends.get(place, -1) + 1
        row = {
            "id": about.id, "type": fact.type, "source": about.source, "subject": about.subject, "time": about.time,
            "aggregateid": fact.key, "sequence": str(about.sequence), "correlationid": about.correlationid,
            "causationid": None, "traceparent": None, "epoch": 1, "number": number,
        }  # fmt: skip
        value = fact.model_dump_json().encode()
        records.append(ConsumerRecord(*place, offset, 0, 0, key, value, None, len(key), len(value), headers_of(row)))
    return records


async def consume(office: Any, records: list[ConsumerRecord[bytes | None, bytes | None]], batch: int = 25) -> None:
    """A consumer that starts where the database says, and reads on."""
    batches = Batches("reporting", office.pool, HEARS, Breaker(20, 0.05))
    beginnings = {TopicPartition(record.topic, record.partition): 0 for record in records}
    batches.places = await places_of(office.pool, "reporting", beginnings)
    due = [
        record
        for record in records
        if record.offset >= batches.places[TopicPartition(record.topic, record.partition)].next_offset
    ]
    for start in range(0, len(due), batch):
        await batches.apply(due[start : start + batch])

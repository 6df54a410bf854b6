"""Every service swallows every example of its topics, and reads no field that it has not declared."""

from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition

from events.contracts.envelope import CATALOGUE, Fact
from events.schemas.readers import read_declarations
from events.transport import positions
from events.transport.batch import Batches
from events.transport.breaker import Breaker
from events.transport.db import Pool
from events.transport.hosting import Service
from events.transport.topics import Topics
from events.transport.wire import Record

ROOT = Path(__file__).parents[2]
TOPICS = Topics.read(ROOT / "deploy/topics.yaml").topics
READS = read_declarations(ROOT / "libs/events/reads")
HEARERS = sorted({service for topic in TOPICS.values() for service in topic.hears})
Services = Callable[[str], Service]
Pools = Callable[[str], Awaitable[Pool]]


@pytest.fixture(params=HEARERS)
def service(request: pytest.FixtureRequest, service_named: Services) -> Service:
    """Each service that hears anything, in turn."""
    return service_named(request.param)


def topics_heard_by(name: str) -> set[str]:
    return {topic for topic, about in TOPICS.items() if name in about.hears}


async def swallow(service: Service, pool: Pool, records: Sequence[Record]) -> list[str]:
    """Apply records as the consumer does; the dead letters' causes."""
    batches = Batches(service.name, pool, service.hears, Breaker(in_a_row=10**6, share=1.0))
    beginnings = {TopicPartition(topic, 0): 0 for topic in topics_heard_by(service.name)}
    batches.places = await positions.places_of(pool, service.name, beginnings)
    await batches.apply(records)
    rows = await pool.fetch("select topic, cause, error from transport.dead_letter")
    return [f"{row['topic']}: {row['cause']}: {row['error']}" for row in rows]


def records_for(service: Service, examples: list[Any]) -> list[Record]:
    offsets = dict.fromkeys(topics_heard_by(service.name), 0)
    records: list[Record] = []
    for example in examples:
        if example.topic in offsets:
            records.append(example.record(offsets[example.topic]))
            offsets[example.topic] += 1
    return records


async def test_a_service_swallows_every_example_of_its_topics(
    service: Service, examples: list[Any], migrated_pool: Pools
) -> None:
    in_order = sorted(examples, key=lambda example: (example.headers["ce_time"], int(example.headers["ce_sequence"])))
    assert await swallow(service, await migrated_pool(service.name), records_for(service, in_order)) == []


async def test_a_service_swallows_them_in_the_least_likely_order(
    service: Service, examples: list[Any], migrated_pool: Pools
) -> None:
    backwards = sorted(examples, key=lambda example: example.headers["ce_time"], reverse=True)
    assert await swallow(service, await migrated_pool(service.name), records_for(service, backwards)) == []


async def test_a_service_swallows_each_example_alone(
    service: Service, examples: list[Any], migrated_pool: Pools
) -> None:
    for example in examples:
        if example.topic in topics_heard_by(service.name):
            assert await swallow(service, await migrated_pool(service.name), [example.record(0)]) == [], example.name


def test_a_service_hears_only_topics_that_name_it_and_something_of_each(service: Service) -> None:
    assert {kind.topic for kind in service.hears} == topics_heard_by(service.name)


def test_a_service_declares_what_it_reads_of_all_that_it_hears(service: Service) -> None:
    declared = READS.get(service.name, {})
    assert set(declared) == _heard(service)
    for kind, fields in declared.items():
        assert set(fields) <= CATALOGUE[kind].model_fields.keys(), kind


async def test_a_service_reads_no_field_that_it_has_not_declared(
    service: Service, examples: list[Any], migrated_pool: Pools, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[str]] = {}
    pool = await migrated_pool(service.name)
    with watching(seen, monkeypatch):
        await swallow(service, pool, records_for(service, examples))
    declared = READS.get(service.name, {})
    missing = {kind: sorted(seen[kind] - set(declared.get(kind, ()))) for kind in seen.keys() & _heard(service)}
    lines = [f"{kind}: [{', '.join(fields)}]" for kind, fields in sorted(missing.items()) if fields]
    assert not lines, "\n".join([f"declare in libs/events/reads/{service.name}.yaml", *lines])


def _heard(service: Service) -> set[str]:
    return {kind.type for kind in service.hears}


@contextmanager
def watching(seen: dict[str, set[str]], monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Notes which fields of facts are read while it lasts; what serialises a fact whole reads all of them."""

    def read(fact: Fact, name: str) -> Any:
        if name in type(fact).model_fields:
            seen.setdefault(type(fact).type, set()).add(name)
        return object.__getattribute__(fact, name)

    def reading_all(serialise: Callable[..., Any]) -> Callable[..., Any]:
        def serialise_whole(fact: Fact, *args: Any, **more: Any) -> Any:
            seen.setdefault(type(fact).type, set()).update(type(fact).model_fields)
            return serialise(fact, *args, **more)

        return serialise_whole

    with monkeypatch.context() as patch:
        patch.setattr(Fact, "__getattribute__", read)
        patch.setattr(Fact, "model_dump", reading_all(Fact.model_dump))
        patch.setattr(Fact, "model_dump_json", reading_all(Fact.model_dump_json))
        yield

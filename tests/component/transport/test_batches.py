"""A batch is one transaction: everything that it does commits with its position, or nothing does."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events.transport import metrics
from events.transport.positions import FencedError


def duplicates(topic: str) -> float:
    [family] = metrics.DUPLICATES.collect()
    return sum(s.value for s in family.samples if s.name.endswith("_total") and s.labels["topic"] == topic)


async def test_a_batch_is_applied_announced_and_left_behind(notebook: Any, closed: Any) -> None:
    names = [uuid4() for _ in range(5)]
    consumer = await notebook.consumer()
    await consumer.apply([closed(offset, name) for offset, name in enumerate(names)])
    assert await notebook.notes() == [(name, 1) for name in names]
    assert sorted(await notebook.said()) == sorted((str(name), "1") for name in names)
    assert await notebook.next_offset() == 5


async def test_what_is_sent_again_has_no_effect_and_is_counted(notebook: Any, closed: Any) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    sent = [closed(0, name), closed(1, name, version=2)]
    await consumer.apply(sent)
    again = [closed(2, name, headers=[sent[0].headers[0]]), closed(3, name, version=2, headers=[sent[1].headers[0]])]
    counted = duplicates(sent[0].topic)
    await consumer.apply([*again, closed(4, name, version=3)])
    assert await notebook.notes() == [(name, 1), (name, 2), (name, 3)]
    assert duplicates(sent[0].topic) - counted == 2
    assert await notebook.next_offset() == 5


async def test_what_is_sent_again_within_one_batch_has_no_second_effect(notebook: Any, closed: Any) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    first = closed(0, name)
    await consumer.apply([first, closed(1, name, headers=[first.headers[0]])])
    assert await notebook.notes() == [(name, 1)]


async def test_a_new_instance_goes_on_from_where_the_last_committed(notebook: Any, closed: Any) -> None:
    name = uuid4()
    await (await notebook.consumer()).apply([closed(0, name)])
    successor = await notebook.consumer()
    [place] = successor.places.values()
    assert (place.next_offset, place.applied) == (1, (1, 1))
    await successor.apply([closed(1, name, version=2)])
    assert await notebook.notes() == [(name, 1), (name, 2)]


async def test_a_fenced_batch_writes_nothing(notebook: Any, closed: Any, record: Any) -> None:
    sleeper, taker = await notebook.consumer(), await notebook.consumer()
    mine, theirs = uuid4(), uuid4()
    await taker.apply([closed(0, theirs)])
    with pytest.raises(FencedError, match="eligibility: moved 0 of 1 positions"):
        await sleeper.apply([closed(0, mine), record(1, b"poison", b"{")])
    assert await notebook.notes() == [(theirs, 1)]
    assert await notebook.said() == [(str(theirs), "1")]
    assert await notebook.letters() == []
    assert await notebook.next_offset() == 1


def raised(state: str) -> str:
    return f"do $$ begin raise exception 'a fault' using errcode = '{state}'; end $$"


@pytest.mark.parametrize(
    "fault",
    [
        "set local statement_timeout = '10ms'; select pg_sleep(60)",
        "set local transaction_timeout = '10ms'; select pg_sleep(60)",
        "select pg_terminate_backend(pg_backend_pid())",
        *map(raised, ("53200", "53400", "57P05", "58030", "XX002")),
    ],
)
async def test_good_records_that_met_a_passing_fault_are_applied_later(notebook: Any, closed: Any, fault: str) -> None:
    consumer, good, slow = await notebook.consumer(), uuid4(), uuid4()
    notebook.unbearable[slow] = fault
    batch = [closed(0, good), closed(1, slow)]
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await consumer.apply(batch)
    assert (await notebook.notes(), await notebook.said(), await notebook.letters()) == ([], [], [])
    assert await notebook.next_offset() == 0
    notebook.unbearable.clear()
    await consumer.apply(batch)
    assert await notebook.notes() == [(good, 1), (slow, 1)]


async def test_a_fact_that_nobody_hears_here_passes_by(notebook: Any, closed: Any) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    example = (Path("libs/events/examples") / "EnterpriseRegistered.v1.json").read_text("utf-8")
    value = json.dumps(json.loads(example).get("data", json.loads(example))).encode()
    await consumer.apply([closed(0, name, value=value, headers=[("ce_type", b"registry.enterprise.registered.v1")])])
    assert (await notebook.notes(), await notebook.letters()) == ([], [])
    assert await notebook.next_offset() == 1

"""A bad record is put aside once, with cause and place; its neighbours go on, and what follows in its key waits."""

import base64
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from events.transport.breaker import Breaker, BreakerOpenError

BAD = UUID("bad00000-0000-4000-8000-000000000000")
Header = tuple[str, Any]
POISON: dict[str, tuple[str, bytes | None, Sequence[Header]]] = {
    "half of a JSON document": ("not_json", b"{half a", []),
    "nothing at all": ("not_json", b"", []),
    "a field of the wrong kind": ("wrong_schema", b'{"enterprise_id": 5}', []),
    "a field whose fault cannot be printed": ("wrong_schema", b'{"enterprise_id": "\\u0000"}', []),
    "a type that nobody knows": ("unknown_type", b"{}", [("ce_type", b"registry.enterprise.sold.v1")]),
    "a version to come": ("unknown_major_version", b"{}", [("ce_type", b"registry.enterprise.closed.v2")]),
    "a header that is not text": ("bad_envelope", b"{}", [("ce_subject", b"\xff\xfe")]),
    "a header whose name cannot be stored": ("bad_envelope", b"{}", [("ce_subject", b"\xff"), ("a\x00b", b"1")]),
    "a header without a value": ("bad_envelope", b"{}", [("ce_subject", None)]),
    "a version that is no number": ("bad_envelope", None, [("ce_sequence", b"many")]),
    "a version beyond every database": ("bad_envelope", None, [("ce_sequence", b"9" * 30)]),
    "a version beyond this database": ("handler_failed", None, [("ce_sequence", b"9" * 12)]),
    "an id that is none": ("bad_envelope", None, [("ce_id", b"1")]),
    "a time that is none": ("bad_envelope", None, [("ce_time", b"noon")]),
    "an edition that we do not write": ("bad_envelope", None, [("ce_specversion", b"0.3")]),
}
PLACES = [b"", b"1:", b"\xff", b"9" * 5_000 + b":1", b"4294967296:1", b"1:" + b"9" * 30, None]


async def told(notebook: Any) -> list[dict[str, Any]]:
    """What is on its way to the dead-letter topic."""
    sql = "select payload from transport.outbox where aggregatetype = 'eligibility.dlq' order by number"
    return [json.loads(row["payload"]) for row in await notebook.pool.fetch(sql)]


@pytest.mark.parametrize("what", POISON)
async def test_one_bad_record_is_put_aside_and_everything_else_goes_on(notebook: Any, closed: Any, what: str) -> None:
    cause, value, headers = POISON[what]
    consumer, before, after = await notebook.consumer(), uuid4(), uuid4()
    bad = closed(1, BAD, value=value, headers=headers)
    await consumer.apply([closed(0, before), bad, closed(2, after), closed(3, BAD, version=2)])
    await consumer.apply([closed(4, BAD, version=3), closed(5, before, version=2)])
    assert await notebook.notes() == [(before, 1), (after, 1), (before, 2)]
    assert await notebook.letters() == [(1, cause), (3, "parked"), (4, "parked")]
    [letter] = await told(notebook)
    place = (letter["consumer"], letter["topic"], letter["partition"], letter["offset"])
    assert place == ("eligibility", bad.topic, bad.partition, 1)
    assert (letter["cause"], letter["key"]) == (cause, str(BAD))
    assert letter["error"]
    assert base64.b64decode(letter["value_base64"]) == (bad.value or b"")


async def test_a_record_that_the_handler_cannot_bear_is_found_among_many(notebook: Any, closed: Any) -> None:
    consumer, names = await notebook.consumer(), [uuid4() for _ in range(64)]
    notebook.unbearable[names[41]] = "select 1 / 0"
    await consumer.apply([closed(offset, name) for offset, name in enumerate(names)])
    assert await notebook.notes() == [(name, 1) for name in names if name != names[41]]
    assert await notebook.letters() == [(41, "handler_failed")]
    [letter] = await told(notebook)
    assert "division by zero" in letter["error"]
    assert len(await notebook.said()) == 63


async def test_a_bad_record_that_is_sent_again_is_told_of_once(notebook: Any, closed: Any) -> None:
    consumer = await notebook.consumer()
    bad = closed(0, BAD, value=b"{")
    await consumer.apply([bad])
    await consumer.apply([closed(1, BAD, value=b"{", headers=[bad.headers[0]])])
    assert await notebook.letters() == [(0, "not_json")]
    assert len(await told(notebook)) == 1


async def test_a_bad_record_without_a_key_makes_nobody_wait(notebook: Any, closed: Any, record: Any) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    await consumer.apply([record(0, None, b"what is this"), record(1, None, b"and this"), closed(2, name)])
    assert await notebook.letters() == [(0, "bad_envelope"), (1, "bad_envelope")]
    assert await notebook.notes() == [(name, 1)]


@pytest.mark.parametrize(
    "key", [b"\x00", b"\xff\x00\xfe", b"", "안전".encode() * 200, "\ud800".encode("utf-8", "surrogatepass")]
)
async def test_any_bytes_can_be_the_key_of_a_bad_record(notebook: Any, closed: Any, record: Any, key: bytes) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    await consumer.apply([record(0, key, b"{"), closed(1, name), record(2, key, b"{")])
    assert await notebook.letters() == [(0, "bad_envelope"), (2, "parked")]
    assert await notebook.notes() == [(name, 1)]
    assert len(await told(notebook)) == 1


@pytest.mark.parametrize("position", PLACES)
async def test_a_position_that_is_none_stops_nobody(notebook: Any, closed: Any, position: bytes | None) -> None:
    consumer, name, next_one = await notebook.consumer(), uuid4(), uuid4()
    await consumer.apply([closed(0, name, headers=[("anjeon_position", position)]), closed(1, next_one)])
    assert (next_one, 1) in await notebook.notes()
    assert await notebook.next_offset() == 2


@pytest.mark.parametrize(("value", "headers"), [(b"\xff" * 10_000_000, []), (b"{", [("junk", b"\xff" * 900_000)])])
async def test_however_large_a_bad_record_is_its_letter_can_be_sent(
    notebook: Any, closed: Any, value: bytes, headers: Sequence[Header]
) -> None:
    consumer = await notebook.consumer()
    await consumer.apply([closed(0, BAD, value=value, headers=headers)])
    sql = "select length(payload) from transport.outbox where aggregatetype = 'eligibility.dlq'"
    assert await notebook.pool.fetchval(sql) < 4_000_000
    kept = await notebook.pool.fetchrow("select value, headers from transport.dead_letter")
    assert kept["value"] == value


async def test_twenty_bad_records_in_a_row_open_the_breaker_and_nothing_of_their_batch_is_written(
    notebook: Any, closed: Any, record: Any
) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    await consumer.apply([closed(0, name)])
    bad = [record(offset, b"key %d" % offset, b"{") for offset in range(2, 22)]
    with pytest.raises(BreakerOpenError, match="20 records in a row could not be applied"):
        await consumer.apply([closed(1, uuid4()), *bad, closed(22, uuid4())])
    assert await notebook.notes() == [(name, 1)]
    assert (await notebook.letters(), await told(notebook)) == ([], [])
    assert await notebook.next_offset() == 1
    assert consumer.breaker.reason == "20 records in a row could not be applied"


async def test_nineteen_leave_it_closed(notebook: Any, closed: Any, record: Any) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    bad = [record(offset, b"key %d" % offset, b"{") for offset in range(19)]
    await consumer.apply([*bad, closed(19, name)])
    assert len(await notebook.letters()) == 19
    assert await notebook.notes() == [(name, 1)]


async def test_a_handler_that_bears_nothing_is_stopped_before_it_drains_the_topic(notebook: Any, closed: Any) -> None:
    names = [uuid4() for _ in range(200)]
    notebook.unbearable = dict.fromkeys(names, "select 1 / 0")
    consumer = await notebook.consumer()
    with pytest.raises(BreakerOpenError):
        await consumer.apply([closed(offset, name) for offset, name in enumerate(names)])
    assert await notebook.letters() == [(offset, "handler_failed") for offset in range(19)]
    assert await notebook.next_offset() == 19


async def test_too_large_a_share_of_bad_records_opens_it_too(notebook: Any, closed: Any, record: Any) -> None:
    consumer = await notebook.consumer(breaker=Breaker(in_a_row=20, share=0.05))
    mixed = [record(n, b"key %d" % n, b"{") if n % 4 == 0 else closed(n, uuid4()) for n in range(100)]
    with pytest.raises(BreakerOpenError, match="25 of the last 100 records"):
        await consumer.apply(mixed)
    assert (await notebook.notes(), await notebook.letters()) == ([], [])


@pytest.mark.parametrize("settled", [True, False])
async def test_a_topic_made_anew_brings_other_bad_records_to_old_places(
    notebook: Any, closed: Any, settled: bool
) -> None:
    consumer = await notebook.consumer()
    await consumer.apply([closed(0, BAD, value=b"{old"), closed(1, BAD, version=2)])
    if settled:
        await notebook.pool.execute("update transport.dead_letter set settled_at = now(), settled_as = 'discarded'")
    await notebook.pool.execute("update transport.position set next_offset = 0, epoch = 0, number = 0")
    consumer, other = await notebook.consumer(), uuid4()
    await consumer.apply([closed(0, other, value=b"{new"), closed(1, other, version=2)])
    kept = 'select value from transport.dead_letter where settled_at is null and key = $1 order by "offset"'
    new, parked = await notebook.pool.fetch(kept, str(other).encode())
    assert new["value"] == b"{new"
    assert str(other).encode() in parked["value"]
    assert len(await notebook.pool.fetch(kept, str(BAD).encode())) == (0 if settled else 2)


async def test_the_same_bad_record_heard_again_is_kept_once(notebook: Any, closed: Any) -> None:
    for _ in range(2):
        await notebook.pool.execute("update transport.position set next_offset = 0, epoch = 0, number = 0")
        consumer = await notebook.consumer()
        await consumer.apply([closed(0, BAD, value=b"{"), closed(1, BAD, version=2)])
    assert await notebook.letters() == [(0, "not_json"), (1, "parked")]


async def test_the_log_names_the_fact_that_was_put_aside(notebook: Any, closed: Any, record: Any) -> None:
    consumer, name = await notebook.consumer(), uuid4()
    notebook.unbearable[BAD] = "select 1 / 0"
    bad = closed(1, BAD)
    with capture_logs() as lines:
        await consumer.apply([closed(0, name), bad, closed(2, BAD, version=2), record(3, b"\xff", b"{", [("a", None)])])
    unbearable, unreadable = [line for line in lines if line["event"] == "dead_letter_kept"]
    assert unbearable["event_id"] == dict(bad.headers)["ce_id"].decode()
    assert (unbearable["type"], unbearable["key"]) == ("registry.enterprise.closed.v1", str(BAD))
    assert (unbearable["correlationid"], unbearable["place"]) == ("c", "registry.enterprise.v1/3/1")
    assert "division by zero" in unbearable["error"]
    assert (unreadable["event_id"], unreadable["key"], unreadable["cause"]) == (None, "\\xff", "bad_envelope")

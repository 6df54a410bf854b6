"""What is decoded is a fact of our contracts; everything else has a cause."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from events.contracts.registry import EnterpriseRegistered
from events.transport.wire import Record, UndecodableError, decode, headers_of

Make = Callable[..., Record]
MALFORMED = [
    ("ce_specversion", b"0.3"),
    ("ce_specversion", b""),
    ("ce_id", b""),
    ("ce_id", b"f6b8c9de"),
    ("ce_id", b"g6b8c9de-0000-5000-8000-000000000000"),
    ("ce_time", b"yesterday"),
    ("ce_time", b"2023-04-12T00:00:00"),
    ("ce_sequence", b"many"),
    ("ce_sequence", b"-1"),
    ("ce_sequence", b"9" * 30),
]


def _row(fact: EnterpriseRegistered) -> dict[str, Any]:
    return {
        "id": "f6b8c9de-0000-5000-8000-000000000000",
        "source": fact.source,
        "type": fact.type,
        "subject": fact.subject,
        "time": "2023-04-12T00:00:00+00:00",
        "aggregateid": fact.key,
        "sequence": "3",
        "correlationid": "c0",
        "causationid": None,
        "traceparent": "00-0-0-01",
        "epoch": 1,
        "number": 42,
    }


def test_a_fact_comes_back_as_it_was_said(
    record: Make, registered: Callable[[UUID], EnterpriseRegistered], enterprise_id: UUID
) -> None:
    fact = registered(enterprise_id)
    got = decode(record(1, headers=dict(headers_of(_row(fact))), value=fact.model_dump_json().encode()))
    assert got.fact == fact
    assert (got.envelope.sequence, got.envelope.traceparent) == (3, "00-0-0-01")
    assert got.envelope.causationid is None


@pytest.mark.parametrize("name", ["ce_causationid", "traceparent"])
def test_a_null_header_that_may_be_missing_is_none(
    record: Make, registered: Callable[[UUID], EnterpriseRegistered], enterprise_id: UUID, name: str
) -> None:
    fact = registered(enterprise_id)
    headers = dict(headers_of(_row(fact))) | {name: None}
    got = decode(record(1, headers=headers, value=fact.model_dump_json().encode()))
    assert (got.envelope.causationid, got.fact) == (None, fact)


@pytest.mark.parametrize(
    ("change", "value", "cause"),
    [
        ({}, b"{half a", "not_json"),
        ({}, b'{"enterprise_id": 5}', "wrong_schema"),
        ({}, None, "not_json"),
        ({"ce_type": b"registry.enterprise.sold.v1"}, b"{}", "unknown_type"),
        ({"ce_type": b"registry.enterprise.registered.v9"}, b"{}", "unknown_major_version"),
        ({"ce_type": b"\xff"}, b"{}", "bad_envelope"),
        *(({name: value}, None, "bad_envelope") for name, value in MALFORMED),
    ],
)
def test_what_is_no_fact_has_a_cause(  # noqa: PLR0917 - a table's columns
    record: Make,
    registered: Callable[[UUID], EnterpriseRegistered],
    enterprise_id: UUID,
    change: dict[str, bytes],
    value: bytes | None,
    cause: str,
) -> None:
    fact = registered(enterprise_id)
    body = fact.model_dump_json().encode() if cause == "bad_envelope" else value
    with pytest.raises(UndecodableError) as caught:
        decode(record(1, headers=dict(headers_of(_row(fact))) | change, value=body))
    assert caught.value.cause == cause


def test_a_missing_header_is_named(record: Make) -> None:
    with pytest.raises(UndecodableError, match="ce_specversion, ce_id, ce_type"):
        decode(record(1))


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_a_malformed_header_is_named_and_no_other(
    record: Make, registered: Callable[[UUID], EnterpriseRegistered], enterprise_id: UUID, name: str, value: bytes
) -> None:
    fact = registered(enterprise_id)
    headers = dict(headers_of(_row(fact))) | {name: value}
    with pytest.raises(UndecodableError, match=f"^{name} .* is not [^;]*$"):
        decode(record(1, headers=headers, value=fact.model_dump_json().encode()))

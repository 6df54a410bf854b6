"""The wire format: CloudEvents 1.0 in binary mode, attributes as headers, the fact's JSON as the value."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from events.contracts.envelope import KNOWN, Envelope, Fact, Received

Record = ConsumerRecord[bytes | None, bytes | None]
Headers = Sequence[tuple[str, bytes]]

SCHEMA = "urn:anjeon:schema:"
POSITION = "anjeon_position"
"""Header with the place in the source's outbox, `epoch:number`, by which consumers tell what was sent again."""
_PLACE = re.compile(
    rb"(\d{1,9}):(\d{1,18})"
)  # what PostgreSQL's integer and bigint hold; another's header may say more

_REQUIRED = ("ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_sequence", "ce_partitionkey")


class UndecodableError(ValueError):
    """A record that is not a fact of our contracts; `cause` is a short code, the text says what is wrong."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(text)
        self.cause = cause


def headers_of(row: Mapping[str, Any] | asyncpg.Record) -> list[tuple[str, bytes]]:
    """The headers of an outbox row."""
    kind = row["type"].encode()
    headers = [
        (POSITION, b"%d:%d" % (row["epoch"], row["number"])),  # first: every consumer looks for it in every record
        ("ce_specversion", b"1.0"),
        ("ce_id", row["id"].encode()),
        ("ce_source", row["source"].encode()),
        ("ce_type", kind),
        ("ce_subject", row["subject"].encode()),
        ("ce_time", row["time"].encode()),
        ("ce_dataschema", SCHEMA.encode() + kind),
        ("ce_partitionkey", row["aggregateid"].encode()),
        ("ce_sequence", row["sequence"].encode()),
        ("ce_correlationid", row["correlationid"].encode()),
        ("content-type", b"application/json"),
    ]
    if row["causationid"]:
        headers.append(("ce_causationid", row["causationid"].encode()))
    if row["traceparent"]:
        headers.append(("traceparent", row["traceparent"].encode()))
    return headers


def position_of(headers: Headers) -> tuple[int, int] | None:
    """Epoch and number in the source's outbox; None when the record did not come out of one."""
    for name, value in headers:
        if name == POSITION:
            place = _PLACE.fullmatch(value or b"")
            return (int(place[1]), int(place[2])) if place else None
    return None


def decode(record: Record) -> Received[Fact]:
    """The fact in a record; raises `UndecodableError` with a cause for anything that is not one."""
    headers = _texts(record.headers)
    contract = _contract(headers["ce_type"])
    try:
        fact = contract.model_validate_json(record.value or b"")
    except ValidationError as error:
        not_json = error.errors()[0]["type"] == "json_invalid"
        raise UndecodableError("not_json" if not_json else "wrong_schema", _explain(error)) from None
    try:
        sequence = int(headers["ce_sequence"])
    except ValueError:
        raise UndecodableError("bad_envelope", f"ce_sequence {headers['ce_sequence']!r} is no number") from None
    return Received(fact, _envelope(headers, sequence))


def _texts(headers: Headers) -> dict[str, str]:
    try:
        texts = {name: value.decode() for name, value in headers}
    except (UnicodeDecodeError, AttributeError) as error:  # Kafka's headers may be null, whatever the types say
        raise UndecodableError("bad_envelope", f"a header is not UTF-8: {error}") from None
    missing = [name for name in _REQUIRED if name not in texts]
    if missing:
        raise UndecodableError("bad_envelope", f"headers missing: {', '.join(missing)}")
    return texts


def _contract(kind: str) -> type[Fact]:
    contract = KNOWN.get(kind)
    if contract is not None:
        return contract
    stem, _, major = kind.rpartition(".")
    known = any(other.rpartition(".")[0] == stem for other in KNOWN)
    if known:
        raise UndecodableError("unknown_major_version", f"{stem} is known, but not its major version {major}")
    raise UndecodableError("unknown_type", f"no contract is named {kind!r}")


def _envelope(headers: dict[str, str], sequence: int) -> Envelope:
    get = headers.get
    return Envelope(
        headers["ce_id"],
        headers["ce_type"],
        headers["ce_source"],
        headers["ce_subject"],
        headers["ce_time"],
        sequence,
        headers["ce_partitionkey"],
        get("ce_correlationid") or headers["ce_id"],
        get("ce_causationid"),
        get("traceparent"),
    )


def _explain(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in error.errors()[:5])

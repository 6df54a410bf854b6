"""The wire format: CloudEvents 1.0 in binary mode, attributes as headers, the fact's JSON as the value."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NoReturn

import asyncpg
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from events.contracts.envelope import KNOWN, Envelope, Fact, Received

Record = ConsumerRecord[bytes | None, bytes | None]
Headers = Sequence[tuple[str, bytes]]

SCHEMA = "urn:anjeon:schema:"
POSITION = "anjeon_position"
"""Header with the place in the source's outbox, `epoch:number`, by which consumers tell what was sent again."""
# What PostgreSQL's integer and bigint hold; another's header may say more.
_PLACE = re.compile(rb"(\d{1,9}):(\d{1,18})").fullmatch

_REQUIRED = (
    *("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_sequence", "ce_partitionkey"),
)
_required_of = itemgetter(*_REQUIRED)


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
            place = _PLACE(value or b"")
            return (int(place[1]), int(place[2])) if place else None
    return None


def decode(record: Record) -> Received[Fact]:
    """The fact in a record; raises `UndecodableError` with a cause for anything that is not one."""
    headers = dict(record.headers)
    try:
        texts = _texts((*_required_of(headers), *_because_in(headers)))
    except KeyError:
        missing = [name for name in _REQUIRED if name not in headers]
        raise UndecodableError("bad_envelope", f"headers missing: {', '.join(missing)}") from None
    edition, own_id, kind, source, subject, time, version, key, correlation, cause, trace = texts
    if not (edition == "1.0" and _is_id(own_id) and _is_instant(time) and _is_version(version)):
        raise UndecodableError("bad_envelope", _wrong_in(headers))
    contract = KNOWN.get(kind) or _no_contract(kind)
    try:
        fact = contract.__pydantic_validator__.validate_json(record.value or b"")
    except ValidationError as error:
        not_json = error.errors()[0]["type"] == "json_invalid"
        raise UndecodableError("not_json" if not_json else "wrong_schema", _explain(error)) from None
    because = (correlation or own_id, cause or None, trace or None)
    envelope = _new(Envelope, (own_id, kind, source, subject, time, int(version), key, *because))
    return _new(Received, (fact, envelope))


_new = tuple.__new__
"""Of a named tuple, without its constructor, which takes three times as long."""


_is_id = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_version(text: str) -> bool:
    return text.isdecimal() and len(text) < 19  # what PostgreSQL's bigint holds


def _wrong_in(headers: Mapping[str, bytes]) -> str:
    rules: dict[str, tuple[Callable[[str], object], str]] = {
        "ce_specversion": (lambda text: text == "1.0", "1.0"),
        "ce_id": (_is_id, "a UUID"),
        "ce_time": (_is_instant, "an instant with its offset from UTC"),
        "ce_sequence": (_is_version, "a number"),
    }
    texts = {name: headers[name].decode() for name in rules}
    wrong = [(name, what) for name, (is_right, what) in rules.items() if not is_right(texts[name])]
    return "; ".join(f"{name} {texts[name][:100]!r} is not {what}" for name, what in wrong)


def _because_in(headers: Mapping[str, bytes]) -> tuple[bytes, bytes, bytes]:
    """Of headers that may be missing, or null as Debezium writes them."""
    find = headers.get
    return find("ce_correlationid") or b"", find("ce_causationid") or b"", find("traceparent") or b""


def _texts(values: Sequence[bytes]) -> list[str]:
    """All at once, which is three times as fast; what PostgreSQL's texts cannot hold stands between them."""
    try:
        texts = b"\x00".join(values).decode().split("\x00")
    except (UnicodeDecodeError, TypeError) as error:  # Kafka's headers may be null, whatever the types say
        raise UndecodableError("bad_envelope", f"a header is not UTF-8: {error}") from None
    if len(texts) != len(values):
        raise UndecodableError("bad_envelope", "a header holds the character NUL")
    return texts


def _no_contract(kind: str) -> NoReturn:
    stem, _, major = kind.rpartition(".")
    known = any(other.rpartition(".")[0] == stem for other in KNOWN)
    if known:
        raise UndecodableError("unknown_major_version", f"{stem} is known, but not its major version {major}")
    raise UndecodableError("unknown_type", f"no contract is named {kind!r}")


def _explain(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in error.errors()[:5])

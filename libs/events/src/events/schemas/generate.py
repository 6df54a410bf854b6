"""JSON Schemas of the contracts: one file a type and minor version, generated, checked in, and never rewritten."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.contracts.envelope import Fact
from events.schemas.compatibility import Break, breaks_between
from events.schemas.shapes import ANNOTATIONS

Schema = Mapping[str, Any]
_NAMED = frozenset({"properties", "$defs"})  # what stands in these are names, "title" and "description" among them
_FILE = re.compile(r"(\d+)\.(\d+)\.json")


@dataclass(frozen=True, slots=True)
class Version:
    """One checked-in minor version."""

    major: int
    minor: int
    schema: Schema

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be written for one type, or why it must not be."""

    type: str
    version: str
    text: str
    breaks: tuple[tuple[str, Break], ...] = ()
    """Each with the earlier version that it is measured against."""


def schema_of(contract: type[Fact]) -> dict[str, Any]:
    """The schema that a contract's class stands for, with what decides where the fact travels."""
    schema = contract.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:anjeon:schema:{contract.type}",
        **schema,
        "x-topic": contract.topic,
        "x-key": contract.key_field,
        "x-subject": contract.subject_field,
        "x-publisher": contract.type.partition(".")[0],
    }


def versions_of(folder: Path, contract: type[Fact]) -> list[Version]:
    """The checked-in versions of a contract's major version, the oldest first."""
    found = [(match, path) for path in (folder / contract.type).glob("*.json") if (match := _FILE.fullmatch(path.name))]
    versions = [Version(int(m[1]), int(m[2]), json.loads(path.read_text("utf-8"))) for m, path in found]
    return sorted(versions, key=lambda version: (version.major, version.minor))


def changes(folder: Path, contracts: Iterable[type[Fact]]) -> list[Change]:
    """What the checked-in files lack; empty when nothing is stale."""
    found = (_change(versions_of(folder, contract), contract) for contract in contracts)
    return [change for change in found if change]


def write(folder: Path, change: Change) -> Path:
    """Write one change; returns the file."""
    file = folder / change.type / f"{change.version}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(change.text, "utf-8")
    return file


def text_of(schema: Schema) -> str:
    """A schema as it is checked in."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _change(versions: list[Version], contract: type[Fact]) -> Change | None:
    schema, major = schema_of(contract), int(contract.type.rpartition(".v")[2])
    if not versions:
        return Change(contract.type, f"{major}.0", text_of(schema))
    last = versions[-1]
    if last.schema == schema:
        return None
    if _bare(last.schema) == _bare(schema):  # only words about it changed: the same version, told better
        return Change(contract.type, str(last), text_of(schema))
    broken = tuple((str(old), each) for old in versions for each in breaks_between(old.schema, schema))
    return Change(contract.type, f"{major}.{last.minor + 1}", text_of(schema), broken)


def _bare(node: Any) -> Any:
    if isinstance(node, Mapping):
        kept = {name: node[name] for name in node if name not in ANNOTATIONS or name == "$defs"}
        return {name: _bare_each(each) if name in _NAMED else _bare(each) for name, each in kept.items()}
    return [_bare(each) for each in node] if isinstance(node, list) else node


def _bare_each(named: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _bare(each) for name, each in named.items()}

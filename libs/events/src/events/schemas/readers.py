"""Who reads what: each service declares the fields it reads, so that a break names whom it breaks."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import yaml
from pydantic import TypeAdapter

from events.schemas.compatibility import Break

Reads: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By service, by type of fact: the fields that it reads."""

_FILE = TypeAdapter(dict[str, tuple[str, ...]])


def read_declarations(folder: Path) -> Reads:
    """Every service's `reads/<service>.yaml`."""
    return {
        file.stem: _FILE.validate_python(yaml.safe_load(file.read_text("utf-8")) or {})
        for file in sorted(folder.glob("*.yaml"))
    }


def hearers_of(reads: Reads, kind: str) -> list[str]:
    """The services that hear a type of fact."""
    return [service for service, heard in reads.items() if kind in heard]


def readers_of(reads: Reads, kind: str, field: str) -> list[str]:
    """The services that read one field of it."""
    return [service for service in hearers_of(reads, kind) if field in reads[service][kind]]


def whom(reads: Reads, kind: str, broken: Break) -> list[str]:
    """Whom a change breaks, in words: those who read the field first, then those who would refuse the whole fact."""
    readers = readers_of(reads, kind, broken.top_field)
    others = [] if broken.spares_others else [each for each in hearers_of(reads, kind) if each not in readers]
    return [f"{each} reads {broken.top_field}" for each in readers] + [f"{each} hears the fact" for each in others]

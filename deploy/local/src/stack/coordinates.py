"""Kafka's jars by name: a flat list of coordinates, each with the SHA-256 that its bytes must have."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from stack.problems import StackError

LOCK = Path(__file__).resolve().parents[2] / "kafka-jars.lock"
LINE = re.compile(r"(?P<group>[\w.-]+):(?P<artifact>[\w.-]+):(?P<version>[\w.-]+) (?P<sha256>[0-9a-f]{64})")


@dataclass(frozen=True)
class Jar:
    """One jar by its coordinate, and what its bytes must be."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def parse(text: str) -> list[Jar]:
    """The jars of a lock file; a line that is not one, or a jar named twice, is refused."""
    lines = [line.strip() for line in text.splitlines()]
    found = [_jar(line) for line in lines if line and not line.startswith("#")]
    twice = [name for name, count in Counter(jar.filename for jar in found).items() if count > 1]
    if twice:
        raise _bad_lock(f"{twice[0]} stands there twice")
    return found


def _jar(line: str) -> Jar:
    match = LINE.fullmatch(line)
    if match is None:
        raise _bad_lock(f"not `group:artifact:version sha256`: {line!r}")
    return Jar(**match.groupdict())


def _bad_lock(why: str) -> StackError:
    return StackError(f"kafka-jars.lock is damaged: {why}", f"kafka-jars.lock이 손상되었습니다: {why}")


def digest(path: Path) -> str:
    """The SHA-256 of a file; empty if there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""

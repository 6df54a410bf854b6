"""The folder of Kafka's jars: what of the list it has, fetched once and checked at every start."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack.coordinates import LOCK, Jar, digest, parse

READ_AT_ONCE = 8


def lacking(jars: Iterable[Jar], folder: Path) -> list[Jar]:
    """Those that the folder does not have, or has with other bytes."""
    wanted = list(jars)
    with ThreadPoolExecutor(READ_AT_ONCE) as pool:
        found = pool.map(digest, [folder / jar.filename for jar in wanted])
    return [jar for jar, sha256 in zip(wanted, found, strict=True) if sha256 != jar.sha256]


def default_folder() -> Path:
    """Where the jars are kept: $ANJEON_CACHE, else `.local/jars` of the project; shared by all stacks."""
    chosen = os.environ.get("ANJEON_CACHE")
    return Path(chosen) if chosen else LOCK.parents[2] / ".local" / "jars"


def ensured(folder: Path, lock: Path = LOCK) -> list[Path]:
    """The paths of all jars, each verified; what is missing or damaged is fetched first."""
    jars = parse(lock.read_text())
    missing = lacking(jars, folder)
    if missing:
        from stack.fetch import fetch  # noqa: PLC0415  # the Maven client loads slowly, and only a first set-up needs it

        fetch(missing, folder)
    return [folder / jar.filename for jar in jars]

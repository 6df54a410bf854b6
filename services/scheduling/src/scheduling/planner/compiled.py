"""The one way in which a function of the planner is compiled: cached on disk, without the interpreter's lock.

numba keeps what it compiled by the file of each function, and does not notice when a function that it calls changes in
another file: an update would go on planning with the old one. So every state of the sources has a cache of its own.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar, cast

from numba import config, njit

Function = TypeVar("Function", bound=Callable[..., object])
_SOURCES = [Path(__file__).parents[1] / room for room in ("planner", "pvrp")]  # all that is compiled, and its constants


def compiled(function: Function) -> Function:
    """The same function as machine code; no fast-math, so every machine computes the same plan."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def cache_of(sources: Iterable[Path], base: Path) -> Path:
    """The cache of what lies in these folders as it is now; those of other states are cleared away."""
    digest = sha256()
    for source in sorted(source for folder in sources for source in folder.glob("*.py")):
        digest.update(b"%s\x00%s\x00" % (source.name.encode(), source.read_bytes()))
    cache = base / f"compiled-{digest.hexdigest()[:16]}"
    for old in base.glob("compiled-*"):
        if old != cache:
            rmtree(old, ignore_errors=True)
    return cache


_settings: Any = config  # numba makes its settings while it is imported
_settings.CACHE_DIR = str(cache_of(_SOURCES, Path(_settings.CACHE_DIR or Path(__file__).parent / "__pycache__")))

"""The one way in which a function of the planner is compiled: cached on disk, without the interpreter's lock.

numba keeps what it compiled by the file of each function, and does not notice when a function that it calls changes in
another file: an update would go on planning with the old one. So every state of the sources has a cache of its own, in
the first place that can be written to; where there is none everything is compiled anew each time.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from time import time
from typing import Any, TypeVar, cast

from numba import config, njit

Function = TypeVar("Function", bound=Callable[..., object])
UNUSED_SECONDS = 7 * 86_400
_PACKAGE = Path(__file__).parents[1].resolve()
_ROOMS = ("planner", "pvrp")  # all that is compiled, and its constants


def compiled(function: Function) -> Function:
    """The same function as machine code; no fast-math, so every machine computes the same plan."""
    return cast(Function, njit(cache=_CACHE is not None, nogil=True)(function))


def _cache_in(places: Iterable[Path]) -> Path | None:
    """This package's cache, for its sources as they are now."""
    ours = f"anjeon-{sha256(str(_PACKAGE).encode()).hexdigest()[:8]}-"
    for place in places:
        cache = place / (ours + _state())
        with suppress(OSError):
            cache.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=cache):
                os.utime(cache)
            _clear(old for old in place.glob(f"{ours}*") if old != cache)
            return cache
    return None


def _state() -> str:
    digest = sha256()
    for source in sorted(source for room in _ROOMS for source in (_PACKAGE / room).glob("*.py")):
        digest.update(b"%s\x00%s\x00" % (source.name.encode(), source.read_bytes()))
    return digest.hexdigest()[:16]


def _clear(caches: Iterable[Path]) -> None:
    """Removes those of other states that nobody has begun to use for days: whoever uses one may still write to it."""
    for cache in caches:
        with suppress(FileNotFoundError):  # another process clears them too
            if time() - cache.stat().st_mtime > UNUSED_SECONDS:
                rmtree(cache, ignore_errors=True)


def _places() -> Iterator[Path]:
    """Where it was asked for or else beside the source, or else where the user's other caches are."""
    yield Path(_settings.CACHE_DIR or Path(__file__).parent / "__pycache__")
    with suppress(RuntimeError):  # whoever has no home
        yield Path.home() / ".cache" / "anjeon"


_settings: Any = config  # numba makes its settings while it is imported
_CACHE = _cache_in(_places())
_settings.CACHE_DIR = str(_CACHE or "")

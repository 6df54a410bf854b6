"""The one way in which a function of the planner is compiled: cached on disk, without the interpreter's lock."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The same function as machine code; no fast-math, so every machine computes the same plan."""
    return cast(Function, njit(cache=True, nogil=True)(function))

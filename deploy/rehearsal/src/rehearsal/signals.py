"""Ctrl-C and SIGTERM: before the end of a run they break it off in order, at its end they are how it ends well."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

STOPS = (signal.SIGINT, signal.SIGTERM)


async def status_of(work: Coroutine[Any, Any, int]) -> int:
    """The work's exit status; if a signal broke it off, the one that a shell gives for that."""
    working, stopped_by = asyncio.ensure_future(work), list[signal.Signals]()

    def break_off(number: signal.Signals) -> None:
        stopped_by.append(number)
        working.cancel()

    _hear(break_off)
    try:
        return await working
    except asyncio.CancelledError:
        if not stopped_by:
            raise
        return status_after(stopped_by[0])


async def told_to_stop() -> None:
    """Wait for a signal, which from now on breaks nothing off."""
    stopped = asyncio.Event()
    _hear(lambda _: stopped.set())
    await stopped.wait()


def status_after(number: signal.Signals) -> int:
    """What a shell says of a program that a signal ended."""
    return 128 + number


def _hear(heard: Callable[[signal.Signals], None]) -> None:
    """Have the first signal heard instead of ending us; a second one does not wait."""
    loop = asyncio.get_running_loop()

    def once(number: signal.Signals) -> None:
        for each in STOPS:
            loop.remove_signal_handler(each)
        heard(number)

    for each in STOPS:
        loop.add_signal_handler(each, once, each)

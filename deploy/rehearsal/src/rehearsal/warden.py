"""Watches over everything that runs: says which process died, and how much memory each held at the most."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar

from stack import Process, Stack, StackError

T = TypeVar("T")
LOOK_SECONDS = 0.25


class DiedError(StackError):
    """A server or a service ended in mid-run, and nobody had told it to."""

    def __init__(self, process: Process) -> None:
        name, status, log = process.program.name, process.exit_status, process.log
        super().__init__(
            f"{name} ended in mid-run (status {status}), so the run was stopped; why stands at the end of {log}.",
            f"실행 중에 {name}이(가) 끝나(상태 {status}) 멈췄습니다. 원인은 {log}의 끝을 보십시오.",
        )


class Warden:
    """Looks at all processes several times a second."""

    def __init__(self, stack: Stack, services: Mapping[str, Process]) -> None:
        self._stack = stack
        self._services = services
        self._below = 0

    @property
    def peak_megabytes(self) -> dict[str, int]:
        """The most memory that each service's own process held, and the largest that scheduling starts beside it."""
        held = {name: process.peak_rss for name, process in self._services.items()} | {
            "scheduling_planner": self._below
        }
        return {name: round(most / 1e6) for name, most in held.items()}

    async def while_all_live(self, work: Awaitable[T]) -> T:
        """What the work gives; `DiedError` as soon as something has died, whatever the work says of it."""
        working, watching = asyncio.ensure_future(work), asyncio.create_task(self._watch())
        try:
            await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
            if not working.done() or working.exception():
                await asyncio.sleep(LOOK_SECONDS)  # a dying process closes its doors before it is seen to have ended
                self._look()
            return await working
        finally:
            for task in (working, watching):
                task.cancel()
            await asyncio.gather(working, watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            self._look()
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self) -> None:
        for process in (self._stack.kafka.process, self._stack.postgres.process, *self._services.values()):
            if not process.is_running:
                raise DiedError(process)
        self._below = max(self._below, self._services["scheduling"].rss_below)

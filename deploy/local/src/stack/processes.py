"""Programs started on the leash: with a log each, waited for until they answer, stopped in reverse order."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Self
from urllib.request import ProxyHandler, build_opener

from stack import leash
from stack.problems import StackError, StartError

LEASH = [sys.executable, "-I", "-S", leash.__file__]
TICK_SECONDS = 0.02
LOG_KEPT_BYTES = 20 << 20


@dataclass(frozen=True)
class Program:
    """What to start, how to tell that it is ready, and how it wants to be stopped."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])  # on top of ours
    ready_url: str | None = None  # answers below 400 when ready
    ready_seconds: float = 60.0
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 10.0
    user: str = ""  # root becomes this user; for a server that refuses root


class Process:
    """A started program; it ends with its owner at the latest."""

    def __init__(self, program: Program, home: Path) -> None:
        self.program = program
        self.log = home / "log" / f"{program.name}.log"
        self._run = home / "run"
        self._peak = 0
        _rotate(self.log)
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603  # the caller says what to start; no shell
                [*LEASH, "run", json.dumps(self._terms()), *program.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **program.environment},
            )

    def _terms(self) -> dict[str, str | int | float]:
        here, program = os.getpid(), self.program
        ours: dict[str, str | int | float] = {"run": str(self._run), "name": program.name, "user": program.user}
        stop = {"stop_signal": int(program.stop_signal), "stop_seconds": program.stop_seconds}
        return {**ours, **stop, "owner": here, "owner_started": leash.started(here)}

    @property
    def pid(self) -> int:
        """The program's own process id: the leash becomes the program."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child.poll() is None

    @property
    def exit_status(self) -> int | None:
        """None while it runs; minus the signal's number if a signal ended it."""
        return self._child.poll()

    @property
    def peak_rss(self) -> int:
        """The most memory it ever had resident, in bytes; after its end, the most that was seen."""
        self._peak = max(self._peak, _peak_of(self.pid))
        return self._peak

    @property
    def rss_below(self) -> int:
        """The most memory that any one of the processes alive below it has had resident so far, in bytes."""
        return max(map(_peak_of, leash.descendants(self.pid)), default=0)

    @property
    def tail(self) -> str:
        """The last lines that this run wrote into its log."""
        with self.log.open("rb") as log:
            log.seek(max(self._log_from, self.log.stat().st_size - 8192))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-25:])

    def signal(self, number: int) -> None:
        """Send a signal, as SIGSTOP and SIGCONT; nothing happens if it has ended."""
        if self.is_running:
            self._child.send_signal(number)

    async def wait(self) -> int:
        """Wait for its end; its exit status."""
        while (status := self._child.poll()) is None:  # noqa: ASYNC110  # no loop's child watcher: fork-safe, any loop
            await asyncio.sleep(TICK_SECONDS)
        return status

    async def ready(self) -> None:
        """Wait until the program's URL answers; fail at once if it ends instead, with what it logged."""
        program, limit = self.program, time.monotonic() + self.program.ready_seconds
        if program.ready_url is None:
            return
        while not await asyncio.to_thread(_answers, program.ready_url):
            self.check(limit)
            await asyncio.sleep(5 * TICK_SECONDS)

    def check(self, limit: float) -> None:
        """Raise if the program has ended, or the time (of the monotonic clock) is over."""
        if not self.is_running:
            raise StartError(self.program.name, f"it ended with status {self.exit_status}", self.log, self.tail)
        if time.monotonic() > limit:
            raise StartError(self.program.name, "it did not answer in time", self.log, self.tail)

    async def stop(self) -> int:
        """Stop it as it likes to be stopped, then by SIGKILL, with all that it started; its exit status."""
        _ = self.peak_rss
        self.signal(self.program.stop_signal)
        self.signal(signal.SIGCONT)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wait(), self.program.stop_seconds)
        return await self.kill()

    async def kill(self) -> int:
        """SIGKILL to it and to all that it started, and wait until they are gone."""
        _ = self.peak_rss
        path = leash.record_path(self._run, self.program.name, os.getpid())
        for record in [found for at, found in leash.records(self._run).items() if at == path]:
            await asyncio.to_thread(leash.kill_tree, record)
        with suppress(ProcessLookupError):
            self._child.kill()  # it may not have come as far as its record
        status = await self.wait()
        path.unlink(missing_ok=True)
        return status


class Processes:
    """Programs in the order they were started; leaving the context stops them in reverse."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.running: dict[str, Process] = {}
        self._guard: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        for folder in (self.home / "log", self.home / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(leash.sweep, self.home / "run")
        self._guard = _guard(self.home / "run")
        return self

    async def __aexit__(self, *_: object) -> None:
        word = b""  # without a word the guard sweeps: stopping was interrupted
        try:
            await self.stop()
            word = b"."
        finally:
            if self._guard is not None:
                await asyncio.to_thread(self._guard.communicate, word)

    async def start(self, program: Program) -> Process:
        """Start a program and wait until it is ready; if it does not become ready, nothing of it is left."""
        process = self.launch(program)
        try:
            await process.ready()
        except BaseException:
            await process.stop()
            raise
        return process

    def launch(self, program: Program) -> Process:
        """Start a program without waiting."""
        known = self.running.get(program.name)
        if known is not None and known.is_running:
            raise StackError(f"{program.name} runs already", f"{program.name}은(는) 이미 실행 중입니다")
        self.running.pop(program.name, None)
        self.running[program.name] = Process(program, self.home)
        return self.running[program.name]

    async def stop(self) -> None:
        """Stop all, the last started first."""
        while self.running:
            _, process = self.running.popitem()
            await process.stop()


def _guard(run: Path) -> subprocess.Popen[bytes]:
    """The watcher that outlives us just long enough to stop what we could not."""
    return subprocess.Popen(  # noqa: S603  # our own script
        [*LEASH, "guard", str(run), str(os.getpid())],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _answers(url: str) -> bool:
    """A plain look at one of our own programs on loopback, past any proxy."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5.0) as answer:
            return answer.status < 400
    except (OSError, HTTPException):
        return False


def _peak_of(pid: int) -> int:
    """The most memory that a process has had resident, in bytes, as the kernel keeps it; 0 once it has ended."""
    with suppress(OSError):
        if match := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()):
            return int(match[1]) << 10
    return 0


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))

"""`make run`: the programme year 2023, from application to dashboard, on real Kafka and PostgreSQL."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rehearsal import applying, year
from rehearsal.books import counted_at_the_source, reconcile, traffic, visits_made_up_for
from rehearsal.doors import RefusedAtTheDoorError
from rehearsal.house import House, open_house
from rehearsal.settings import Settings
from rehearsal.summary import Summary
from rehearsal.year import StuckError, Year
from stack import StackError

T = TypeVar("T")


class _Watch:
    """Takes the time of each stage."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary

    async def stage(self, name: str, work: Awaitable[T]) -> T:
        """Do the work and note how long it took."""
        begun = time.monotonic()
        try:
            return await work
        finally:
            self._summary.seconds_by_stage[name] = time.monotonic() - begun


async def run(settings: Settings, console: Console) -> int:
    """Play the year, show the books, and keep the page up; the exit status."""
    _cancel_on_signals()
    summary = Summary(is_synthetic=settings.enterprises_file is None)
    watch = _Watch(summary)
    written = asyncio.create_task(asyncio.to_thread(applying.write_files, settings))  # while the servers start
    opening = open_house(settings)
    with console.status("Starting Kafka, PostgreSQL and the four services (the first time takes a minute) …"):
        house = await watch.stage("start", opening.__aenter__())
    try:
        files = await watch.stage("files", written)
        console.print(f"The page: {house.page}", style="bold")
        if not settings.keep:
            await _play(house, settings, console, watch, files)
            await _close_the_books(house, settings, console, summary, watch)
        if settings.once:
            return 0 if settings.keep or summary.is_reconciled else 1
        console.print(f"The page stays up at {house.page} until Ctrl-C.", style="bold")
        await asyncio.Event().wait()
    finally:
        await opening.__aexit__(None, None, None)
    return 0


def _cancel_on_signals() -> None:
    """Ctrl-C and SIGTERM end the run in order, once; a second one does not wait."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def cancel() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel)


async def _play(house: House, settings: Settings, console: Console, watch: _Watch, files: applying.Files) -> None:
    columns = (TextColumn("{task.description:<42}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        this = Year(house, settings, progress, files.folder, files.programme_id)
        await watch.stage("agencies", applying.agencies(this))
        await watch.stage("training", applying.training(this))
        await watch.stage("enterprises", applying.enterprises(this, files))
        await watch.stage("decisions", year.decided(this))
        await watch.stage("plan", year.planned(this))
        await watch.stage("visits", year.visited(this))
        await watch.stage("reporting", year.told(this))


async def _close_the_books(house: House, settings: Settings, console: Console, summary: Summary, watch: _Watch) -> None:
    summary.reconciliation = await watch.stage("reconciliation", reconcile(house))
    made_up_for = await visits_made_up_for(house.doors)
    summary.counts = await counted_at_the_source(house.stack) | {"visits_missed_and_made_up_for": made_up_for}
    summary.traffic = await traffic(house.doors)
    summary.peak_megabytes = house.peak_megabytes()
    summary.show(console)
    console.print(f"written to {summary.write(settings.out)}")


def main() -> None:
    """Exit status 1 when something does not reconcile, or did not happen."""
    console = Console()
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        try:
            sys.exit(uvloop.run(run(Settings(), console)))
        except (StackError, StuckError, RefusedAtTheDoorError) as error:
            console.print(str(error), style="bold red")
            sys.exit(1)


if __name__ == "__main__":
    main()

"""`make run`: the programme year 2023, from application to dashboard, on real Kafka and PostgreSQL."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from rehearsal import applying, signals, year
from rehearsal.books import counted_at_the_source, reconcile, traffic
from rehearsal.house import House, open_house
from rehearsal.inputs import WrongInputError, read_settings
from rehearsal.settings import Settings
from rehearsal.summary import Summary
from rehearsal.troubles import TROUBLES, told
from rehearsal.warden import Warden
from rehearsal.year import Year
from stack.home import Home

T = TypeVar("T")
STARTING = (
    "Starting Kafka, PostgreSQL and the four services (the first time takes a minute) …\n"
    "카프카와 PostgreSQL, 네 서비스를 시작하는 중입니다(처음에는 1분쯤 걸립니다) …"
)


class _Watch:
    """Takes the time of each stage."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary

    async def stage(self, name: str, work: Awaitable[T]) -> T:
        """Do the work and note how long it took."""
        begun = time.monotonic()
        try:
            return await work
        finally:
            self.summary.seconds_by_stage[name] = time.monotonic() - begun


@dataclass(frozen=True)
class _Rehearsal:
    """One run, once everything is up."""

    house: House
    settings: Settings
    console: Console
    watch: _Watch
    warden: Warden

    async def go_through(self, written: Awaitable[applying.Files]) -> int:
        """Play the year, show the books, and keep the page up; the exit status."""
        files = await self.watch.stage("files", written)
        self.console.print(f"The page · 현황 화면: {self.house.page}", style="bold")
        if not self.settings.keep:
            await self._play_and_close_the_books(files)
        if self.settings.once:
            return 0 if self.settings.keep or self.watch.summary.is_reconciled else 1
        self.console.print(
            f"The page stays up at {self.house.page} until Ctrl-C.\n"
            f"현황 화면은 Ctrl-C를 누를 때까지 {self.house.page}에 열려 있습니다.",
            style="bold",
        )
        await signals.told_to_stop()
        return 0

    async def _play_and_close_the_books(self, files: applying.Files) -> None:
        """A year that is stuck has its books closed too: they show what is missing."""
        try:
            await self._play(files)
        except year.StuckError as error:
            self.watch.summary.stuck, self.watch.summary.stuck_ko = error.english, error.korean
            await self._close_the_books()
            raise
        await self._close_the_books()

    async def _play(self, files: applying.Files) -> None:
        what = TextColumn("{task.description}", table_column=Column(overflow="fold"))
        columns = (what, BarColumn(bar_width=10), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            this, stage = Year(self.house, self.settings, progress, files.programme_id), self.watch.stage
            await stage("agencies", applying.agencies(this, files))
            await stage("training", applying.training(this, files))
            await stage("enterprises", applying.enterprises(this, files))
            await stage("decisions", year.decided(this))
            await stage("plan", year.planned(this))
            await stage("visits", year.visited(this))
            await stage("reporting", year.told(this))

    async def _close_the_books(self) -> None:
        summary, house = self.watch.summary, self.house
        books = await self.watch.stage("reconciliation", reconcile(house))
        summary.reconciliation = books.lines
        made_up_for = {"visits_missed_and_made_up_for": books.visits_missed_and_made_up_for}
        summary.counts = await counted_at_the_source(house.stack) | made_up_for
        summary.traffic = await traffic(house.doors)
        summary.peak_megabytes = self.warden.peak_megabytes
        summary.show(self.console)
        self.console.print(f"written to · 저장: {summary.write(self.settings.out)}")


async def run(settings: Settings, console: Console) -> int:
    """Bring everything up, go through the year, and leave nothing running; the exit status."""
    watch = _Watch(Summary(are_enterprises_synthetic=settings.enterprises_file is None))
    # Only who has the folder writes: the files while the servers start, and nothing once it is let go.
    with Home.taken(settings.home, settings.needed_bytes) as home, ThreadPoolExecutor(1) as writer:
        written = asyncio.get_running_loop().run_in_executor(writer, applying.write_files, settings)
        async with AsyncExitStack() as until_the_end:
            with console.status(STARTING):
                house = await watch.stage("start", until_the_end.enter_async_context(open_house(home, settings)))
            warden = Warden(house.stack, house.processes)
            rehearsal = _Rehearsal(house, settings, console, watch, warden)
            return await warden.while_all_live(rehearsal.go_through(written))


def main() -> None:
    """Exit status 1 when something does not reconcile, or did not happen; 2 when what was asked for cannot be.

    Stopped before its end it is no success: 130 after Ctrl-C, 143 after SIGTERM.
    """
    console = Console()
    try:
        settings = read_settings()
    except WrongInputError as error:
        console.print(str(error), style="bold red", markup=False)
        sys.exit(2)
    if settings.is_large:
        console.print(settings.what_it_takes, style="yellow")
    try:
        sys.exit(uvloop.run(signals.status_of(run(settings, console))))
    except KeyboardInterrupt:
        sys.exit(signals.status_after(signal.SIGINT))
    except TROUBLES as error:
        console.print(told(error, settings), style="bold red", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()

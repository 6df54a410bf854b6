"""The year, stage by stage: each enters where people enter, and waits until those who listen have heard."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import Progress

from rehearsal.books import counted_at_the_source, read_model
from rehearsal.house import House
from rehearsal.settings import Settings
from rehearsal.visiting import Booked, batches, booked, reports, short_lived_sites

REPORTS_A_REQUEST = 2_000
Check = Callable[[], Awaitable[tuple[int, int]]]


class StuckError(Exception):
    """Something that should have happened did not; the text says what, and where to look."""


@dataclass(frozen=True)
class Year:
    """What the stages share."""

    house: House
    settings: Settings
    progress: Progress
    files: Path
    programme_id: str

    async def watched(self, what: str, check: Check, *, patience: float = 60) -> None:
        """Show a bar from (done, of) until all is done; `StuckError` when nothing moves for so many seconds."""
        task = self.progress.add_task(what, total=None)
        moved_at, last = asyncio.get_running_loop().time(), -1
        while True:
            done, of = await check()
            self.progress.update(task, completed=done, total=of)
            if done >= of > 0:
                return
            now = asyncio.get_running_loop().time()
            moved_at, last = (now, done) if done != last else (moved_at, last)
            if now - moved_at > patience:
                logs = self.house.stack.home.folder / "log"
                raise StuckError(f"{what}: {done:,} of {of:,}, and nothing moved for {patience:.0f} s; see {logs}")
            await asyncio.sleep(0.3)


async def decided(year: Year) -> None:
    """Wait until scheduling knows every agency, manager, enterprise and decision that was told."""

    async def check() -> tuple[int, int]:
        source = await counted_at_the_source(year.house.stack)
        heard = await year.house.doors.scheduling.get(f"/programmes/{year.programme_id}/picture")
        names = {
            "agencies_qualified": "agencies",
            "managers_trained": "managers",
            "enterprises_registered": "enterprises",
        }
        done = sum(heard[mine] for mine in names.values()) + heard["eligible"] + heard["ineligible"]
        return done, sum(source[theirs] for theirs in names) + source["enterprises_registered"]

    await year.watched("eligibility decides", check)


async def planned(year: Year) -> dict[str, Any]:
    """Ask for the plan and wait until it is published; the plan as it stands then."""
    asked = await year.house.doors.scheduling.post(f"/programmes/{year.programme_id}/plans", b"{}")
    plan: dict[str, Any] = {}

    async def check() -> tuple[int, int]:
        plan.update(await year.house.doors.scheduling.get(f"/plans/{asked['plan_id']}"))
        if plan["state"] == "refused":
            raise StuckError(f"the plan was refused: {plan}")
        return int(plan["state"] == "published"), 1

    await year.watched("the plan is made, verified and published", check, patience=900)
    return plan


async def visited(year: Year) -> None:
    """Report every visit, week by week; those who found nobody go again on the day that they are given."""
    total, attempt = 0, 0
    short_lived = await asyncio.to_thread(short_lived_sites, year.files / "enterprises.csv")
    task = year.progress.add_task("managers visit and report", total=None)
    while True:
        attempt += 1
        waiting = await _waiting(year, short_lived)
        if not waiting:
            break
        total += len(waiting)
        year.progress.update(task, total=total)
        for batch in batches(waiting, REPORTS_A_REQUEST):
            await _report(year, batch, attempt)
            year.progress.advance(task, len(batch))
        await _booked_again(year)


async def _waiting(year: Year, short_lived: frozenset[str]) -> list[Booked]:
    query = f"programme_id={year.programme_id}&state=scheduled"
    return booked(await year.house.doors.field.text(f"/visits/export?{query}"), short_lived)


async def _booked_again(year: Year) -> None:
    try:
        await year.watched("missed visits get another day", lambda: _all_have_a_day(year), patience=20)
    except StuckError:
        counts = await year.house.doors.field.get("/visits/counts", programme_id=year.programme_id)
        year.progress.console.print(
            f"{counts['missed']:,} missed visits have no other day left: too few days, or people"
        )


async def _all_have_a_day(year: Year) -> tuple[int, int]:
    counts = await year.house.doors.field.get("/visits/counts", programme_id=year.programme_id)
    return counts["total"] - counts["missed"], counts["total"]


async def _report(year: Year, batch: list[Booked], attempt: int) -> None:
    said = json.dumps({"reports": reports(batch, year.settings.seed, attempt=attempt)})
    answer = await year.house.doors.field.post("/visits/reports", said)
    if answer["refused"]:
        refused = next(row for row in answer["rows"] if row["answer"] == "refused")
        raise StuckError(f"{answer['refused']} reports were refused, the first: {refused}")


async def told(year: Year) -> None:
    """Wait until the read model has all that the sources have."""

    async def check() -> tuple[int, int]:
        source, read = await asyncio.gather(counted_at_the_source(year.house.stack), read_model(year.house.doors))
        return sum(min(read.get(name, 0), count) for name, count in source.items()), sum(source.values())

    await year.watched("reporting hears the rest", check)

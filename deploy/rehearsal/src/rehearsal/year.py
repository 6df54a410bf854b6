"""The year, stage by stage: each enters where people enter, and waits until those who listen have heard."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rich.progress import Progress, TaskID

from rehearsal.books import counted_at_the_source, read_model
from rehearsal.house import House
from rehearsal.labels import korean, label
from rehearsal.settings import Settings
from rehearsal.visiting import Booked, Reporters, short_lived_sites
from stack import StackError

REPORTS_A_REQUEST = 2_000
Check = Callable[[], Awaitable[tuple[int, int]]]


class StuckError(StackError):
    """Something that should have happened did not; the text says what, and where to look."""


@dataclass(frozen=True)
class Year:
    """What the stages share."""

    house: House
    settings: Settings
    progress: Progress
    programme_id: str

    async def watched(self, what: str, check: Check, *, patience: float = 60) -> None:
        """Show a bar from (done, of) until all is done; `StuckError` when nothing moves for so many seconds."""
        task = self.progress.add_task(label(what), total=None)
        moved_at, last = asyncio.get_running_loop().time(), -1
        while True:
            done, of = await check()
            self.progress.update(task, completed=done, total=of if of > 1 or done else None)  # one step has no half
            if done >= of > 0:
                return
            now = asyncio.get_running_loop().time()
            moved_at, last = (now, done) if done != last else (moved_at, last)
            if now - moved_at > patience:
                logs = self.house.stack.home.folder / "log"
                raise StuckError(
                    f"{what}: {done:,} of {of:,}, and nothing moved for {patience:.0f} s; see {logs}.",
                    f"{korean(what)}: {of:,}건 가운데 {done:,}건에서 {patience:.0f}초 동안 멈췄습니다. "
                    f"{logs}의 로그를 보십시오.",
                )
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
            raise StuckError(
                f"The plan was refused: {' '.join(one['en'] for one in plan['reasons'])}",
                f"계획이 거부되었습니다. {' '.join(one['ko'] for one in plan['reasons'])}",
            )
        return int(plan["state"] == "published"), 1

    await year.watched("the plan is made and published", check, patience=900)
    return plan


async def visited(year: Year) -> None:
    """Report every visit, week by week; those who found nobody go again on the day that they are given."""
    short_lived = await short_lived_sites(year.house.stack.postgres.dsn("scheduling"))
    reporters = Reporters(year.settings.seed, short_lived)
    task = year.progress.add_task(label("managers visit and report"), total=None)
    while True:
        before = await _counts(year)
        year.progress.update(task, total=before["total"])
        refused = await _played_once(year, reporters, task)
        await _booked_again(year)
        now = await _counts(year)
        if not now["scheduled"]:
            break
        if now["completed"] == before["completed"]:
            left, why = f"{now['scheduled']:,}", refused or {"reason_en": "-", "reason_ko": "-"}
            raise StuckError(
                f"{left} visits cannot be reported; of the last refusals the first: {why['reason_en']}",
                f"방문 {left}건을 보고할 수 없습니다. 마지막으로 거부된 보고의 사유: {why['reason_ko']}",
            )


async def _played_once(year: Year, reporters: Reporters, task: TaskID) -> Any:
    """From the first visit still to come to the end of the year; the first refusal of the last week that had one.

    Each week the book is opened anew: visits have moved since the last.
    """
    refused = None
    first = await _next_visit_on(year, date.min)
    while first:
        sunday = first + timedelta(days=6 - first.weekday())
        waiting = reporters.booked(await _book(year, first, sunday))
        for start in range(0, len(waiting), REPORTS_A_REQUEST):
            answer = await _report(year, reporters, waiting[start : start + REPORTS_A_REQUEST])
            year.progress.advance(task, answer["completed"])
            refused = answer["refused"] or refused
        first = await _next_visit_on(year, sunday + timedelta(days=1))
    return refused


async def _next_visit_on(year: Year, first: date) -> date | None:
    query = {"programme_id": year.programme_id, "state": "scheduled", "from": first.isoformat(), "limit": 1}
    found = (await year.house.doors.field.get("/visits", **query))["visits"]
    return date.fromisoformat(found[0]["visit_on"]) if found else None


async def _book(year: Year, first: date, last: date) -> str:
    query = f"programme_id={year.programme_id}&state=scheduled&from={first}&until={last}"
    return await year.house.doors.field.text(f"/visits/export?{query}")


async def _counts(year: Year) -> dict[str, int]:
    return await year.house.doors.field.get("/visits/counts", programme_id=year.programme_id)


async def _booked_again(year: Year) -> None:
    missed = (await _counts(year))["missed"]
    if not missed:
        return
    try:
        await year.watched("missed visits get another day", lambda: _have_a_day(year, missed), patience=20)
    except StuckError:
        left = f"{(await _counts(year))['missed']:,}"
        year.progress.console.print(
            f"{left} missed visits have no other day left: too few days, or people.\n"
            f"불발 방문 {left}건은 다시 잡을 날이 없습니다. 남은 날이나 관리자가 모자랍니다."
        )


async def _have_a_day(year: Year, missed: int) -> tuple[int, int]:
    return missed - (await _counts(year))["missed"], missed


async def _report(year: Year, reporters: Reporters, visits: list[Booked]) -> dict[str, Any]:
    """How many visits are completed now, and the first row that was refused."""
    said = [reporters.report(visit) for visit in visits]
    answer = await year.house.doors.field.post("/visits/reports", json.dumps({"reports": said}))
    refused = {row["visit_id"]: row for row in answer["rows"] if row["answer"] == "refused"}
    completed = sum(row["outcome"] == "completed" and row["visit_id"] not in refused for row in said)
    return {"completed": completed, "refused": next(iter(refused.values()), None)}


async def told(year: Year) -> None:
    """Wait until the read model has all that the sources have."""

    async def check() -> tuple[int, int]:
        source, read = await asyncio.gather(counted_at_the_source(year.house.stack), read_model(year.house.doors))
        return sum(min(read.get(name, 0), count) for name, count in source.items()), sum(source.values())

    await year.watched("reporting hears the rest", check)

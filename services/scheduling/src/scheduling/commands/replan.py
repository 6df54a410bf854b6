"""`anjeon plan replan`: one change in one command; what the change does not touch stays where it is."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from scheduling import reasons
from scheduling.bar import progress
from scheduling.both import Both
from scheduling.commands.asked import amended, change_of, write_amended
from scheduling.commands.proving import Grounds, write_proved
from scheduling.commands.terminal import Refused, answers, read, read_planned, say
from scheduling.planfiles import telling
from scheduling.planfiles.amend import Amendment
from scheduling.planfiles.facts import Names, Reading
from scheduling.planfiles.plans import PlanReading, write_plan, write_refusals, write_released
from scheduling.planner.difference import Difference, difference
from scheduling.planner.wishes import Changed, apply

_STANDING = Both(
    "새 계획에서 공표된 방문은 {published:,}건, 고정된 방문은 {pinned:,}건입니다.",
    "In the new plan {published:,} visits are published, {pinned:,} pinned.",
)


@dataclass(frozen=True)
class _Step:
    """From one plan to the next: what differs, and whether that is more than was allowed."""

    before: PlanReading
    made: Changed
    change: Difference
    is_refused: bool


def replan(facts: Path, planned: Path, wish: dict[str, Any]) -> None:
    """Makes one change, and writes the new plan unless it breaks a limit or a rule."""
    with TemporaryDirectory() as room:
        then = amended(facts, Path(room) / "facts", wish)
        reading = read(then)
        before = read_planned(planned, reading)
        asked = change_of(reading, planned, before.plan.visits, wish)
        with progress() as tell:
            made = apply(reading.facts, before.plan.visits, asked, tell)
        change = difference(reading.facts, before.all_visits, made.plan.visits)
        exceeded = _exceeded(change, wish)
        _tell(reading, _Step(before, made, change, bool(exceeded)), wish["as_json"])
        if exceeded:
            raise Refused(*exceeded)

        then = _remembered(reading.names, then, Path(room) / "since", made)

        def write(folder: Path) -> None:
            write_plan(folder, reading.names, made.plan, wish["form"])
            write_refusals(folder, reading.refusals + before.refusals)
            write_released(folder, reading.names, made.released)
            if then != facts:
                copytree(then, folder / "facts")

        write_proved(wish["out"], Grounds(then, planned), write)


def _remembered(names: Names, facts: Path, target: Path, made: Changed) -> Path:
    """The facts that know as well who gave which enterprise back."""
    back = {names.enterprises[site]: names.agencies[agency] for site, agency in made.handed_back}
    return write_amended(facts, target, Amendment(handed_back=back)) if back else facts


def _exceeded(change: Difference, wish: dict[str, Any]) -> Both | None:
    """Which limit the new plan breaks."""
    if wish["most_moved"] is not None and len(change.moved) > wish["most_moved"]:
        return _too_many(Both("옮겨져", "moved"), len(change.moved), wish["most_moved"])
    if wish["most_dropped"] is not None and len(change.dropped) > wish["most_dropped"]:
        return _too_many(Both("취소되어", "dropped"), len(change.dropped), wish["most_dropped"])
    return None


def _too_many(what: Both, count: int, most: int) -> Both:
    return Both(
        f"방문 {count:,}건이 {what.ko} 허용한 {most:,}건을 넘으므로 거부했습니다. 아무것도 쓰지 않았습니다.",
        f"Refused: {count:,} visits would be {what.en}, and {most:,} are allowed. Nothing was written.",
    )


def _tell(reading: Reading, step: _Step, as_json: bool) -> None:
    made, change = step.made, step.change
    refused, plans = _refused(reading.names, made), telling.Two(reading, step.before.all_visits, made.plan.visits)
    counted = telling.standing(made.plan)
    if as_json:
        moves = {"moves": telling.moves(change, plans)}
        say(telling.changes(change) | counted | {"refused": step.is_refused} | {"refused_wishes": refused} | moves)
        return
    console = answers()
    for one in refused:
        console.print(f"{one['enterprise_id']} {one['ordinal'] or ''} {one['code']}: {one['ko']} / {one['en']}")
    telling.difference(console, change, plans)
    console.print(_STANDING.lines.format_map(counted))
    telling.reasons(console, made.plan)


def _refused(names: Names, made: Changed) -> list[dict[str, Any]]:
    """The wishes whose visits stay where they are, and why; the ordinal is null where all visits were meant."""
    return [
        {"enterprise_id": names.enterprises[site], "ordinal": ordinal or None, "code": code.value,
         "ko": reasons.WISHES[code].ko, "en": reasons.WISHES[code].en}
        for (site, ordinal), code in made.refused
    ]  # fmt: skip

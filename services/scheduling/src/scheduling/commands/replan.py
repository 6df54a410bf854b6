"""`anjeon plan replan`: one change in one command; what the change does not touch stays where it is."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import click

from scheduling import reasons
from scheduling.bar import progress
from scheduling.commands.asked import amended, change_of, write_amended
from scheduling.commands.proving import Grounds, write_proved
from scheduling.commands.terminal import answers, read, read_planned, say
from scheduling.planfiles import telling
from scheduling.planfiles.amend import Amendment
from scheduling.planfiles.facts import Names, Reading
from scheduling.planfiles.plans import PlanReading, write_plan, write_refusals, write_released
from scheduling.planner.difference import Difference, difference
from scheduling.planner.wishes import Changed, apply


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
            raise click.ClickException(f"Refused: {exceeded} Nothing was written.")

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


def _exceeded(change: Difference, wish: dict[str, Any]) -> str:
    """Which limit the new plan breaks."""
    for limit, count in (("most_moved", len(change.moved)), ("most_dropped", len(change.dropped))):
        if wish[limit] is not None and count > wish[limit]:
            return f"{count:,} visits would be {limit.removeprefix('most_')}, and {wish[limit]:,} are allowed."
    return ""


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
    console.print("In the new plan {published:,} visits are published, {pinned:,} pinned.".format_map(counted))
    telling.reasons(console, made.plan)


def _refused(names: Names, made: Changed) -> list[dict[str, Any]]:
    """The wishes whose visits stay where they are, and why; the ordinal is null where all visits were meant."""
    return [
        {"enterprise_id": names.enterprises[site], "ordinal": ordinal or None, "code": code.value,
         "ko": reasons.WISHES[code].ko, "en": reasons.WISHES[code].en}
        for (site, ordinal), code in made.refused
    ]  # fmt: skip

"""`anjeon plan replan`: one change in one command; what the change does not touch stays where it is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np

from scheduling.commands.terminal import (
    AS_JSON,
    CONSOLE,
    DAY,
    FOLDER,
    FORM,
    OUT,
    as_date,
    place_of,
    progress,
    read,
    say,
)
from scheduling.planfiles import telling
from scheduling.planfiles.amend import Amendment, Spell, amend
from scheduling.planfiles.facts import Reading
from scheduling.planfiles.plans import read_plan, visits_named, write_plan, write_refusals, write_released
from scheduling.planfiles.sheets import spans
from scheduling.planner.changes import freeze, pin
from scheduling.planner.changes import replan as plan_again
from scheduling.planner.difference import difference
from scheduling.planner.model import Plan, Stage
from scheduling.planner.wishes import Named, Wishes, fulfil

_FACTS_CHANGED = (
    click.option("--suspend", multiple=True, metavar="AGENCY", help="Suspend an agency, --from a day, --until a day."),
    click.option("--away", multiple=True, metavar="MANAGER", help="A manager is on leave --from --until, or leaves."),
    click.option("--close", multiple=True, metavar="ENTERPRISE", help="An enterprise closes, --from a day."),
    click.option("--from", "since", type=DAY, help="The first day of what is suspended, away or closed."),
    click.option("--until", type=DAY, help="Its last day; without one it is for good."),
    click.option("--holiday", multiple=True, type=DAY, help="Nobody visits on this day after all."),
    click.option("--freeze", type=DAY, help="Publish what lies up to this day; nothing new is placed there any more."),
)
_VISITS_CHANGED = (
    click.option("--missed", multiple=True, metavar="VISIT", help="A visit could not be made: it gets another day."),
    click.option("--hand-back", multiple=True, metavar="ENTERPRISE", help="Its agency gives it back: another comes."),
    click.option("--another-day", multiple=True, metavar="VISIT=DAYS",
                 help="An enterprise asks for other days, such as 2023-07-03..2023-07-14|2023-08-01."),
    click.option("--pin", multiple=True, metavar="VISIT", help="A visit stays where it is, whatever is planned anew."),
)  # fmt: skip


def _with(options: tuple[Callable[..., Any], ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


@click.command()
@click.argument("facts", type=FOLDER)
@click.argument("planned", type=FOLDER)
@OUT
@_with(_FACTS_CHANGED)
@_with(_VISITS_CHANGED)
@click.option("--move-drafts", is_flag=True, help="Plan all unpinned drafts anew, not only what the facts forbid.")
@click.option("--most-moved", type=int, help="Refuse the new plan as a whole if it moves more visits than this.")
@FORM
@AS_JSON
def replan(facts: Path, planned: Path, **wish: Any) -> None:
    """Change PLANNED as little as a change of FACTS or a wish demands; exit 1 if the new plan is refused.

    With changes named here, the facts as they are then go to OUT/facts, and what was free to move to OUT/released.csv:
    `anjeon plan verify OUT/facts OUT --against PLANNED --released OUT/released.csv`.
    """
    with TemporaryDirectory() as room:
        amended = _amended(facts, Path(room) / "facts", wish)
        reading = read(amended)
        before, refused = read_plan(planned, reading.facts, reading.names)
        wishes, pinned = _wishes(reading, planned, before, wish)
        made, released = _again(reading, before, (wishes, pinned), wish)
        change = difference(reading.facts, before.visits, made.visits)
        too_many = wish["most_moved"] is not None and len(change.moved) > wish["most_moved"]
        for site, ordinal in {named for named, _ in wishes.other_days} - set(released):
            enterprise = reading.names.enterprises[site]
            CONSOLE.print(f"Visit {ordinal} of {enterprise} stays: nobody has room on the days asked for.")
        if not too_many:
            write_plan(wish["out"], reading.names, made, wish["form"])
            write_refusals(wish["out"], reading.refusals + refused)
            write_released(wish["out"], reading.names, released)
            if amended != facts:
                copytree(amended, wish["out"] / "facts", dirs_exist_ok=True)
    if wish["as_json"]:
        say(telling.changes(change) | {"unscheduled": len(made.unscheduled.site), "refused": too_many})
    else:
        telling.difference(CONSOLE, change, (reading, before.visits, made.visits))
        telling.reasons(CONSOLE, made)
    if too_many:
        raise click.ClickException(f"Refused: {len(change.moved):,} visits would move. Nothing was written.")


def _amended(facts: Path, target: Path, wish: dict[str, Any]) -> Path:
    """The folder of facts to plan with: the one given, or a copy with the changes in it."""
    since, until = as_date(wish["since"]), as_date(wish["until"])
    asked = Amendment(
        suspended=wish["suspend"],
        away=wish["away"],
        closed=wish["close"],
        spell=Spell(since, until) if since else None,
        holidays=[said.date() for said in wish["holiday"]],
        frozen_until=as_date(wish["freeze"]),
    )
    if (asked.suspended or asked.away or asked.closed) and not since:
        raise click.ClickException("Since when? Say --from DAY.")
    if asked.is_empty:
        return facts
    try:
        amend(facts, target, asked)
    except (LookupError, ValueError, FileNotFoundError) as fault:
        raise click.ClickException(str(fault.args[0])) from fault
    return target


def _wishes(reading: Reading, planned: Path, before: Plan, wish: dict[str, Any]) -> tuple[Wishes, list[Named]]:
    """What is asked of single visits, and which are to be pinned."""
    other_days = [text.partition("=") for text in wish["another_day"]]
    asked = [*wish["missed"], *wish["pin"], *(name for name, _, _ in other_days)]
    known = visits_named(planned, reading.names, asked)
    for name in asked:
        _check(before, name, known.get(name))
    dates = reading.facts.calendar.dates
    try:
        days = [[(dates >= first) & (dates <= last) for first, last in spans(cell)] for _, _, cell in other_days]
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    return Wishes(
        [known[name] for name in wish["missed"]],
        [place_of(name, reading.names.enterprises, "enterprise") for name in wish["hand_back"]],
        [(known[name], np.any(some, axis=0)) for (name, _, _), some in zip(other_days, days, strict=True) if some],
    ), [known[name] for name in wish["pin"]]


def _check(before: Plan, name: str, named: Named | None) -> None:
    """Only a visit that stands and is still to come can be asked to move or to stay."""
    visits = before.visits
    stands = (visits.stage == Stage.DRAFT) | (visits.stage == Stage.PUBLISHED)
    if named is None or not (stands & (visits.site == named[0]) & (visits.ordinal == named[1])).any():
        raise click.ClickException(f"The plan has no visit {name} that is still to come.")


def _again(
    reading: Reading, before: Plan, asked: tuple[Wishes, list[Named]], wish: dict[str, Any]
) -> tuple[Plan, list[Named]]:
    """The new plan: first what the facts demand, then what people ask."""
    wishes, pinned = asked
    visits = pin(before.visits, pinned)
    made = replace(before, visits=visits)
    only_wishes = not (wishes.is_empty and not pinned)
    if wish["freeze"]:
        made = replace(made, visits=freeze(reading.facts, visits))
    if not only_wishes or _changes_facts(wish) or wish["move_drafts"]:
        with progress() as tell:
            made = plan_again(reading.facts, made.visits, tell, keep_drafts=not wish["move_drafts"])
    return (made, []) if wishes.is_empty else fulfil(reading.facts, made.visits, wishes)


def _changes_facts(wish: dict[str, Any]) -> bool:
    return any(wish[name] for name in ("suspend", "away", "close", "holiday", "freeze"))

"""`anjeon plan`: plan the nation from files, explain it, change it, compare."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from korea.provinces import province as province_named
from scheduling.planfiles import telling
from scheduling.planfiles.facts import PROVINCE_NUMBERS, Reading, read_facts
from scheduling.planfiles.plans import read_plan, write_plan, write_refusals
from scheduling.planner import pipeline
from scheduling.planner.changes import replan as plan_again
from scheduling.planner.difference import difference
from scheduling.planner.events import live
from scheduling.planner.measures import measure
from scheduling.planner.model import Reason
from scheduling.planner.shortfall import certify
from scheduling.planner.whatif import Question, what_if
from scheduling.planner.why import SENTENCES, why
from scheduling.pvrp.command import pvrp
from scheduling.verifier.command import verify

CONSOLE = Console(stderr=True)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON on the standard output.")
_FORM = click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)


@click.group()
def plan() -> None:
    """Plan visits from files of facts, prove, explain and change the plan."""


plan.add_command(verify)
plan.add_command(pvrp)


@plan.command()
@click.argument("facts", type=_FOLDER)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the plan.")
@click.option("--seed", default=0, show_default=True)
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw the plan into this file.")
@_FORM
@_JSON
def run(facts: Path, **wish: Any) -> None:
    """Plan FACTS: a date for every visit that can have one."""
    reading = _read(facts)
    with _progress() as tell:
        made = pipeline.plan(reading.facts, wish["seed"], tell)
    write_plan(wish["out"], reading.names, made, wish["form"])
    write_refusals(wish["out"], reading.refusals)
    figures, proof = measure(reading.facts, made), certify(reading.facts)
    if wish["picture"]:
        from scheduling.planfiles.picture import draw  # noqa: PLC0415 - drawing loads slowly and is seldom wanted

        draw(wish["picture"], reading.facts, made)
    if wish["as_json"]:
        refused = [asdict(one) for one in reading.refusals]
        _say(
            telling.measures_as_json(figures, made)
            | {"certificate": telling.certificate_as_json(proof), "refused": refused}
        )
        return
    telling.summary(CONSOLE, figures, made.seconds)
    telling.reasons(CONSOLE, made)
    telling.certificate(CONSOLE, proof)


@plan.command()
@click.argument("facts", type=_FOLDER)
@click.argument("planned", type=_FOLDER)
@click.argument("enterprise")
@click.option("--ordinal", default=1, show_default=True, help="Which visit of the enterprise.")
@_JSON
def explain(facts: Path, planned: Path, enterprise: str, ordinal: int, as_json: bool) -> None:
    """Say why a visit of ENTERPRISE is where it is, or why it has no date."""
    reading = _read(facts)
    made, _ = read_plan(planned, reading.facts, reading.names)
    if enterprise not in reading.names.enterprises:
        raise click.ClickException(f"The facts know no enterprise {enterprise}.")
    site = reading.names.enterprises.index(enterprise)
    missing = (made.unscheduled.site == site) & (made.unscheduled.ordinal == ordinal)
    if missing.any():
        _say_reason(Reason(int(made.unscheduled.reason[missing][0])), as_json)
        return
    if not ((made.visits.site == site) & (made.visits.ordinal == ordinal) & (made.visits.day >= 0)).any():
        raise click.ClickException(f"The plan has no visit {ordinal} of {enterprise}.")
    found = why(live(reading.facts, made.visits), site, ordinal)
    if as_json:
        choices = {
            kind.replace(" ", "_"): [telling.choice_as_json(reading.names, reading.facts, one) for one in some]
            for kind, some in telling.choices_of(found).items()
        }
        _say({"ko": found.sentence[0], "en": found.sentence[1]} | choices)
    else:
        telling.explanation(Console(), reading.names, reading.facts, found)


@plan.command()
@click.argument("facts", type=_FOLDER)
@click.argument("planned", type=_FOLDER)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the new plan.")
@click.option("--move-drafts", is_flag=True, help="Plan all unpinned drafts anew, not only what the facts forbid.")
@click.option("--most-moved", type=int, help="Refuse the new plan as a whole if it moves more visits than this.")
@_FORM
@_JSON
def replan(facts: Path, planned: Path, **wish: Any) -> None:
    """Plan again under changed FACTS: what they still allow stays; exit 1 if the new plan is refused."""
    reading = _read(facts)
    before, refused = read_plan(planned, reading.facts, reading.names)
    with _progress() as tell:
        made = plan_again(reading.facts, before.visits, tell, keep_drafts=not wish["move_drafts"])
    change = difference(reading.facts, before.visits, made.visits)
    too_many = wish["most_moved"] is not None and len(change.moved) > wish["most_moved"]
    if not too_many:
        write_plan(wish["out"], reading.names, made, wish["form"])
        write_refusals(wish["out"], reading.refusals + refused)
    if wish["as_json"]:
        _say(telling.changes(change) | {"unscheduled": len(made.unscheduled.site), "refused": too_many})
    else:
        telling.difference(CONSOLE, change)
        telling.reasons(CONSOLE, made)
    if too_many:
        raise click.ClickException(f"Refused: {len(change.moved):,} visits would move. Nothing was written.")


@plan.command()
@click.argument("facts", type=_FOLDER)
@click.argument("before", type=_FOLDER)
@click.argument("after", type=_FOLDER)
@_JSON
def diff(facts: Path, before: Path, after: Path, as_json: bool) -> None:
    """Compare two plans of the same FACTS."""
    reading = _read(facts)
    one, other = (read_plan(folder, reading.facts, reading.names)[0] for folder in (before, after))
    change = difference(reading.facts, one.visits, other.visits)
    if as_json:
        _say(telling.changes(change))
    else:
        telling.difference(Console(), change)


@plan.command("what-if")
@click.argument("facts", type=_FOLDER)
@click.option("--province", help="Only this province, such as KR-41: about a second.")
@click.option(
    "--managers", default=0.0, help="So many more managers: 0.1 is a tenth more, -0.15 fifteen per cent fewer."
)
@click.option("--visits-a-day", default=0, help="So many visits a day more, or fewer, for every manager.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Another first day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Another last day.")
@click.option("--suspend", help="An agency's id.")
@click.option("--risk-weight", type=float, help="How much the riskiest count: 1 as now, 0 not at all.")
@_JSON
def what_if_command(facts: Path, **wish: Any) -> None:
    """Plan FACTS as they are and as they might be, and compare."""
    reading = _read(facts)
    number = None
    if wish["province"]:
        number = PROVINCE_NUMBERS[province_named(wish["province"]).code]
    answer = what_if(reading.facts, _question(reading, wish), number)
    figures = {name: (getattr(answer.before, name), getattr(answer.after, name)) for name in telling.TOLD}
    if wish["as_json"]:
        compared = {name: {"before": was, "after": now} for name, (was, now) in figures.items()}
        _say(compared | {"certificate": telling.certificate_as_json(answer.certificate)})
        return
    table = Table("figure", "as it is", "as it might be", title="What if")
    for name, values in figures.items():
        words, form = telling.TOLD[name]
        table.add_row(words, *(format(value, form) for value in values))
    Console().print(table)
    telling.certificate(Console(), answer.certificate)


def _question(reading: Reading, wish: dict[str, Any]) -> Question:
    dates = reading.facts.calendar.dates
    until = wish["until"]
    return Question(
        managers_more=wish["managers"],
        stops_more=wish["visits_a_day"],
        window_from=int(np.searchsorted(dates, wish["since"].toordinal())) if wish["since"] else 0,
        window_until=int(np.searchsorted(dates, until.toordinal(), side="right")) - 1 if until else None,
        suspended=reading.names.agencies.index(wish["suspend"]) if wish["suspend"] else None,
        risk_weight=wish["risk_weight"],
    )


def _read(folder: Path) -> Reading:
    try:
        reading = read_facts(folder)
    except (FileNotFoundError, ValueError) as fault:
        raise click.ClickException(str(fault)) from fault
    for one in reading.refusals[:5]:
        CONSOLE.print(f"refused: {one.file} row {one.row} {one.column}: {one.reason}", highlight=False)
    if len(reading.refusals) > 5:
        CONSOLE.print(f"… and {len(reading.refusals) - 5:,} more, all in refused.csv")
    return reading


@contextmanager
def _progress() -> Generator[pipeline.Progress]:
    columns = (TextColumn("{task.description:>10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=CONSOLE, transient=True) as bar:
        task = bar.add_task("planning", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def _say_reason(reason: Reason, as_json: bool) -> None:
    korean, english = SENTENCES[reason]
    if as_json:
        _say({"reason": reason.name.lower(), "ko": korean, "en": english})
    else:
        click.echo(f"{reason.name.lower()}: {korean} / {english}")


def _say(what: dict[str, Any]) -> None:
    click.echo(json.dumps(what, ensure_ascii=False, indent=1, default=float))


if __name__ == "__main__":
    plan()

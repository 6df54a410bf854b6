"""What the commands share at the terminal: how facts are read, how answers are said."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planfiles.plans import PlanReading, read_plan
from scheduling.planfiles.sheets import Refusal, UnreadableError

CONSOLE = Console(stderr=True, markup=False, emoji=False)
"""For what is said beside the answer; cells of files are said as they are, brackets are no markup."""


def as_date(said: datetime | None) -> date | None:
    """The day that a word names."""
    return said.date() if said else None


class BadInput(click.ClickException):
    """What was given cannot be used: one sentence, exit 2."""

    exit_code = 2


def read(folder: Path, otherwise: Mapping[str, Any] | None = None) -> Reading:
    """The facts of a folder; the first rows that cannot be read are named."""
    try:
        reading = read_facts(folder, otherwise)
    except UnreadableError as fault:
        raise BadInput(str(fault)) from fault
    _name_refused(reading.refusals)
    return reading


def read_planned(folder: Path, reading: Reading) -> PlanReading:
    """The plan of a folder; the first rows that cannot be read are named."""
    try:
        found = read_plan(folder, reading.facts, reading.names)
    except UnreadableError as fault:
        raise BadInput(str(fault)) from fault
    _name_refused(found.refusals)
    return found


def _name_refused(refusals: list[Refusal]) -> None:
    for one in refusals[:5]:
        CONSOLE.print(f"refused: {one.file} row {one.row} {one.column}: {one.reason}", highlight=False)
    if len(refusals) > 5:
        CONSOLE.print(f"… and {len(refusals) - 5:,} rows more; `run` and `replan` write all of them to refused.csv.")


def place_of(name: str, names: list[str], kind: str) -> int:
    """Where a name stands among the facts' names."""
    if name not in names:
        raise BadInput(f"The facts know no {kind} {name}.")
    return names.index(name)


def answers() -> Console:
    """The standard output, for answers in words."""
    return Console(markup=False, emoji=False)


def say(what: Mapping[str, Any]) -> None:
    """JSON on the standard output."""
    click.echo(json.dumps(what, ensure_ascii=False, indent=1, default=float))

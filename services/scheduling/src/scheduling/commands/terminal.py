"""What the commands share at the terminal: how facts are read, how answers are said."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console

from scheduling.both import Both
from scheduling.planfiles.cells import UnreadableError
from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planfiles.faults import unknown
from scheduling.planfiles.plans import PlanReading, read_plan
from scheduling.planfiles.sheets import Refusal

CONSOLE = Console(stderr=True, markup=False, emoji=False)
"""For what is said beside the answer; cells of files are said as they are, brackets are no markup."""


def as_date(said: datetime | None) -> date | None:
    """The day that a word names."""
    return said.date() if said else None


class Refused(click.ClickException):
    """What was asked is not done: a sentence in each language why, exit 1."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.told = Both(ko, en)

    def show(self, file: IO[Any] | None = None) -> None:
        """As click shows what is wrong, in both languages."""
        click.echo(self.told.error, file=file, err=file is None)


class BadInput(Refused):
    """What was given cannot be used: exit 2."""

    exit_code = 2


def read(folder: Path, otherwise: Mapping[str, Any] | None = None) -> Reading:
    """The facts of a folder; the first rows that cannot be read are named."""
    try:
        reading = read_facts(folder, otherwise)
    except UnreadableError as fault:
        raise BadInput(*fault.told) from fault
    _name_refused(reading.refusals)
    return reading


def read_planned(folder: Path, reading: Reading) -> PlanReading:
    """The plan of a folder; the first rows that cannot be read are named."""
    try:
        found = read_plan(folder, reading.facts, reading.names)
    except UnreadableError as fault:
        raise BadInput(*fault.told) from fault
    _name_refused(found.refusals)
    return found


def _name_refused(refusals: list[Refusal]) -> None:
    for one in refusals[:5]:
        CONSOLE.print(Both(f"거부: {one.told.ko}", f"refused: {one.told.en}").lines, highlight=False)
    if len(refusals) > 5:
        rest = f"{len(refusals) - 5:,}"
        said = Both(
            f"이 밖에 {rest}행이 더 있습니다. `run`과 `replan`은 모두 refused.csv에 적습니다.",
            f"… and {rest} rows more; `run` and `replan` write all of them to refused.csv.",
        )
        CONSOLE.print(said.lines)


def place_of(name: str, names: list[str], kind: str) -> int:
    """Where a name stands among the facts' names."""
    if name not in names:
        raise BadInput(*unknown(kind, [name]))
    return names.index(name)


def answers() -> Console:
    """The standard output, for answers in words."""
    return Console(markup=False, emoji=False)


def say(what: Mapping[str, Any]) -> None:
    """JSON on the standard output."""
    click.echo(json.dumps(what, ensure_ascii=False, indent=1, default=float))

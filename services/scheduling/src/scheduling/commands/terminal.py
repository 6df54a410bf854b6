"""What the commands share at the terminal: how facts are read, how progress and answers are said."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planner import pipeline

CONSOLE = Console(stderr=True)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON on the standard output.")
OUT = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the (new) plan."
)
FORM = click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
DAY = click.DateTime(["%Y-%m-%d"])


def as_date(said: datetime | None) -> date | None:
    """The day of what `DAY` read."""
    return said.date() if said else None


def read(folder: Path, otherwise: Mapping[str, Any] | None = None) -> Reading:
    """The facts of a folder; the first rows that cannot be read are named."""
    try:
        reading = read_facts(folder, otherwise)
    except (FileNotFoundError, ValueError) as fault:
        raise click.ClickException(str(fault)) from fault
    for one in reading.refusals[:5]:
        CONSOLE.print(f"refused: {one.file} row {one.row} {one.column}: {one.reason}", highlight=False)
    if len(reading.refusals) > 5:
        CONSOLE.print(f"… and {len(reading.refusals) - 5:,} more, all in refused.csv")
    return reading


def place_of(name: str, names: list[str], kind: str) -> int:
    """Where a name stands among the facts' names."""
    if name not in names:
        raise click.ClickException(f"The facts know no {kind} {name}.")
    return names.index(name)


@contextmanager
def progress() -> Generator[pipeline.Progress]:
    """A bar that a plan moves forward."""
    columns = (TextColumn("{task.description:>10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=CONSOLE, transient=True) as bar:
        task = bar.add_task("planning", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def say(what: Mapping[str, Any]) -> None:
    """JSON on the standard output."""
    click.echo(json.dumps(what, ensure_ascii=False, indent=1, default=float))

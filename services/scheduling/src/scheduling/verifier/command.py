"""`anjeon plan verify`: a plan proved valid at the terminal, or each violation named."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from scheduling.bar import progress
from scheduling.verifier.cells import Sheet, TextTable
from scheduling.verifier.findings import Report
from scheduling.verifier.folders import UnreadableFileError, read_table
from scheduling.verifier.verify import verify as check

_SHOWN = 3


def verify(facts: Path, plan: Path, against: Path | None, released: Path | None, as_json: bool) -> None:
    """Checks a plan rule by rule; exit 1 if it breaks any, 2 if a file cannot be read."""
    try:
        with progress() as tell_step:
            report = check(facts, plan, against, names_in(released) if released else (), tell_step)
    except UnreadableFileError as fault:
        click.echo(f"Error: {fault}", err=True)
        raise SystemExit(2) from fault
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        tell(report, Console(markup=False, emoji=False))
    raise SystemExit(0 if report.is_valid else 1)


def names_in(released: Path) -> list[str]:
    """The visits that a file names as free to move."""
    table: TextTable = read_table(released.parent, released.stem)
    return Sheet(released.stem, table).required("visit_id").drop_null().to_pylist()


def tell(report: Report, console: Console) -> None:
    """What was checked and what was found; the table folds what is too long for it."""
    console.print(
        f"{report.enterprises:,} enterprises, {report.visits:,} visits, {report.unscheduled:,} unscheduled; "
        f"{len(report.refused_facts):,} cells of the facts cannot be read."
    )
    if report.is_valid:
        console.print("Valid: no hard rule is broken. / 유효: 어긴 규칙이 없습니다.")
        return
    table = Table(*(Column(name, overflow="fold") for name in ("rule", "times", "for example")))
    for rule, times in report.by_rule.items():
        examples = [violation for violation in report.violations if violation.rule == rule][:_SHOWN]
        told = "\n".join(f"{violation.said('ko')}\n{violation.said('en')}" for violation in examples)
        table.add_row(rule, f"{times:,}", Text(told))
    console.print(table)

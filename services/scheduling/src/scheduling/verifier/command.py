"""`anjeon plan verify`: a plan proved valid at the terminal, or each violation named."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from scheduling.bar import progress
from scheduling.both import Both
from scheduling.verifier.cells import Sheet, TextTable
from scheduling.verifier.findings import Report
from scheduling.verifier.folders import UnreadableFileError, read_table
from scheduling.verifier.verify import verify as check

_SHOWN = 3
_HEADER = Both("규칙", "rule"), Both("횟수", "times"), Both("예", "for example")
_VALID = Both("유효합니다. 어긴 규칙이 없습니다.", "Valid: no hard rule is broken.")


def verify(facts: Path, plan: Path, against: Path | None, released: Path | None, as_json: bool) -> None:
    """Checks a plan rule by rule; exit 1 if it breaks any, 2 if a file cannot be read."""
    try:
        with progress() as tell_step:
            report = check(facts, plan, against, names_in(released) if released else (), tell_step)
    except UnreadableFileError as fault:
        click.echo(fault.told.error, err=True)
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
    console.print(_checked(report).lines)
    if report.is_valid:
        console.print(_VALID.lines)
        return
    table = Table(*(Column(name.stacked, overflow="fold") for name in _HEADER))
    for rule, times in report.by_rule.items():
        examples = [violation for violation in report.violations if violation.rule == rule][:_SHOWN]
        told = "\n".join(f"{violation.said('ko')}\n{violation.said('en')}" for violation in examples)
        table.add_row(rule, f"{times:,}", Text(told))
    console.print(table)


def _checked(report: Report) -> Both:
    enterprises, visits, left = f"{report.enterprises:,}", f"{report.visits:,}", f"{report.unscheduled:,}"
    unreadable = f"{len(report.refused_facts):,}"
    return Both(
        f"사업장 {enterprises}곳, 방문 {visits}건, 날짜 없는 방문 {left}건. "
        f"자료에서 읽을 수 없는 칸은 {unreadable}개입니다.",
        f"{enterprises} enterprises, {visits} visits, {left} unscheduled; "
        f"{unreadable} cells of the facts cannot be read.",
    )

"""The summary: a table that a person can read, and the same for programs."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from rehearsal.books import Line, Traffic
from rehearsal.labels import label, stacked
from stack.problems import disk_problems_told

ALL_MADE_UP = (
    "everything is made up (synthetic): enterprises, agencies, managers, visits · "
    "사업장, 기관, 관리자, 방문이 모두 가상입니다"
)
REST_MADE_UP = (
    "the enterprises are those of the list; agencies, managers and visits are made up (synthetic) · "
    "사업장은 제공된 명단의 것이고 기관, 관리자, 방문은 가상입니다"
)


@dataclass
class Summary:
    """What the year came to."""

    are_enterprises_synthetic: bool
    counts: dict[str, int] = field(default_factory=dict[str, int])
    traffic: Traffic = field(default_factory=lambda: Traffic(0, 0, 0, 0))
    seconds_by_stage: dict[str, float] = field(default_factory=dict[str, float])
    reconciliation: list[Line] = field(default_factory=list[Line])
    peak_megabytes: dict[str, int] = field(default_factory=dict[str, int])
    stuck: str = ""
    """Where the year came to a halt; nothing if it was played to its end."""
    stuck_ko: str = ""

    @property
    def is_reconciled(self) -> bool:
        """Whether every number agrees, three ways."""
        return bool(self.reconciliation) and all(line.is_equal for line in self.reconciliation)

    @property
    def synthetic(self) -> dict[str, bool]:
        """Which parts of the year are made up; only the enterprises may come from a real list."""
        return {
            "enterprises": self.are_enterprises_synthetic,
            "agencies": True,
            "managers": True,
            "visit_reports": True,
        }

    def write(self, folder: Path) -> Path:
        """Write `summary.json` into the folder."""
        document: dict[str, Any] = {
            "synthetic": self.synthetic,
            "stuck": self.stuck,
            "stuck_ko": self.stuck_ko,
            **self.counts,
            **asdict(self.traffic),
            "seconds_total": round(sum(self.seconds_by_stage.values()), 1),
            "seconds_by_stage": {stage: round(seconds, 1) for stage, seconds in self.seconds_by_stage.items()},
            "peak_megabytes": self.peak_megabytes,
            "reconciliation": {line.name: asdict(line) | {"equal": line.is_equal} for line in self.reconciliation},
        }
        file = folder / "summary.json"
        text = json.dumps(document, indent=1) + "\n"
        with disk_problems_told(folder, len(text)):
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return file

    def show(self, console: Console) -> None:
        """Print it."""
        note = ALL_MADE_UP if self.are_enterprises_synthetic else REST_MADE_UP
        figures = _table("The programme year 2023", "figure", "value", caption=note)
        for name, value in {**self.counts, **asdict(self.traffic)}.items():
            figures.add_row(label(name), f"{value:,}")
        books = _table("Reconciliation", "counted three ways", "source", "topic", "read model", "agreement")
        for line in self.reconciliation:
            verdict = label("equal") if line.is_equal else f"[bold red]{label('DIFFERS')}"
            books.add_row(label(line.name), f"{line.source:,}", f"{line.topic:,}", f"{line.read_model:,}", verdict)
        stages = _table("Time", "stage", "seconds")
        for stage, seconds in (self.seconds_by_stage | {"in all": sum(self.seconds_by_stage.values())}).items():
            stages.add_row(label(stage), f"{seconds:.1f}")
        memory = _table("Memory", "process", "MB at the most")
        for name, most in self.peak_megabytes.items():
            memory.add_row(label(name), f"{most:,}")
        for table in (figures, books, stages, memory):
            console.print(table)


def _table(title: str, *header: str, **more: Any) -> Table:
    """However narrow the terminal, what is too long goes on in the next line; figures stand below one another."""
    first, *others = (Column(stacked(name), overflow="fold") for name in header)
    for column in others:
        column.justify = "right"
    return Table(first, *others, title=label(title), **more)

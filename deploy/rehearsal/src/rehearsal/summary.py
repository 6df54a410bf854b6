"""The summary: a table that a person can read, and the same for programs."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from rehearsal.books import Line, Traffic


@dataclass
class Summary:
    """What the year came to."""

    is_synthetic: bool
    counts: dict[str, int] = field(default_factory=dict[str, int])
    traffic: Traffic = field(default_factory=lambda: Traffic(0, 0, 0, 0))
    seconds_by_stage: dict[str, float] = field(default_factory=dict[str, float])
    reconciliation: list[Line] = field(default_factory=list[Line])
    peak_megabytes: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def is_reconciled(self) -> bool:
        """Whether every number agrees, three ways."""
        return bool(self.reconciliation) and all(line.is_equal for line in self.reconciliation)

    def write(self, folder: Path) -> Path:
        """Write `summary.json` into the folder."""
        document: dict[str, Any] = {
            "synthetic": self.is_synthetic,
            **self.counts,
            **asdict(self.traffic),
            "seconds_total": round(sum(self.seconds_by_stage.values()), 1),
            "seconds_by_stage": {stage: round(seconds, 1) for stage, seconds in self.seconds_by_stage.items()},
            "peak_megabytes": self.peak_megabytes,
            "reconciliation": {line.name: asdict(line) | {"equal": line.is_equal} for line in self.reconciliation},
        }
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "summary.json"
        file.write_text(json.dumps(document, indent=1) + "\n")
        return file

    def show(self, console: Console) -> None:
        """Print it."""
        note = "every enterprise is made up (synthetic) · 모든 사업장은 가상입니다" if self.is_synthetic else ""
        figures = Table(title="The programme year 2023 · 2023년 사업", caption=note, show_header=False)
        for name, value in {**self.counts, **asdict(self.traffic)}.items():
            figures.add_row(name.replace("_", " "), f"{value:,}")
        console.print(figures)
        books = Table("counted three ways", "source", "topic", "read model", "", title="Reconciliation · 대사")
        for line in self.reconciliation:
            verdict = "equal" if line.is_equal else "[bold red]DIFFERS"
            books.add_row(
                line.name.replace("_", " "), f"{line.source:,}", f"{line.topic:,}", f"{line.read_model:,}", verdict
            )
        console.print(books)
        stages = Table("stage", "seconds", title="Time")
        for stage, seconds in self.seconds_by_stage.items():
            stages.add_row(stage, f"{seconds:.1f}")
        stages.add_row("in all", f"{sum(self.seconds_by_stage.values()):.1f}")
        console.print(stages)
        console.print("memory at the most: " + ", ".join(f"{name} {mb} MB" for name, mb in self.peak_megabytes.items()))

"""Figures: what a benchmark found, as a table for people and a file for programs."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One figure; `aim` is None where a figure only informs."""

    name: str
    value: float | None
    unit: str
    aim: float | None
    better: Literal["higher", "lower"]

    @property
    def verdict(self) -> str:
        """In words, whether the aim is met."""
        if self.value is None:
            return "not measured"
        if self.aim is None:
            return ""
        met = self.value >= self.aim if self.better == "higher" else self.value <= self.aim
        return "met" if met else "missed"


def publish(what: str, figures: list[Figure]) -> Path:
    """Print the table and write `build/bench/<what>.json`."""
    table = Table("figure", "value", "unit", "aim", "", title=what)
    for figure in figures:
        aim = "" if figure.aim is None else f"{'>=' if figure.better == 'higher' else '<='} {figure.aim:,g}"
        table.add_row(figure.name, _shown(figure.value), figure.unit, aim, figure.verdict)
    Console(width=110).print(table)
    file = Path("build/bench") / f"{what}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = {"what": what, "commit": _commit(), "cores": len(os.sched_getaffinity(0))}
    file.write_text(json.dumps(head | {"figures": [asdict(figure) for figure in figures]}, indent=1))
    return file


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def _commit() -> str:
    answer = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"

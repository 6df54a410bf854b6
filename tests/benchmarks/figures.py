"""Figures: what a benchmark found, as a table for people and a file for programs."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

DIRTY = "-dirty"


@dataclass(frozen=True)
class Figure:
    """One figure; `aim` is None where a figure only informs, `reason` says why there is no value."""

    name: str
    value: float | None
    unit: str
    aim: float | None
    better: Literal["higher", "lower"]
    reason: str = ""

    @property
    def verdict(self) -> str:
        """In words, whether the aim is met."""
        if self.value is None:
            return f"not measured: {self.reason}" if self.reason else "not measured"
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
    return write(what, figures)


def write(what: str, figures: list[Figure]) -> Path:
    """Only the file, whole or as it was: for a benchmark that has parts still to come."""
    file = _file(what)
    file.parent.mkdir(parents=True, exist_ok=True)
    head = {"what": what, "commit": _commit(), "cores": len(os.sched_getaffinity(0))}
    told = json.dumps(head | {"figures": [asdict(figure) for figure in figures]}, indent=1)
    draft = file.with_suffix(".part")
    draft.write_text(told, encoding="utf-8")
    draft.replace(file)
    return file


def known(what: str) -> dict[str, float]:
    """The values that an earlier run of this very commit left in the file."""
    file, commit = _file(what), _commit()
    said = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if said.get("commit") != commit or commit.endswith(DIRTY):
        return {}
    return {figure["name"]: figure["value"] for figure in said["figures"] if figure["value"] is not None}


def _file(what: str) -> Path:
    return Path("build/bench") / f"{what}.json"


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _commit() -> str:
    """What was measured; with changes that nobody has committed it is no commit's, and no later run's either."""
    hash_of, changes = (
        subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()
        for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    )
    return f"{hash_of or 'unknown'}{DIRTY if changes else ''}"

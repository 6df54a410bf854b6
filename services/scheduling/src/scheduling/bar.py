"""A bar at the terminal that work moves forward: the word for its step, and the share that is done."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from scheduling.both import Both

Moves: TypeAlias = Callable[[str, float], None]
STEPS = {
    one.en: one
    for one in (
        Both("기관", "agencies"), Both("묶음", "bundles"), Both("날짜", "days"), Both("나머지", "leftovers"),
        Both("사유", "reasons"), Both("읽기", "reading"), Both("자료", "facts"), Both("방문", "visits"),
        Both("규칙", "rules"), Both("변경", "changes"), Both("완료", "done"), Both("탐색", "searching"),
    )
}  # fmt: skip
"""Whatever works says its step by the English word."""


@contextmanager
def progress(console: Console | None = None) -> Generator[Moves]:
    """Shown on standard error while work goes on, and only where somebody looks at a terminal."""
    console = console or Console(stderr=True)
    step_column = TextColumn("{task.description}", justify="right", table_column=Column(min_width=18, no_wrap=True))
    columns = (step_column, BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda step, share: bar.update(task, description=STEPS[step].label, completed=share)

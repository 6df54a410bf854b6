"""A bar at the terminal that work moves forward: the word for its step, and the share that is done."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Moves: TypeAlias = Callable[[str, float], None]


@contextmanager
def progress(console: Console | None = None) -> Generator[Moves]:
    """Shown on standard error while work goes on, and only where somebody looks at a terminal."""
    console = console or Console(stderr=True)
    columns = (TextColumn("{task.description:>10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)

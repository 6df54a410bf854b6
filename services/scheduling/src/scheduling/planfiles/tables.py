"""Tables at the terminal: however narrow it is nothing is cut off; what is too long goes on in the next line."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scheduling.both import Both

_OF_FIGURES = frozenset("0123456789.,%+- ")
Row = Sequence[str]


def show(console: Console, header: Sequence[Both], rows: Sequence[Row], title: Both | None = None) -> None:
    """Prints a table; figures and days stay in one line, and the text beside them folds."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, title=title.label if title else None, title_justify="left")
    for at, name in enumerate(header):
        is_figure = all(_OF_FIGURES.issuperset(row[at]) for row in rows)
        justify = "right" if is_figure else "left"
        table.add_column(name.stacked, overflow="fold", no_wrap=is_figure, justify=justify)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table, highlight=False)

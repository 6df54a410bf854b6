"""A table of text becomes columns of numbers, days and sets; a row with an unreadable cell is refused by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
from pyarrow import compute, csv, parquet

from scheduling.planner.model import Flags, Ints, Reals

HEADER_ROW = 1
Cells: TypeAlias = Any
"""A pyarrow array of strings; pyarrow ships no types."""
_DAY_ONE = date(1970, 1, 1).toordinal()
Value = TypeVar("Value")


class UnreadableError(ValueError):
    """A file that nothing can be planned from: which, what is wrong with it, and what to do."""


@dataclass(frozen=True)
class Refusal:
    """A cell that could not be read; rows are counted as a spreadsheet shows them, the header being row 1."""

    file: str
    row: int
    column: str
    reason: str


@dataclass
class Sheet:
    """One file, read as text; every question about a column notes what it had to refuse."""

    name: str
    rows: int
    columns: dict[str, Cells]
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    torn: frozenset[int] = frozenset()

    def refuse(self, row: int, column: str, reason: str) -> None:
        """Notes a cell; a line that was torn to begin with is noted once."""
        if row not in self.torn:
            self.refusals.append(Refusal(self.name, row + HEADER_ROW + 1, column, reason))

    def cells(self, column: str) -> Cells:
        """The cells of a column, empty where the file has none."""
        return self.columns.get(column, pa.array([""] * self.rows, pa.string()))

    def in_order(self, first: str, last: str, since: Ints, until: Ints) -> None:
        """Refuses rows whose last day lies before the first."""
        for row in np.flatnonzero(since > until):
            self.refuse(int(row), last, f"lies before {first}")

    def keys(self, column: str) -> None:
        """Cells that name their row are never empty and never there twice."""
        seen = set[str]()
        for row, cell in enumerate(self.cells(column).to_pylist()):
            if not cell or cell in seen:
                self.refuse(row, column, "appears twice" if cell else "is empty")
            seen.add(cell or "")

    def each(self, column: str, read: Callable[[str], Value], otherwise: Value) -> tuple[list[Value], Ints]:
        """What `read` makes of each distinct cell, and which of them each row holds; a ValueError refuses its rows."""
        coded = self.cells(column).dictionary_encode()
        places = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        values, bad = list[Value](), dict[int, str]()
        for number, cell in enumerate(coded.dictionary.to_pylist()):
            try:
                values.append(read(cell or ""))
            except ValueError as fault:
                bad[number] = str(fault)
                values.append(otherwise)
        if bad:
            for row in np.flatnonzero(np.isin(places, list(bad))):
                self.refuse(int(row), column, bad[int(places[row])])
        return values, places

    def numbers(self, column: str, read: Callable[[str], float]) -> Reals:
        values, places = self.each(column, read, 0.0)
        return np.asarray(values, np.float64)[places]

    def whole(self, column: str, read: Callable[[str], int]) -> Ints:
        values, places = self.each(column, read, 0)
        return np.asarray(values, np.int64)[places]

    def readable(self) -> Flags:
        """The rows that nothing was refused of."""
        fine = np.ones(self.rows, np.bool_)
        fine[[refusal.row - HEADER_ROW - 1 for refusal in self.refusals]] = False
        return fine

    def kept(self, column: str) -> list[str]:
        """The cells of the readable rows."""
        return self.cells(column).filter(pa.array(self.readable())).to_pylist()


def open_sheet(folder: Path, stem: str, needed: Sequence[str]) -> Sheet:
    """`stem.parquet` or `stem.csv` of the folder; a file without a needed column is refused as a whole."""
    path = next((at for at in (folder / f"{stem}.parquet", folder / f"{stem}.csv") if at.is_file()), None)
    if path is None:
        raise UnreadableError(f"{folder} has neither {stem}.csv nor {stem}.parquet. Name the folder that has them.")
    ragged: list[Refusal] = []
    rows, columns = _columns(path, ragged)
    missing = [name for name in needed if name not in columns]
    if missing:
        raise UnreadableError(f"{path} has no column {', '.join(missing)}. Add it to the header and every row.")
    if not ragged:
        return Sheet(path.name, rows, columns)
    return _spread(Sheet(path.name, rows + len(ragged), columns, ragged))


def _columns(path: Path, ragged: list[Refusal]) -> tuple[int, dict[str, Cells]]:
    try:
        table = parquet.read_table(path) if path.suffix == ".parquet" else _read_csv(path, ragged)
        return table.num_rows, {name: _as_text(table.column(name)) for name in table.column_names}
    except UnicodeDecodeError as fault:
        raise UnreadableError(f"{path} is not UTF-8 ({fault.reason}). Save it as CSV UTF-8.") from fault
    except (pa.ArrowException, ValueError, OSError) as fault:
        kind = "Parquet" if path.suffix == ".parquet" else "CSV in UTF-8"
        reason = str(fault).partition("\n")[0]
        raise UnreadableError(f"{path} cannot be read ({reason}). Save it as {kind} with a header.") from fault


def _spread(sheet: Sheet) -> Sheet:
    """Some lines had too few or too many cells: they become empty rows, so that the others keep their numbers."""
    sheet.torn = frozenset(refusal.row - HEADER_ROW - 1 for refusal in sheet.refusals)
    whole = (row for row in range(sheet.rows) if row not in sheet.torn)
    place = {row: at for at, row in enumerate(whole)}
    taken = pa.array([place.get(row) for row in range(sheet.rows)], pa.int64())
    for name, cells in sheet.columns.items():
        sheet.columns[name] = cells.take(taken).fill_null("")
    return sheet


def _read_csv(path: Path, ragged: list[Refusal]) -> Any:
    def torn(row: Any) -> str:
        reason = f"has {row.actual_columns} cells, expected {row.expected_columns}"
        ragged.append(Refusal(path.name, row.number or 0, "", reason))
        return "skip"

    with path.open(encoding="utf-8-sig") as lines:
        header = lines.readline().strip().split(",")
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False),
        parse_options=csv.ParseOptions(invalid_row_handler=torn, newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types={name.strip('"'): pa.string() for name in header}),
    )


def _as_text(column: Any) -> Cells:
    cells = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return compute.call_function("utf8_trim_whitespace", [cells.cast(pa.string())]).fill_null("")


def day_number(cell: str) -> int:
    """An ISO date as its day number since year 1."""
    try:
        return date.fromisoformat(cell).toordinal()
    except ValueError:
        raise ValueError(f"`{cell}` is not a date such as 2023-07-03") from None


def day_or(empty: int) -> Callable[[str], int]:
    """Reads a date; an empty cell is the day given here."""
    return lambda cell: day_number(cell) if cell else empty


def spans(cell: str) -> tuple[tuple[int, int], ...]:
    """Days and spans of days: `2023-07-03|2023-08-01..2023-08-04`."""
    return tuple(_span(part.strip()) for part in cell.split("|")) if cell else ()


def _span(part: str) -> tuple[int, int]:
    first, _, last = part.partition("..")
    if day_number(last or first) < day_number(first):
        raise ValueError(f"`{part}` ends before it begins")
    return day_number(first), day_number(last or first)


def whole_between(low: int, high: int) -> Callable[[str], float]:
    """Reads a whole number and refuses what lies outside."""
    number = number_between(low, high)

    def read(cell: str) -> float:
        if number(cell) % 1:
            raise ValueError(f"{cell} is not a whole number")
        return number(cell)

    return read


def number_between(low: float, high: float) -> Callable[[str], float]:
    """Reads a number and refuses what lies outside."""

    def read(cell: str) -> float:
        try:
            number = float(cell)
        except ValueError:
            raise ValueError(f"`{cell}` is not a number") from None
        if not low <= number <= high:
            raise ValueError(f"{cell} is not between {low:g} and {high:g}")
        return number

    return read


def bits_of(names: Mapping[str, int], *, demanded: bool = False) -> Callable[[str], int]:
    """Reads a list as a bit set over the names."""

    def read(cell: str) -> int:
        if demanded and not cell:
            raise ValueError("is empty")
        parts = [part.strip() for part in cell.split("|")] if cell else []
        unknown = [part for part in parts if part not in names]
        if unknown:
            raise ValueError(f"`{'|'.join(unknown)}` is {_none_of(names)}")
        return sum(1 << names[part] for part in set(parts))

    return read


def one_of(names: Mapping[str, int]) -> Callable[[str], int]:
    """Reads one of the names as its number."""

    def read(cell: str) -> int:
        if cell not in names:
            raise ValueError(f"`{cell}` is {_none_of(names)}")
        return names[cell]

    return read


def _none_of(names: Mapping[str, int]) -> str:
    return f"none of {', '.join(names)}" if len(names) <= 20 else f"none of the {len(names)} that could be read"

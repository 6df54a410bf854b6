"""A table of text becomes columns of numbers, days and sets; a row with an unreadable cell is refused by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
from pyarrow import compute, csv, parquet

from scheduling.both import Both
from scheduling.planfiles.cells import EMPTY, UnreadableError
from scheduling.planfiles.columns import COLUMNS, doubled, misnamed
from scheduling.planfiles.faults import damaged, in_another_code, without_column, without_table
from scheduling.planner.model import Flags, Ints, Reals

HEADER_ROW = 1
Cells: TypeAlias = Any
"""A pyarrow array of strings; pyarrow ships no types."""
Value = TypeVar("Value")


@dataclass(frozen=True)
class Refusal:
    """A cell that could not be read; rows are counted as a spreadsheet shows them, the header being row 1."""

    file: str
    row: int
    column: str
    reason: str
    reason_ko: str

    @property
    def told(self) -> Both:
        """Where it stands, and why."""
        ko, en = f"{self.file} {self.row}행 {self.column}", f"{self.file} row {self.row} {self.column}"
        return Both(f"{ko.strip()}: {self.reason_ko}", f"{en.strip()}: {self.reason}")


@dataclass
class Sheet:
    """One file, read as text; every question about a column notes what it had to refuse.

    `lines` says where each row stands in the file: lines that are empty or torn are no rows.
    """

    name: str
    lines: Ints
    columns: dict[str, Cells]
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    refused: set[int] = field(default_factory=set[int])

    @property
    def rows(self) -> int:
        return len(self.lines)

    def refuse(self, row: int, column: str, why: Both) -> None:
        """Notes a cell without which its row is not taken."""
        self.remark(row, column, why)
        self.refused.add(row)

    def remark(self, row: int, column: str, why: Both) -> None:
        """Notes a cell whose row is taken all the same."""
        self.refusals.append(Refusal(self.name, int(self.lines[row]), column, why.en, why.ko))

    def cells(self, column: str) -> Cells:
        """The cells of a column, empty where the file has none."""
        return self.columns.get(column, pa.array([""] * self.rows, pa.string()))

    def in_order(self, first: str, last: str, since: Ints, until: Ints) -> None:
        """Refuses rows whose last day lies before the first."""
        for row in np.flatnonzero(since > until):
            self.refuse(int(row), last, Both(f"{first}보다 빠릅니다", f"lies before {first}"))

    def keys(self, column: str) -> None:
        """Cells that name their row are never empty and never there twice."""
        seen = set[str]()
        for row, cell in enumerate(self.cells(column).to_pylist()):
            if not cell or cell in seen:
                self.refuse(row, column, Both("두 번 나옵니다", "appears twice") if cell else EMPTY)
            seen.add(cell or "")

    def each(self, column: str, read: Callable[[str], Value], otherwise: Value) -> tuple[list[Value], Ints]:
        """What `read` makes of each distinct cell, and which each row holds; an UnreadableError refuses its rows."""
        coded = self.cells(column).dictionary_encode()
        places = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        values, bad = list[Value](), dict[int, Both]()
        for number, cell in enumerate(coded.dictionary.to_pylist()):
            try:
                values.append(read(cell or ""))
            except UnreadableError as fault:
                bad[number] = fault.told
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
        fine[list(self.refused)] = False
        return fine

    def kept(self, column: str) -> list[str]:
        """The cells of the readable rows."""
        return self.cells(column).filter(pa.array(self.readable())).to_pylist()


def open_sheet(folder: Path, stem: str, needed: Sequence[str]) -> Sheet:
    """`stem.parquet` or `stem.csv` of the folder; a file without a needed column is refused as a whole."""
    path = next((at for at in (folder / f"{stem}.parquet", folder / f"{stem}.csv") if at.is_file()), None)
    if path is None:
        raise UnreadableError(*without_table(folder, stem))
    sheet = _sheet(path)
    wrong = misnamed(sheet.columns, COLUMNS[stem])
    if wrong:
        raise UnreadableError(*wrong.of(path))
    missing = [name for name in needed if name not in sheet.columns]
    if missing:
        raise UnreadableError(*without_column(path, ", ".join(missing)))
    return sheet


def _sheet(path: Path) -> Sheet:
    torn: list[Refusal] = []
    try:
        table = parquet.read_table(path) if path.suffix == ".parquet" else _read_csv(path, torn)
        columns = {name: _as_text(table.column(at)) for at, name in enumerate(table.column_names)}
    except UnicodeDecodeError as fault:
        raise UnreadableError(*in_another_code(path, fault.reason)) from fault
    except (pa.ArrowException, ValueError, OSError) as fault:
        raise UnreadableError(*damaged(path, fault)) from fault
    twice = doubled([name for name in table.column_names if name])
    if twice:
        raise UnreadableError(*twice.of(path))
    return _without_empty_rows(Sheet(path.name, _lines(table.num_rows, torn), columns, torn))


def _lines(rows: int, torn: list[Refusal]) -> Ints:
    """Where the rows stand in their file, the torn ones being left out."""
    every = np.arange(rows + len(torn), dtype=np.int64) + HEADER_ROW + 1
    return np.setdiff1d(every, [one.row for one in torn])


def _without_empty_rows(sheet: Sheet) -> Sheet:
    """A row without a single cell is none, however a spreadsheet came to write it."""
    filled = np.zeros(sheet.rows, np.bool_)
    for cells in sheet.columns.values():
        filled |= compute.call_function("not_equal", [cells, ""]).to_numpy(zero_copy_only=False)
    columns = {name: cells.filter(pa.array(filled)) for name, cells in sheet.columns.items()}
    return sheet if filled.all() else replace(sheet, lines=sheet.lines[filled], columns=columns)


def _read_csv(path: Path, torn: list[Refusal]) -> Any:
    def skip(row: Any) -> str:
        found, wanted = row.actual_columns, row.expected_columns
        told = f"has {found} cells, expected {wanted}", f"칸이 {found}개인데 머리글은 {wanted}개입니다"
        torn.append(Refusal(path.name, row.number or 0, "", *told))
        return "skip"

    with path.open(encoding="utf-8-sig") as lines:
        header = lines.readline().strip().split(",")
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False),
        parse_options=csv.ParseOptions(invalid_row_handler=skip, newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(column_types={name.strip('"'): pa.string() for name in header}),
    )


def _as_text(column: Any) -> Cells:
    cells = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return compute.call_function("utf8_trim_whitespace", [cells.cast(pa.string())]).fill_null("")

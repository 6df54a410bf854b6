"""Columns of text become arrays, and every cell that cannot be read is named."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, SupportsInt, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scheduling.both import Both
from scheduling.verifier import cell_reasons

Days = NDArray[np.int64]
Bools = NDArray[np.bool_]
# pyarrow ships no types; these names say what is meant.
Column: TypeAlias = Any
TextTable: TypeAlias = Any

ROW = "#row"
LONG_AGO = -(10**7)
NEVER = 10**7
_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """The day as a count from 1970-01-01, the form in which every rule compares days."""
    return (day - _EPOCH).days


def as_day(number: SupportsInt) -> str:
    """ISO date; a bound that nobody set is a dash."""
    return "-" if abs(int(number)) >= NEVER else (_EPOCH + timedelta(days=int(number))).isoformat()


@dataclass(frozen=True)
class BadCell:
    """A row that cannot be read: where it stands (the header is row 1) and why."""

    file: str
    row: int
    column: str
    reason: str
    reason_ko: str


@dataclass
class Sheet:
    """A table of text, read column by column; `bad` grows with what could not be read."""

    name: str
    table: TextTable
    bad: list[BadCell] = field(default_factory=list[BadCell])
    refused: set[int] = field(default_factory=set[int])

    @property
    def rows(self) -> Days:
        """Where each row stands in its file; torn and empty lines are left out, so places and rows may differ."""
        if ROW in self.table.column_names:
            return self.table.column(ROW).to_numpy().astype(np.int64)
        return np.arange(len(self)) + 2

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def text(self, column: str) -> Column:
        """The trimmed text of a column; an empty cell, or a column that is not there, is null."""
        if column not in self.table.column_names:
            return pa.nulls(len(self), pa.string())
        cells = self.table.column(column).combine_chunks().cast(pa.string())
        trimmed = pc.call_function("utf8_trim_whitespace", [cells])
        return pc.call_function("if_else", [pc.call_function("equal", [trimmed, ""]), None, trimmed])

    def refuse(self, column: str, rows: Bools, why: Both) -> None:
        self.refused.update(np.flatnonzero(rows).tolist())
        self.remark(column, rows, why)

    def remark(self, column: str, rows: Bools, why: Both) -> None:
        """Names cells that are wrong, and whose rows count all the same."""
        self.bad += [BadCell(self.name, int(row), column, why.en, why.ko) for row in self.rows[rows]]

    def required(self, column: str) -> Column:
        cells = self.text(column)
        self.refuse(column, _nulls(cells), cell_reasons.EMPTY)
        return cells

    def unique(self, column: str) -> Column:
        """A column of keys: a key that stands there again is refused, the first one holds."""
        cells = self.required(column)
        places = indices(cells, cells)
        again = (places >= 0) & (places != np.arange(len(self)))
        self.refuse(column, again, cell_reasons.TWICE)
        return cells

    def days(self, column: str, empty: int) -> Days:
        return self._parsed(column, pa.date32(), _a_day, empty, cell_reasons.NO_DATE).astype(np.int64)

    def whole(self, column: str, empty: int) -> Days:
        numbers = self.numbers(column, float(empty))
        self.refuse(column, numbers != np.floor(numbers), cell_reasons.NOT_WHOLE)
        return numbers.astype(np.int64)

    def numbers(self, column: str, empty: float) -> NDArray[np.float64]:
        read = self._parsed(column, pa.float64(), _a_number, empty, cell_reasons.NO_NUMBER).astype(np.float64)
        self.refuse(column, ~np.isfinite(read), cell_reasons.NOT_FINITE)
        return np.where(np.isfinite(read), read, 0.0)

    def _parsed(self, column: str, kind: Any, one: Callable[[str], float], empty: float, why: Both) -> NDArray[Any]:
        cells = self.text(column)
        try:
            read = cells.cast(kind)
        except pa.ArrowInvalid:
            values = np.array([empty if cell is None else one(cell) for cell in cells.to_pylist()], dtype=np.float64)
            self.refuse(column, np.isnan(values), why)
            return np.where(np.isnan(values), empty, values)
        as_number = read.cast(pa.int32()) if pa.types.is_date32(kind) else read
        return as_number.fill_null(empty).to_numpy(zero_copy_only=False)

    def coded(self, column: str, codes: tuple[str, ...]) -> NDArray[np.int64]:
        """The place of each cell in `codes`; a cell that is none of them is refused and stands as -1."""
        cells = self.text(column)
        places = indices(cells, pa.array(codes, pa.string()))
        self.refuse(column, places < 0, cell_reasons.none_of(codes))
        return places

    def readable(self) -> Bools:
        rows = np.ones(len(self), dtype=bool)
        rows[list(self.refused)] = False
        return rows


def indices(cells: Column, among: Column) -> NDArray[np.int64]:
    """Where each cell stands in `among`, -1 where it does not."""
    places = pc.call_function("index_in", [cells], pc.SetLookupOptions(value_set=among, skip_nulls=True))
    return places.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def listed(cells: Column) -> tuple[NDArray[np.int64], Column]:
    """The parts of cells whose parts `|` separates: the row of each part, and the parts."""
    parts = pc.call_function("split_pattern", [cells], pc.SplitPatternOptions("|"))
    rows = pc.call_function("list_parent_indices", [parts]).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows, pc.call_function("utf8_trim_whitespace", [pc.call_function("list_flatten", [parts])])


def pair(row: Days, day: Days) -> Days:
    """A row and a day as one number, so that membership is one look-up."""
    return row * (4 * NEVER) + day


def dated(sheet: Sheet, column: str) -> Days:
    """Row and day (see `pair`) of every day that a cell lists, singly or as a span `from..until`."""
    rows, parts = listed(sheet.text(column))
    coded = parts.dictionary_encode()
    spans = [_span(part) for part in coded.dictionary.to_pylist()]
    place = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    lengths = np.array([len(span or ()) for span in spans], dtype=np.int64)
    unreadable = np.zeros(len(sheet), dtype=bool)
    unreadable[rows[np.array([span is None for span in spans], dtype=bool)[place]]] = True
    sheet.refuse(column, unreadable, cell_reasons.NO_DAYS)
    days = [day for code in place.tolist() for day in spans[code] or ()]
    return pair(np.repeat(rows, lengths[place]), np.array(days, dtype=np.int64))


def _span(part: str) -> range | None:
    first, _, last = part.partition("..")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None
    return range(day_number(start), day_number(end) + 1) if start <= end else None


def _nulls(cells: Column) -> Bools:
    return cells.is_null().to_numpy(zero_copy_only=False).astype(bool)


def _a_day(cell: str) -> float:
    try:
        return float(day_number(date.fromisoformat(cell)))
    except ValueError:
        return float("nan")


def _a_number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")

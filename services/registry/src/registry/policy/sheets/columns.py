"""Headers: which cell of a row is which column, told by name, never by place."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar

from registry.policy.sheets.cells import Read, UnreadableError

Row = TypeVar("Row")
Values = list[Any]
ADDED = ("row_number", "refused_columns", "reason_ko", "reason_en")
"""The columns that our own list of refused rows adds; sent in again, they are passed over without a word."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, how its cells are read, by what a header is known to mean it, and whether it may lack."""

    name: str
    read: Read
    is_needed: bool = True
    prefixes: tuple[str, ...] = ()
    """Beginnings of the header's cell that mean it; without any, only the name itself does."""
    code: str = ""
    """A word anywhere in the header's cell that means it."""


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """A kind of sheet: its columns, and what to make of a row's values (in the order of the columns)."""

    form: str
    columns: tuple[Column, ...]
    make: Callable[[Values], Row]
    either: tuple[tuple[str, ...], ...] = ()
    """Columns of which one at least must be there."""


class HeaderError(UnreadableError):
    """A header that is not that of the sheet; names the columns that are missing."""

    def __init__(self, form: str, missing: Sequence[str], found: int) -> None:
        names = ", ".join(missing)
        super().__init__(
            f"머리글에 다음 열이 없습니다: {names} (양식: {form})",
            f"the header lacks these columns: {names} (form: {form})",
            "header",
        )
        self.missing = tuple(missing)
        self.found = found


class Bound(Generic[Row]):
    """A sheet with a header: reads rows."""

    def __init__(self, sheet: Sheet[Row], header: Sequence[str]) -> None:
        places = _places(sheet.columns, header)
        _refuse_missing(sheet, places)
        self.sheet = sheet
        self.header = list(header)
        self.says = frozenset(places)
        self.ignored = [
            name for at, name in enumerate(header) if at not in places.values() and name.strip() not in ADDED
        ]
        self._width = len(header)
        # What the header lacks is read from a blank cell behind the last one.
        self._cells = [(column.read, places.get(column.name, self._width)) for column in sheet.columns]
        self._said = itemgetter(*sorted(places.values()))
        self._digest = hashlib.blake2b(repr(sorted(places)).encode(), digest_size=16)

    def read(self, cells: list[str]) -> Row:
        """What a row says; raises `UnreadableError` naming every cell that is wrong."""
        if len(cells) != self._width:
            raise UnreadableError(
                f"칸이 {len(cells)}개인데 머리글은 {self._width}개입니다",
                f"has {len(cells)} cells, the header has {self._width}",
                "row",
            )
        cells = [*cells, ""]
        try:
            values = [read(cells[at]) for read, at in self._cells]
        except UnreadableError:
            raise self._all_faults(cells) from None
        return self.sheet.make(values)

    def digest(self, cells: list[str]) -> bytes:
        """The same for the same cells in the columns that count, and for no other."""
        digest = self._digest.copy()
        digest.update("\x1f".join(self._said(cells)).encode())
        return digest.digest()

    def _all_faults(self, cells: list[str]) -> UnreadableError:
        faults: list[tuple[str, UnreadableError]] = []
        for column, (read, at) in zip(self.sheet.columns, self._cells, strict=True):
            try:
                read(cells[at])
            except UnreadableError as fault:
                faults.append((column.name, fault))
        return UnreadableError(
            "; ".join(f"{name}: {fault.korean}" for name, fault in faults),
            "; ".join(f"{name}: {fault.english}" for name, fault in faults),
            "|".join(name for name, _ in faults),
        )


def bind(sheets: Sequence[Sheet[Row]], header: Sequence[str]) -> Bound[Row]:
    """The sheet that a header is of; otherwise raises `HeaderError` for the one that it comes nearest to."""
    faults: list[HeaderError] = []
    for sheet in sheets:
        try:
            return Bound(sheet, header)
        except HeaderError as fault:
            faults.append(fault)
    raise max(faults, key=lambda fault: fault.found)


def _refuse_missing(sheet: Sheet[Row], places: dict[str, int]) -> None:
    missing = [_title(column) for column in sheet.columns if column.is_needed and column.name not in places]
    titles = {column.name: _title(column) for column in sheet.columns}
    missing += [
        " | ".join(titles[name] for name in names)
        for names in sheet.either
        if not any(name in places for name in names)
    ]
    if missing:
        raise HeaderError(sheet.form, missing, len(places))


def _title(column: Column) -> str:
    return column.prefixes[0] if column.prefixes else column.name


def _places(columns: Sequence[Column], header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        column = _meant(columns, cell)
        if column and column.name in found:
            raise UnreadableError(
                f"머리글에 같은 열이 두 번 있습니다: {cell.strip()}",
                f"the header has a column twice: {cell.strip()}",
                "header",
            )
        if column:
            found[column.name] = at
    return found


def _meant(columns: Sequence[Column], cell: str) -> Column | None:
    """The column with the code that stands in a header's cell, or with the longest beginning."""
    said = cell.strip().lstrip("\ufeff")
    words = set(said.upper().replace("(", " ").split())
    by_code = [column for column in columns if column.code and column.code in words]
    if by_code:
        return by_code[0]
    means = [
        (len(prefix), column)
        for column in columns
        for prefix in column.prefixes or (column.name,)
        if (said.startswith(prefix) if column.prefixes else said.lower() == prefix)
    ]
    return max(means, key=lambda meaning: meaning[0])[1] if means else None

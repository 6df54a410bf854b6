"""The tables of a facts folder and of a plan folder, as text: CSV or Parquet, told by the ending."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from scheduling.both import ToldError
from scheduling.verifier.cells import ROW, TextTable
from scheduling.verifier.columns import PROGRAMME, TABLES, strange


class UnreadableFileError(ToldError):
    """A file without which nothing can be checked is not there or cannot be read: which, why, and what to do."""


@dataclass(frozen=True)
class FactsTables:
    """What a plan must respect, as written."""

    programme: dict[str, Any]
    agencies: TextTable
    managers: TextTable
    enterprises: TextTable


@dataclass(frozen=True)
class PlanTables:
    """What a plan says, as written."""

    visits: TextTable
    unscheduled: TextTable


def read_facts(folder: Path) -> FactsTables:
    said = _programme(folder / "programme.json")
    tables = (_known_table(folder, name) for name in ("agencies", "managers", "enterprises"))
    return FactsTables(said, *tables)


def _programme(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise UnreadableFileError(
            f"{path} 파일을 읽을 수 없습니다({fault.strerror}). 자료 폴더를 지정하십시오.",
            f"{path} cannot be read ({fault.strerror}). Name the folder of the facts.",
        ) from fault
    except ValueError as fault:  # of UTF-8, or of JSON
        raise UnreadableFileError(
            f"{path} 파일이 UTF-8로 된 JSON이 아닙니다({fault}). 그 자리를 고치십시오.",
            f"{path} is not JSON in UTF-8 ({fault}). Mend it at that place.",
        ) from fault
    if not isinstance(said, dict):
        raise UnreadableFileError(
            f"{path} 파일에 항목이 없습니다. docs/plan-files.md대로 적으십시오.",
            f"{path} holds no fields. Write an object, as docs/plan-files.md says.",
        )
    _heed_names(path, said, PROGRAMME)
    return said


def read_plan(folder: Path) -> PlanTables:
    return PlanTables(_known_table(folder, "visits"), _known_table(folder, "unscheduled"))


def _known_table(folder: Path, name: str) -> TextTable:
    table = read_table(folder, name)
    _heed_names(folder / name, (column for column in table.column_names if column != ROW), TABLES[name])
    return table


def _heed_names(path: Path, names: Iterable[str], known: set[str]) -> None:
    fault = strange(names, known)
    if fault:
        raise UnreadableFileError(*fault.of(path))


def read_table(folder: Path, name: str) -> TextTable:
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    path = next((path for path in (parquet, csv) if path.is_file()), None)
    if path is None:
        raise UnreadableFileError(
            f"{folder}에 {csv.name}도 {parquet.name}도 없습니다. 그 파일이 있는 폴더를 지정하십시오.",
            f"{folder} holds neither {csv.name} nor {parquet.name}. Name the folder that does.",
        )
    try:
        return pq.read_table(path) if path == parquet else _csv(path)
    except (pa.ArrowException, ValueError, OSError) as fault:
        reason = str(fault).partition("\n")[0]
        raise UnreadableFileError(
            f"{path} 파일을 읽을 수 없습니다({reason}). UTF-8 CSV나 Parquet으로 저장하십시오.",
            f"{path} cannot be read ({reason}). Save it as CSV in UTF-8 or Parquet.",
        ) from fault


def _csv(path: Path) -> TextTable:
    try:
        table = _read(path, pacsv.ReadOptions(), _parsing())
        torn = list[int]()
    except pa.ArrowInvalid:
        table, torn = _csv_with_torn_lines(path)
    return _numbered(table, torn)


def _parsing(**more: Any) -> Any:
    return pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, **more)


def _csv_with_torn_lines(path: Path) -> tuple[TextTable, list[int]]:
    """The lines with as many cells as there are columns, and where the others stand."""
    torn: list[int] = []

    def skip(line: Any) -> str:
        torn.append(line.number)
        return "skip"

    alone = pacsv.ReadOptions(use_threads=False)
    return _read(path, alone, _parsing(invalid_row_handler=skip)), torn


def _numbered(table: TextTable, torn: list[int]) -> TextTable:
    """Rows know where they stand: one of blanks only is none, a torn one an empty row, which every reader refuses."""
    rows = np.setdiff1d(np.arange(2, table.num_rows + len(torn) + 2), torn)
    filled = np.zeros(len(rows), dtype=bool)
    for column in table.columns:
        trimmed = pc.call_function("utf8_trim_whitespace", [column])
        filled |= pc.call_function("not_equal", [trimmed, ""]).to_numpy().astype(bool)
    if filled.all() and not torn:
        return table
    empty = pa.table([pa.nulls(len(torn), pa.string())] * table.num_columns, table.column_names)
    where = pa.array([*rows[filled].tolist(), *torn], pa.int64())
    return pa.concat_tables([table.filter(pa.array(filled)), empty]).append_column(ROW, where)


def _read(path: Path, reading: Any, parsing: Any) -> TextTable:
    with path.open(encoding="utf-8-sig") as lines:
        header = [name.strip().strip('"') for name in lines.readline().split(",")]
    as_text = pacsv.ConvertOptions(column_types={name: pa.string() for name in header})
    return pacsv.read_csv(path, read_options=reading, parse_options=parsing, convert_options=as_text)

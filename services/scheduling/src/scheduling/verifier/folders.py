"""The tables of a facts folder and of a plan folder, as text: CSV or Parquet, told by the ending."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from scheduling.verifier.cells import ROW, TextTable


class UnreadableFileError(Exception):
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
    tables = (read_table(folder, name) for name in ("agencies", "managers", "enterprises"))
    return FactsTables(said, *tables)


def _programme(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise UnreadableFileError(f"{path} cannot be read ({fault.strerror}). Name the folder of the facts.") from fault
    except ValueError as fault:  # of UTF-8, or of JSON
        raise UnreadableFileError(f"{path} is not JSON in UTF-8 ({fault}). Mend it at that place.") from fault
    if not isinstance(said, dict):
        raise UnreadableFileError(f"{path} holds no fields. Write an object, as docs/plan-files.md says.")
    return said


def read_plan(folder: Path) -> PlanTables:
    return PlanTables(read_table(folder, "visits"), read_table(folder, "unscheduled"))


def read_table(folder: Path, name: str) -> TextTable:
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    path = next((path for path in (parquet, csv) if path.is_file()), None)
    if path is None:
        raise UnreadableFileError(f"{folder} holds neither {csv.name} nor {parquet.name}. Name the folder that does.")
    try:
        return pq.read_table(path) if path == parquet else _csv(path)
    except (pa.ArrowException, ValueError, OSError) as fault:
        reason = str(fault).partition("\n")[0]
        raise UnreadableFileError(f"{path} cannot be read ({reason}). Save it as CSV in UTF-8 or Parquet.") from fault


def _csv(path: Path) -> TextTable:
    try:
        return _read(path, pacsv.ReadOptions(), pacsv.ParseOptions(newlines_in_values=True))
    except pa.ArrowInvalid:
        return _csv_with_torn_lines(path)


def _csv_with_torn_lines(path: Path) -> TextTable:
    """A line with too few or too many cells stays as an empty row, which every reader refuses."""
    torn: list[int] = []

    def skip(line: Any) -> str:
        torn.append(line.number)
        return "skip"

    alone = pacsv.ReadOptions(use_threads=False)
    table = _read(path, alone, pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip))
    rows = [row for row in range(2, table.num_rows + len(torn) + 2) if row not in set(torn)]
    empty = pa.table({name: pa.nulls(len(torn), pa.string()) for name in table.column_names})
    return pa.concat_tables([table, empty]).append_column(ROW, pa.array(rows + torn, pa.int64()))


def _read(path: Path, reading: Any, parsing: Any) -> TextTable:
    with path.open(encoding="utf-8-sig") as lines:
        header = [name.strip().strip('"') for name in lines.readline().split(",")]
    as_text = pacsv.ConvertOptions(column_types={name: pa.string() for name in header})
    return pacsv.read_csv(path, read_options=reading, parse_options=parsing, convert_options=as_text)

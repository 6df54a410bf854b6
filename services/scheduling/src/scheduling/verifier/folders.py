"""The tables of a facts folder and of a plan folder, as text: CSV or Parquet, told by the ending."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from scheduling.verifier.cells import ROW, TextTable


class MissingFileError(Exception):
    """A folder lacks a file without which nothing can be checked."""


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
    programme = folder / "programme.json"
    if not programme.is_file():
        raise MissingFileError(f"{programme} is not there")
    said: dict[str, Any] = json.loads(programme.read_text(encoding="utf-8"))
    tables = (read_table(folder, name) for name in ("agencies", "managers", "enterprises"))
    return FactsTables(said, *tables)


def read_plan(folder: Path) -> PlanTables:
    return PlanTables(read_table(folder, "visits"), read_table(folder, "unscheduled"))


def read_table(folder: Path, name: str) -> TextTable:
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    if parquet.is_file():
        return pq.read_table(parquet)
    if csv.is_file():
        return _csv(csv)
    raise MissingFileError(f"{folder} holds neither {csv.name} nor {parquet.name}")


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

"""A population as files: the registry's import template, and the planner's facts folder."""

import csv
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from korea.population.columns import Columns, always, no_days, rows
from korea.population.model import Population, Programme

Format = Literal["csv", "parquet"]
TRUTHS = ("is_targeted", "is_qualified", "is_trained", "sector")
"""What the system must find out by itself: it stands in no file of the registry."""
ALL_MADE_UP = (
    "합성 자료: 사업장, 기관, 관리자, 방문이 모두 가상입니다. Synthetic: enterprises, agencies, managers and visits."
)
REST_MADE_UP = (
    "합성 자료: 사업장은 제공된 명단에서 왔고 기관, 관리자, 방문은 가상입니다. "
    "Synthetic: agencies, managers and visits; the enterprises are from a list that was handed in."
)
WHOLE = ("contract_value_won", "residual_risk")
AGENCY_FACTS = ("agency_id", "name", "sectors", "provinces", "latitude", "longitude")
MANAGER_FACTS = ("manager_id", "agency_id", "latitude", "longitude", "visits_a_day")
ENTERPRISE_FACTS = ("enterprise_id", "sector", "province", "district", "latitude", "longitude", "risk",
                    "open_from", "open_until", "closed_weekdays")  # fmt: skip


def write_registry_files(folder: Path, population: Population, *, with_enterprises: bool = True) -> tuple[Path, ...]:
    """programme.toml and five CSV files as the registry imports them; `synthetic` stands in every one.

    Without enterprises, for those of a list that somebody has, and programme.toml says that only the rest is made up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    programme = folder / "programme.toml"
    made_up = ALL_MADE_UP if with_enterprises else REST_MADE_UP
    programme.write_text(_toml(population.programme, made_up), encoding="utf-8")
    tables = {
        "agencies": population.agencies,
        "inspections": population.inspections,
        "managers": population.managers,
        "attendance": population.attendance,
    } | ({"enterprises": population.enterprises} if with_enterprises else {})
    return programme, *(_written(folder / f"{name}.csv", _without_truths(table)) for name, table in tables.items())


def write_plan_facts(folder: Path, population: Population, form: Format = "parquet") -> tuple[Path, ...]:
    """The facts folder of docs/plan-files.md: qualified agencies, trained managers, targeted enterprises."""
    folder.mkdir(parents=True, exist_ok=True)
    programme = folder / "programme.json"
    programme.write_text(json.dumps(_facts(population.programme), indent=2) + "\n", encoding="utf-8")
    tables = {
        "agencies": _agency_facts(population),
        "managers": _manager_facts(population),
        "enterprises": _enterprise_facts(population),
    }
    return programme, *(_written(folder / f"{name}.{form}", table) for name, table in tables.items())


def _agency_facts(population: Population) -> Columns:
    which = population.agencies["is_qualified"]
    found, many = rows(population.agencies, which), int(which.sum())
    return _picked(found, AGENCY_FACTS) | {
        "qualified_on": population.inspections["inspected_on"][which],
        "licence_until": found["licence_until"],
        "suspended_from": no_days(many),
        "suspended_until": no_days(many),
    }


def _manager_facts(population: Population) -> Columns:
    which = population.managers["is_trained"]
    found, many = rows(population.managers, which), int(which.sum())
    return _picked(found, MANAGER_FACTS) | {
        "trained_on": np.full(many, max(population.programme.training_days), "datetime64[D]"),
        "available_from": no_days(many),
        "available_until": no_days(many),
        "leave": found["leave_days"],
    }


def _enterprise_facts(population: Population) -> Columns:
    which = population.enterprises["is_targeted"]
    found, many = rows(population.enterprises, which), int(which.sum())
    return _picked(found, ENTERPRISE_FACTS) | {
        "closed_days": always("", many),
        "preferred_weekdays": found["preferred_weekdays"],
        "residual_risk": always(None, many),
        "known_on": np.full(many, population.programme.opened_on, "datetime64[D]"),
    }


def _picked(columns: Columns, names: tuple[str, ...]) -> Columns:
    return {name: columns[name] for name in names}


def _without_truths(columns: Columns) -> Columns:
    return {name: column for name, column in columns.items() if name not in TRUTHS}


def _written(path: Path, columns: Columns) -> Path:
    (_write_parquet if path.suffix == ".parquet" else _write_csv)(path, columns)
    return path


def _write_csv(path: Path, columns: Columns) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(columns)
        lines.writerows(zip(*(_cells(column) for column in columns.values()), strict=True))


def _cells(column: NDArray[Any]) -> list[Any]:
    if column.dtype == np.bool_:
        return np.where(column, "true", "false").tolist()
    return ["" if value is None else value for value in column.tolist()]


def _write_parquet(path: Path, columns: Columns) -> None:
    import pyarrow as pa  # noqa: PLC0415 - takes seconds, for it loads pandas: not for those who want CSV
    import pyarrow.parquet  # noqa: PLC0415 - likewise

    def kind(name: str, column: NDArray[Any]) -> object:
        """Columns that may be empty throughout still have their type."""
        whole = pa.int64() if name in WHOLE else pa.string()
        return whole if column.dtype == np.object_ else None

    arrays = {name: pa.array(column, type=kind(name, column)) for name, column in columns.items()}
    pyarrow.parquet.write_table(pa.table(arrays), path)


def _facts(programme: Programme) -> dict[str, object]:
    return {
        "programme_id": str(programme.programme_id),
        "year": programme.year,
        "synthetic": True,
        "window_from": programme.window_from.isoformat(),
        "window_until": programme.window_until.isoformat(),
        "minimum_visits": programme.minimum_visits,
        "spacing_days": programme.spacing_days,
        "visits_a_day": programme.visits_a_day,
        "training_days": [day.isoformat() for day in programme.training_days],
        "holidays_added": [],
        "workdays_added": [],
        "reserve_share": programme.reserve_share,
        "third_visit_from_risk": None,
        "published_until": None,
    }


def _toml(programme: Programme, made_up: str) -> str:
    return f"""\
# {made_up}
# 실제 사업이 아닙니다. Made up after the press release on the programme of {programme.year}.
programme_id = "{programme.programme_id}"
year = {programme.year}
synthetic = true
opened_on = {programme.opened_on}
window_from = {programme.window_from}
window_until = {programme.window_until}
target_enterprises = {programme.target_enterprises}
minimum_visits = {programme.minimum_visits}
spacing_days = {programme.spacing_days}
visits_a_day = {programme.visits_a_day}
training_days = [{", ".join(day.isoformat() for day in programme.training_days)}]
holidays_added = []
workdays_added = []
reserve_share = {programme.reserve_share}
"""

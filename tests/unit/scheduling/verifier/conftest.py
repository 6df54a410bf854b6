"""A small programme whose plan breaks no rule, to be broken one rule at a time."""

import csv
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from scheduling.verifier import Report, verify

PROGRAMME = {
    "programme_id": "7b1c7f3e-0000-4000-8000-000000000001",
    "year": 2023,
    "synthetic": True,
    "window_from": "2023-04-17",
    "window_until": "2023-12-29",
    "minimum_visits": 2,
    "spacing_days": 28,
    "visits_a_day": 3,
    "training_days": ["2023-04-18", "2023-04-19"],
    "holidays_added": ["2023-10-02"],
    "workdays_added": [],
    "reserve_share": 0.03,
    "third_visit_from_risk": 6,
    "published_until": None,
}


def _agency(name: str, provinces: str, sectors: str) -> dict[str, str]:
    place = {"latitude": "37.3", "longitude": "127.0"}
    return {"agency_id": name, "name": name, "sectors": sectors, "provinces": provinces, **place} | {
        "qualified_on": "2023-02-01",
        "licence_until": "2024-01-31",
        "suspended_from": "",
        "suspended_until": "",
    }


def _manager(name: str, agency: str, stops: str) -> dict[str, str]:
    period = {"available_from": "", "available_until": "", "leave": "2023-07-03|2023-08-01..2023-08-04"}
    return {"manager_id": name, "agency_id": agency, "visits_a_day": stops, "trained_on": "2023-04-19"} | period


def _enterprise(name: str, sector: str, province: str) -> dict[str, str]:
    return {
        "enterprise_id": name,
        "sector": sector,
        "province": province,
        "latitude": "37.2",
        "longitude": "127.1",
        "risk": "6",
        "open_from": "2023-05-01" if sector == "construction" else "",
        "open_until": "2023-08-31" if sector == "construction" else "",
        "closed_weekdays": "sat|sun",
        "closed_days": "2023-07-17",
        "handed_back": "",
        "preferred_weekdays": "tue",
        "residual_risk": "2",
        "known_on": "2023-04-17",
    }


def _id(name: str) -> str:
    enterprise, _, ordinal = name.rpartition("-")
    return str(uuid5(UUID(str(PROGRAMME["programme_id"])), f"{enterprise}:{ordinal}"))


@pytest.fixture
def visit_id() -> Callable[[str], str]:
    """The id of a visit that is told as `foundry-1`."""
    return _id


def _visits(enterprise: str, agency: str, manager: str, days: tuple[str, ...]) -> list[dict[str, str]]:
    who = {"agency_id": agency, "manager_id": manager}
    return [
        {"visit_id": _id(f"{enterprise}-{n}"), "enterprise_id": enterprise, "ordinal": str(n), **who}
        | {"visit_on": day, "stage": "draft", "pinned": "false"}
        for n, day in enumerate(days, start=1)
    ]


@pytest.fixture
def case() -> dict[str, Any]:
    """Five enterprises, three managers of two agencies, nine visits and one that cannot be made."""
    return {
        "programme": deepcopy(PROGRAMME),
        "agencies": [_agency("north", "KR-41|KR-11", "manufacturing|construction"), _agency("all", "", "service")],
        "managers": [_manager("kim", "north", "2"), _manager("lee", "north", "4"), _manager("choi", "all", "")],
        "enterprises": [
            _enterprise("press", "manufacturing", "KR-41"),
            _enterprise("scaffold", "construction", "KR-41"),
            _enterprise("cafe", "service", "KR-26"),
            _enterprise("foundry", "manufacturing", "KR-11"),
            _enterprise("hotel", "service", "KR-50"),
        ],
        "visits": [
            *_visits("press", "north", "kim", ("2023-05-02", "2023-06-08")),
            *_visits("scaffold", "north", "kim", ("2023-05-02", "2023-06-08")),
            *_visits("cafe", "all", "choi", ("2023-05-03", "2023-06-12")),
            *_visits("foundry", "north", "lee", ("2023-05-04", "2023-06-01")),
            *_visits("hotel", "all", "choi", ("2023-05-08",)),
        ],
        "unscheduled": [{"enterprise_id": "hotel", "ordinal": "2", "reason": "no_capacity"}],
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, Any], str], Path]:
    """Writes a case as one folder that serves as facts and as plan."""

    def write_folder(case: dict[str, Any], name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "programme.json").write_text(json.dumps(case["programme"]), encoding="utf-8")
        for table in ("agencies", "managers", "enterprises", "visits", "unscheduled"):
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                columns = ["enterprise_id", "ordinal", "reason"] if table == "unscheduled" else list(case[table][0])
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(case[table])
        return folder

    return write_folder


@pytest.fixture
def check(write: Callable[[dict[str, Any], str], Path]) -> Callable[..., Report]:
    """Writes a case, and the case before it if there is one, and verifies it."""

    def run(case: dict[str, Any], before: dict[str, Any] | None = None, released: tuple[str, ...] = ()) -> Report:
        now = write(case, "now")
        return verify(now, now, write(before, "before") if before else None, released)

    return run

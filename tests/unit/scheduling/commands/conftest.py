"""A facts folder of three enterprises, two agencies and two managers; for the tests of files and commands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAMME: dict[str, Any] = {
    "programme_id": "7f2924e4-230c-5c72-9d1e-18c0f71c4e05",
    "year": 2023,
    "synthetic": True,
    "window_from": "2023-04-10",
    "window_until": "2023-12-29",
    "minimum_visits": 2,
    "spacing_days": 28,
    "visits_a_day": 4,
    "training_days": ["2023-04-11"],
    "holidays_added": ["2023-07-03"],
    "workdays_added": ["2023-07-08"],
    "reserve_share": 0.0,
    "third_visit_from_risk": 6,
    "published_until": None,
}
AGENCIES = """agency_id,name,sectors,provinces,latitude,longitude,qualified_on,licence_until,suspended_from
a1,One,manufacturing|service,KR-11,37.5,127.0,2023-02-01,,
a2,Two,construction,,37.4,127.1,2023-02-01,2023-08-31,
"""
MANAGERS = """manager_id,agency_id,latitude,longitude,visits_a_day,trained_on,available_from,available_until,leave
m1,a1,,,3,2023-04-11,,,2023-05-02..2023-05-04|2023-06-01
m2,a2,37.4,127.1,9,2023-04-20,,,
"""
COLUMNS = "enterprise_id,sector,province,district,latitude,longitude,risk,open_from,open_until,closed_weekdays"
ENTERPRISES = f"""{COLUMNS},closed_days,preferred_weekdays,residual_risk,known_on
e1,manufacturing,KR-11,,37.51,127.01,9,,,mon|tue,2023-04-13,fri,6,2023-01-01
e2,service,KR-11,,37.52,127.02,2,,,,,,,2023-05-10
e3,construction,KR-11,,37.41,127.11,4,2023-05-01,2023-09-30,,,,,
"""


def write_facts(folder: Path, *lines: str) -> Path:
    """A facts folder; lines can be added to its enterprises."""
    (folder / "programme.json").write_text(json.dumps(PROGRAMME))
    (folder / "agencies.csv").write_text(AGENCIES)
    (folder / "managers.csv").write_text(MANAGERS)
    (folder / "enterprises.csv").write_text(ENTERPRISES + "".join(f"{line}\n" for line in lines))
    return folder


@pytest.fixture(scope="session")
def small_facts() -> Callable[..., Path]:
    """Writes the facts into a folder."""
    return write_facts


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """The facts in a folder of the test's own; lines can be added to its enterprises."""
    return lambda *lines: write_facts(tmp_path, *lines)

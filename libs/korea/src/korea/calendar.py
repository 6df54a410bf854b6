"""The working days of a programme: Korea's public holidays, weekends, and what was decided later."""

import csv
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import holidays

Language = Literal["ko", "en_US"]
SATURDAY = 5
# Labour Day (1 May) is only in BANK before 2026; nobody visits on it.
CATEGORIES = ("public", "bank")


class OverrideError(ValueError):
    """A line of an override file that cannot be followed; says which, and why."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Days decided later: the government's temporary holidays, and days on which work is done all the same."""

    holidays_added: tuple[date, ...] = ()
    workdays_added: tuple[date, ...] = ()


@cache
def holidays_of(year: int, language: Language = "ko") -> Mapping[date, str]:
    """The public holidays of a year with their names, substitutes and temporary ones included."""
    return dict(sorted(holidays.country_holidays("KR", years=year, categories=CATEGORIES, language=language).items()))


def is_working_day(day: date, holidays_added: Collection[date] = (), workdays_added: Collection[date] = ()) -> bool:
    """Whether visits may take place on a day; a day worked all the same wins over every holiday."""
    if day in workdays_added:
        return True
    return day.weekday() < SATURDAY and day not in holidays_of(day.year) and day not in holidays_added


def working_days(
    first: date, last: date, holidays_added: Collection[date] = (), workdays_added: Collection[date] = ()
) -> tuple[date, ...]:
    """Every working day from the first day to the last, both included, in order."""
    off, on = frozenset(holidays_added), frozenset(workdays_added)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if is_working_day(day, off, on))


def read_overrides(path: Path) -> Overrides:
    """What an override file says: CSV with `day,kind,name`, or TOML with `[[day]]` tables of the same three."""
    rows = _toml_rows(path) if path.suffix == ".toml" else _csv_rows(path)
    decided: dict[date, str] = {}
    for where, row in rows:
        day, kind = _decision(where, row)
        if decided.setdefault(day, kind) != kind:
            raise OverrideError(f"{where}: {day} is both a holiday and a workday")
    return Overrides(
        holidays_added=tuple(sorted(day for day, kind in decided.items() if kind == "holiday")),
        workdays_added=tuple(sorted(day for day, kind in decided.items() if kind == "workday")),
    )


def _csv_rows(path: Path) -> list[tuple[str, dict[str, object]]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [(f"{path.name} line {n}", dict(row)) for n, row in enumerate(csv.DictReader(lines), start=2)]


def _toml_rows(path: Path) -> list[tuple[str, dict[str, object]]]:
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("day", [])
    return [(f"{path.name} [[day]] {n}", row) for n, row in enumerate(tables, start=1)]


def _decision(where: str, row: Mapping[str, object]) -> tuple[date, str]:
    kind = str(row.get("kind") or "").strip()
    if kind not in ("holiday", "workday"):
        raise OverrideError(f"{where}: kind must be `holiday` or `workday`, not `{kind}`")
    try:
        return date.fromisoformat(str(row.get("day") or "").strip()), kind
    except ValueError:
        raise OverrideError(f"{where}: day must look like 2023-10-02, not `{row.get('day')}`") from None

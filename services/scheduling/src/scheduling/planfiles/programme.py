"""`programme.json` becomes the planner's rules and calendar; a field that cannot be read is named."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from korea.calendar import working_days
from scheduling.both import Both
from scheduling.planfiles.cells import UnreadableError
from scheduling.planfiles.columns import misnamed
from scheduling.planfiles.faults import in_another_code
from scheduling.planner.model import Calendar, Rules

FILE = "programme.json"


def read_programme(folder: Path, otherwise: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The fields as what they mean; `otherwise` corrects what the file says."""
    path = folder / FILE
    said = _fields(path)
    wrong = misnamed(said, FIELDS)
    if wrong:
        raise UnreadableError(*wrong.of(path))
    programme = {name: _read(path, name, {**said, **(otherwise or {})}) for name in FIELDS}
    if programme["window_until"] < programme["window_from"]:
        raise UnreadableError(
            f"{path}: window_until이 window_from보다 빠릅니다. 더 늦은 날짜를 적으십시오.",
            f"{path}: window_until lies before window_from. Write the later day there.",
        )
    _refuse_misdated(path, programme)
    return programme


def _fields(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise UnreadableError(
            f"{path} 파일을 읽을 수 없습니다({fault.strerror}). 자료 폴더를 지정하십시오.",
            f"{path} cannot be read ({fault.strerror}). Name the folder of the facts.",
        ) from fault
    except UnicodeDecodeError as fault:
        raise UnreadableError(*in_another_code(path, fault.reason)) from fault
    except ValueError as fault:
        raise UnreadableError(
            f"{path} 파일이 JSON이 아닙니다({fault}). 그 자리를 고치십시오.",
            f"{path} is not JSON ({fault}). Mend it at that place.",
        ) from fault
    if not isinstance(said, dict):
        raise UnreadableError(
            f"{path} 파일에 항목이 없습니다. docs/plan-files.md대로 적으십시오.",
            f"{path} holds no fields. Write an object, as docs/plan-files.md says.",
        )
    return said


def calendar_of(programme: Mapping[str, Any], folder: Path) -> Calendar:
    """The working days of the window, after the last training day; there is at least one."""
    trained = max(programme["training_days"], default=date.min)
    first, last = programme["window_from"], programme["window_until"]
    working = working_days(first, last, programme["holidays_added"], programme["workdays_added"])
    days = np.array([day.toordinal() for day in working if day > trained], np.int64)
    if not len(days):
        raise UnreadableError(
            f"{folder / FILE}: {first}부터 {last}까지 교육일 뒤에 남은 근무일이 없습니다. "
            "window_from, window_until 또는 training_days를 고치십시오.",
            f"{folder / FILE}: no working day is left between {first} and {last} after the training days. "
            "Write another window_from, window_until or training_days.",
        )
    return Calendar(days)


def rules_of(programme: Mapping[str, Any], calendar: Calendar) -> Rules:
    """The programme's numbers."""
    until = programme["published_until"]
    first_open = np.searchsorted(calendar.dates, until.toordinal(), side="right") if until else 0
    return Rules(
        visits=programme["minimum_visits"],
        spacing_days=programme["spacing_days"],
        reserve_share=programme["reserve_share"],
        first_open_day=int(first_open),
    )


def _refuse_misdated(path: Path, programme: Mapping[str, Any]) -> None:
    """A year that must be a typing error, such as 2203 for 2023: its calendar would take all memory there is."""
    first, last = programme["window_from"].year, programme["window_until"].year
    year = programme["year"] or first + 1
    if first < year - 1 or last > year + 1:
        raise UnreadableError(
            f"{path}: window_from 또는 window_until이 사업 연도에서 한 해 넘게 떨어져 있습니다. 연도를 확인하십시오.",
            f"{path}: window_from or window_until lies more than a year from the programme's year. Check the year.",
        )


def _read(path: Path, name: str, said: Mapping[str, Any]) -> Any:
    value, (read, otherwise) = said.get(name), FIELDS[name]
    if value is None and otherwise is not _DEMANDED:
        return otherwise
    try:
        return read(value)
    except (ValueError, TypeError, AttributeError) as fault:
        written = json.dumps(value, ensure_ascii=False)
        found = Both("없습니다", "missing") if value is None else Both(f"{written}입니다", written)
        meant = _MEANT[read]
        raise UnreadableError(
            f"{path}: {name} 값이 {found.ko}. {meant.ko} 하나를 적으십시오.",
            f"{path}: {name} is {found.en}. Write {meant.en}.",
        ) from fault


def _uuid(value: Any) -> str:
    return str(UUID(value))


def _date(value: Any) -> date:
    return date.fromisoformat(value)


def _dates(value: Any) -> list[date]:
    if not isinstance(value, list):
        raise TypeError
    return [_date(day) for day in value]


def _whole(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or int(value) != value or not low <= value <= high:
        raise ValueError
    return int(value)


def _count(value: Any) -> int:
    return _whole(value, 0, 99)


def _at_least_one(value: Any) -> int:
    return _whole(value, 1, 99)


def _year(value: Any) -> int:
    return _whole(value, 2000, 2100)


def _share(value: Any) -> float:
    if not 0 <= float(value) < 1:
        raise ValueError
    return float(value)


def _risk(value: Any) -> float:
    if isinstance(value, bool) or not 0 <= float(value) <= 9:
        raise ValueError
    return float(value)


_DEMANDED = object()
FIELDS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "programme_id": (_uuid, _DEMANDED),
    "year": (_year, None),
    "window_from": (_date, _DEMANDED),
    "window_until": (_date, _DEMANDED),
    "minimum_visits": (_at_least_one, _DEMANDED),
    "spacing_days": (_count, _DEMANDED),
    "visits_a_day": (_at_least_one, _DEMANDED),
    "training_days": (_dates, ()),
    "holidays_added": (_dates, ()),
    "workdays_added": (_dates, ()),
    "reserve_share": (_share, 0.0),
    "third_visit_from_risk": (_risk, None),
    "published_until": (_date, None),
    "synthetic": (bool, False),
}
_MEANT: dict[Callable[[Any], Any], Both] = {
    _uuid: Both("UUID 값", "a UUID"),
    _year: Both("2000부터 2100까지의 연도", "a year of 2000-2100"),
    _date: Both('"2023-07-03"과 같은 날짜', 'a date such as "2023-07-03"'),
    _dates: Both('["2023-07-03"]과 같은 날짜 목록', 'a list of dates such as ["2023-07-03"]'),
    _count: Both("0부터 99까지의 정수", "a whole number of 0-99"),
    _at_least_one: Both("1부터 99까지의 정수", "a whole number of 1-99"),
    _share: Both("0.04와 같은 0부터 1까지의 비율", "a share of 0-1, such as 0.04"),
    _risk: Both("0부터 9까지의 위험도", "a risk of 0-9"),
    bool: Both("true와 false 가운데", "true or false"),
}

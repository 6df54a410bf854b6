"""The rules that are numbers and dates of the programme; a field that is no such thing is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from scheduling.verifier.cells import LONG_AGO, Days, day_number
from scheduling.verifier.folders import UnreadableFileError

Value = TypeVar("Value")


@dataclass(frozen=True)
class Programme:
    """The rules that are numbers and dates of the programme; `space` is its id, in which visits are named."""

    space: bytes
    window: tuple[int, int]
    minimum_visits: int
    spacing_days: int
    visits_a_day: int
    training_over: int
    holidays_added: Days
    workdays_added: Days
    third_visit_from_risk: float
    published_until: int


def programme_of(said: Mapping[str, Any]) -> Programme:
    """The fields of `programme.json` that a rule is made of."""
    field = _Fields(said)
    return Programme(
        space=field.read("programme_id", _space, b""),
        window=_window(field),
        minimum_visits=field.read("minimum_visits", _whole),
        spacing_days=field.read("spacing_days", _whole),
        visits_a_day=field.read("visits_a_day", _whole),
        training_over=int(field.read("training_days", _days, _NO_DAYS).max(initial=LONG_AGO)),
        holidays_added=field.read("holidays_added", _days, _NO_DAYS),
        workdays_added=field.read("workdays_added", _days, _NO_DAYS),
        third_visit_from_risk=field.read("third_visit_from_risk", float, float("inf")),
        published_until=field.read("published_until", _day, LONG_AGO),
    )


@dataclass(frozen=True)
class _Fields:
    said: Mapping[str, Any]

    def read(self, name: str, read: Callable[[Any], Value], otherwise: Value | None = None) -> Value:
        value = self.said.get(name)
        if value is None and otherwise is not None:
            return otherwise
        try:
            return read(value)
        except (ValueError, TypeError) as fault:
            is_missing = value is None
            raise UnreadableFileError(
                f"programme.json: {name} 값이 {'없습니다' if is_missing else f'{value!r}일 수 없습니다'}. "
                "docs/plan-files.md를 보십시오.",
                f"programme.json: {name} {'is missing' if is_missing else f'cannot be {value!r}'}. "
                "docs/plan-files.md says what it is.",
            ) from fault


def _window(field: _Fields) -> tuple[int, int]:
    first, last = (field.read(name, date.fromisoformat) for name in ("window_from", "window_until"))
    if last < first:
        raise UnreadableFileError(
            "programme.json: window_until이 window_from보다 빠릅니다. 더 늦은 날짜를 적으십시오.",
            "programme.json: window_until lies before window_from. Write the later day there.",
        )
    year = field.read("year", _whole, first.year + 1)
    if not year - 1 <= first.year <= last.year <= year + 1:
        raise UnreadableFileError(
            "programme.json: window_from 또는 window_until이 사업 연도에서 한 해 넘게 떨어져 있습니다. "
            "연도를 확인하십시오.",
            "programme.json: window_from or window_until lies more than a year from the programme's year. "
            "Check the year.",
        )
    return day_number(first), day_number(last)


_NO_DAYS = np.empty(0, np.int64)


def _space(said: Any) -> bytes:
    return UUID(str(said)).bytes


def _day(said: Any) -> int:
    return day_number(date.fromisoformat(said))


def _days(said: Any) -> Days:
    if isinstance(said, str):
        raise TypeError
    return np.array([_day(day) for day in said], dtype=np.int64)


def _whole(said: Any) -> int:
    if isinstance(said, bool) or int(said) != said or said < 0:
        raise ValueError
    return int(said)

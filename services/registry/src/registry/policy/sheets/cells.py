"""Cells: from a text to a value, or to the reason, in Korean and English, why it is none."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import get_args
from uuid import UUID

from events.contracts.registry import Weekday
from registry.model.checks import is_business_number

Read = Callable[[str], object]

WEEKDAYS = get_args(Weekday)
MOST_DAYS = 366
"""In a cell that lists days."""
TRUTHS = {"true": True, "false": False, "1": True, "0": False, "y": True, "n": False, "": False}


class UnreadableError(ValueError):
    """A cell or a row that cannot be read, and why."""

    def __init__(self, korean: str, english: str, columns: str = "") -> None:
        super().__init__(english)
        self.korean = korean
        self.english = english
        self.columns = columns


def text(cell: str) -> str:
    """Any text, blanks made single."""
    return " ".join(cell.split())


def needed_text(cell: str) -> str:
    """A text of one to 200 letters."""
    said = " ".join(cell.split())
    if not said:
        raise UnreadableError("비어 있습니다", "is empty")
    if len(said) > 200:
        raise UnreadableError("200자보다 깁니다", "is longer than 200 letters")
    return said


def whole_number(cell: str) -> int | None:
    """A whole number of zero or more; empty is none."""
    if cell.isdecimal() and cell.isascii() and len(cell) <= 15:
        return int(cell)
    said = cell.strip()
    if not said:
        return None
    if not (said.isdecimal() and said.isascii() and len(said) <= 15):
        raise UnreadableError(f"0 이상의 정수가 아닙니다: {said}", f"is no whole number of zero or more: {said}")
    return int(said)


def risk(cell: str) -> int | None:
    """A product of the 3x3 matrix, 1 to 9; empty is none."""
    found = whole_number(cell)
    if found is not None and not 1 <= found <= 9:
        raise UnreadableError(f"1에서 9 사이가 아닙니다: {found}", f"is not between 1 and 9: {found}")
    return found


def day(cell: str) -> date | None:
    """A date, `2023-04-12` or `20230412`; empty is none."""
    said = cell.strip()
    if not said:
        return None
    try:
        return date.fromisoformat(said.partition(" ")[0].partition("T")[0])  # some files add a time of day
    except ValueError:
        raise UnreadableError(f"날짜(YYYY-MM-DD)가 아닙니다: {said}", f"is no date (YYYY-MM-DD): {said}") from None


def identity(cell: str) -> UUID | None:
    """A UUID; empty is none."""
    said = cell.strip()
    if not said:
        return None
    try:
        return UUID(said)
    except ValueError:
        raise UnreadableError(f"식별자(UUID)가 아닙니다: {said}", f"is no UUID: {said}") from None


def business_number(cell: str) -> str:
    """A business registration number, its check digit tested, without its dashes."""
    digits = cell.replace("-", "").strip()
    if not is_business_number(digits):
        raise UnreadableError(
            f"사업자등록번호 10자리가 아니거나 검증 번호가 틀립니다: {cell.strip()}",
            f"is no business registration number, or its check digit is wrong: {cell.strip()}",
        )
    return digits


def degrees(least: float, most: float) -> Read:
    """A coordinate between two others; empty is none."""

    def read(cell: str) -> float | None:
        if not cell or cell.isspace():
            return None
        try:
            found = float(cell)
        except ValueError:
            found = float("nan")
        if not least <= found <= most:
            raise UnreadableError(
                f"{least:g}~{most:g}도 사이의 좌표가 아닙니다: {cell}",
                f"is no coordinate between {least:g} and {most:g}: {cell}",
            )
        return found

    return read


@lru_cache(maxsize=1_000)
def weekdays(cell: str) -> str:
    """Days of the week such as `mon|tue`, in the week's order."""
    said = {part.strip().lower() for part in cell.split("|") if part.strip()}
    unknown = sorted(said - set(WEEKDAYS))
    if unknown:
        raise UnreadableError(
            f"요일(mon|tue|...)이 아닙니다: {'|'.join(unknown)}",
            f"is no day of the week (mon|tue|...): {'|'.join(unknown)}",
        )
    return "|".join(one for one in WEEKDAYS if one in said)


@lru_cache(maxsize=1_000)
def days(cell: str) -> tuple[date, ...]:
    """Dates and spans such as `2023-05-08|2023-08-01..2023-08-04`: every day of them once, in order."""
    found = {each for part in cell.split("|") if part.strip() for each in _span(part.strip())}
    if len(found) > MOST_DAYS:
        raise UnreadableError(f"날짜가 {MOST_DAYS}일보다 많습니다", f"lists more than {MOST_DAYS} days")
    return tuple(sorted(found))


def _span(said: str) -> Sequence[date]:
    first, dots, last = said.partition("..")
    refusal = UnreadableError(
        f"날짜(YYYY-MM-DD)도 기간(날짜..날짜)도 아닙니다: {said}",
        f"is no date (YYYY-MM-DD) and no span (date..date): {said}",
    )
    try:
        begins = date.fromisoformat(first.strip())
        length = (date.fromisoformat(last.strip()) - begins).days + 1 if dots else 1
    except ValueError:
        raise refusal from None
    if not 0 < length <= MOST_DAYS:
        raise refusal
    return [begins + timedelta(days=number) for number in range(length)]


def truth(cell: str) -> bool:
    """`true` or `false`; empty is false."""
    found = TRUTHS.get(cell) if cell in TRUTHS else TRUTHS.get(cell.strip().lower())
    if found is None:
        raise UnreadableError(f"true 또는 false가 아닙니다: {cell}", f"is neither true nor false: {cell}")
    return found

"""What a cell may say: each reader takes the text, and refuses by an UnreadableError what it cannot mean."""

from collections.abc import Callable, Mapping
from datetime import date

from scheduling.both import Both, ToldError

_FLAGS = {"false": 0, "true": 1}
EMPTY = Both("비어 있습니다", "is empty")


class UnreadableError(ToldError):
    """A cell, or a file that nothing can be planned from: what is wrong with it, and what to do."""


def day_number(cell: str) -> int:
    """An ISO date as its day number since year 1."""
    try:
        return date.fromisoformat(cell).toordinal()
    except ValueError:
        said = f"날짜(예: 2023-07-03)가 아닙니다: `{cell}`", f"`{cell}` is not a date such as 2023-07-03"
        raise UnreadableError(*said) from None


def day_or(empty: int) -> Callable[[str], int]:
    """Reads a date; an empty cell is the day given here."""
    return lambda cell: day_number(cell) if cell else empty


def spans(cell: str) -> tuple[tuple[int, int], ...]:
    """Days and spans of days: `2023-07-03|2023-08-01..2023-08-04`."""
    return tuple(_span(part.strip()) for part in cell.split("|")) if cell else ()


def _span(part: str) -> tuple[int, int]:
    first, _, last = part.partition("..")
    if day_number(last or first) < day_number(first):
        raise UnreadableError(f"끝이 시작보다 빠릅니다: `{part}`", f"`{part}` ends before it begins")
    return day_number(first), day_number(last or first)


def whole_between(low: int, high: int) -> Callable[[str], float]:
    """Reads a whole number and refuses what lies outside."""
    number = number_between(low, high)

    def read(cell: str) -> float:
        if number(cell) % 1:
            raise UnreadableError(f"정수가 아닙니다: {cell}", f"{cell} is not a whole number")
        return number(cell)

    return read


def number_between(low: float, high: float) -> Callable[[str], float]:
    """Reads a number and refuses what lies outside."""

    def read(cell: str) -> float:
        try:
            number = float(cell)
        except ValueError:
            raise UnreadableError(f"숫자가 아닙니다: `{cell}`", f"`{cell}` is not a number") from None
        if not low <= number <= high:
            said = f"{low:g}에서 {high:g} 사이가 아닙니다: {cell}", f"{cell} is not between {low:g} and {high:g}"
            raise UnreadableError(*said)
        return number

    return read


def bits_of(names: Mapping[str, int], *, demanded: bool = False) -> Callable[[str], int]:
    """Reads a list as a bit set over the names."""

    def read(cell: str) -> int:
        if demanded and not cell:
            raise UnreadableError(*EMPTY)
        parts = [part.strip() for part in cell.split("|")] if cell else []
        unknown = [part for part in parts if part not in names]
        if unknown:
            raise _none_of(names, "|".join(unknown))
        return sum(1 << names[part] for part in set(parts))

    return read


def one_of(names: Mapping[str, int]) -> Callable[[str], int]:
    """Reads one of the names as its number."""

    def read(cell: str) -> int:
        if cell not in names:
            raise _none_of(names, cell)
        return names[cell]

    return read


def _none_of(names: Mapping[str, int], cell: str) -> UnreadableError:
    among = Both(f"읽을 수 있었던 {len(names)}개", f"the {len(names)} that could be read")
    if len(names) <= 20:
        among = Both(", ".join(names), ", ".join(names))
    return UnreadableError(f"{among.ko} 중 하나가 아닙니다: `{cell}`", f"`{cell}` is none of {among.en}")


def flag(cell: str) -> int:
    """True or false in any case, as a spreadsheet saves them; an empty cell is false."""
    return one_of(_FLAGS)(cell.lower()) if cell else 0

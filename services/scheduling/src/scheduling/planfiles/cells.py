"""What a cell may say: each reader takes the text, and refuses by a ValueError what it cannot mean."""

from collections.abc import Callable, Mapping
from datetime import date

_FLAGS = {"false": 0, "true": 1}


def day_number(cell: str) -> int:
    """An ISO date as its day number since year 1."""
    try:
        return date.fromisoformat(cell).toordinal()
    except ValueError:
        raise ValueError(f"`{cell}` is not a date such as 2023-07-03") from None


def day_or(empty: int) -> Callable[[str], int]:
    """Reads a date; an empty cell is the day given here."""
    return lambda cell: day_number(cell) if cell else empty


def spans(cell: str) -> tuple[tuple[int, int], ...]:
    """Days and spans of days: `2023-07-03|2023-08-01..2023-08-04`."""
    return tuple(_span(part.strip()) for part in cell.split("|")) if cell else ()


def _span(part: str) -> tuple[int, int]:
    first, _, last = part.partition("..")
    if day_number(last or first) < day_number(first):
        raise ValueError(f"`{part}` ends before it begins")
    return day_number(first), day_number(last or first)


def whole_between(low: int, high: int) -> Callable[[str], float]:
    """Reads a whole number and refuses what lies outside."""
    number = number_between(low, high)

    def read(cell: str) -> float:
        if number(cell) % 1:
            raise ValueError(f"{cell} is not a whole number")
        return number(cell)

    return read


def number_between(low: float, high: float) -> Callable[[str], float]:
    """Reads a number and refuses what lies outside."""

    def read(cell: str) -> float:
        try:
            number = float(cell)
        except ValueError:
            raise ValueError(f"`{cell}` is not a number") from None
        if not low <= number <= high:
            raise ValueError(f"{cell} is not between {low:g} and {high:g}")
        return number

    return read


def bits_of(names: Mapping[str, int], *, demanded: bool = False) -> Callable[[str], int]:
    """Reads a list as a bit set over the names."""

    def read(cell: str) -> int:
        if demanded and not cell:
            raise ValueError("is empty")
        parts = [part.strip() for part in cell.split("|")] if cell else []
        unknown = [part for part in parts if part not in names]
        if unknown:
            raise ValueError(f"`{'|'.join(unknown)}` is {_none_of(names)}")
        return sum(1 << names[part] for part in set(parts))

    return read


def one_of(names: Mapping[str, int]) -> Callable[[str], int]:
    """Reads one of the names as its number."""

    def read(cell: str) -> int:
        if cell not in names:
            raise ValueError(f"`{cell}` is {_none_of(names)}")
        return names[cell]

    return read


def _none_of(names: Mapping[str, int]) -> str:
    return f"none of {', '.join(names)}" if len(names) <= 20 else f"none of the {len(names)} that could be read"


def flag(cell: str) -> int:
    """True or false in any case, as a spreadsheet saves them; an empty cell is false."""
    return one_of(_FLAGS)(cell.lower()) if cell else 0

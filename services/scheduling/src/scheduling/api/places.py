"""Where the next page begins: what a page answers as `after`, read again; anything else is refused."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends

from access.problems import RefusedError
from scheduling.api.problems import BAD_REQUEST

MOST_ORDINAL = 32_767  # PostgreSQL's smallint
Place = TypeVar("Place")


def _read(after: str | None, parts: Callable[[str, str], Place]) -> Place | None:
    """The two parts of a place; None for the first page."""
    if after is None:
        return None
    first, _, second = after.partition(":")
    try:
        return parts(first, second)
    except ValueError:
        raise RefusedError(BAD_REQUEST, ("after: the `after` of the page before",)) from None


def _day_and_visit(day: str, visit_id: str) -> tuple[date, UUID]:
    return date.fromisoformat(day), UUID(visit_id)


def _enterprise_and_ordinal(enterprise_id: str, ordinal: str) -> tuple[UUID, int]:
    if not 0 <= int(ordinal) <= MOST_ORDINAL:
        raise ValueError
    return UUID(enterprise_id), int(ordinal)


def visit_place(after: str | None = None) -> tuple[date, UUID] | None:
    return _read(after, _day_and_visit)


def unscheduled_place(after: str | None = None) -> tuple[UUID, int]:
    return _read(after, _enterprise_and_ordinal) or (UUID(int=0), 0)


AfterVisit = Annotated[tuple[date, UUID] | None, Depends(visit_place)]
AfterUnscheduled = Annotated[tuple[UUID, int], Depends(unscheduled_place)]

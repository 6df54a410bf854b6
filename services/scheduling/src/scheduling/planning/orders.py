"""What the processes beside the service are told on their standard input: one line, no address in a process list."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from scheduling.model import SEOUL


class PlacingOrder(BaseModel):
    """Give newcomers their days; behind today, or the last report, and so many days that get nothing new."""

    model_config = ConfigDict(frozen=True)

    database_url: str
    books_after: Literal["today", "reports"]
    freeze_days: int = 0

    @property
    def today(self) -> date | None:
        """None where a past year is played again: the last report says what day it is."""
        return datetime.now(SEOUL).date() if self.books_after == "today" else None


class Order(PlacingOrder):
    """Make a plan: which one, as which attempt, by which planner."""

    plan_id: UUID
    attempt: int
    planner: Literal["plain", "national"]

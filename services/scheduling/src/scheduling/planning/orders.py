"""What a planner's process is told on its standard input: one line, so that no address stands in a process list."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Order(BaseModel):
    """Which plan, as which attempt, by which planner."""

    model_config = ConfigDict(frozen=True)

    database_url: str
    plan_id: UUID
    attempt: int
    planner: Literal["plain", "national"]
    books_after: Literal["today", "reports"]
    freeze_days: int = 0

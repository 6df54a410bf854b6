"""A programme year, and how its agencies are inspected."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from registry.model.checks import Said


class Points(Said):
    """An inspection's criteria, with points for each."""

    staff_capability: float = Field(ge=0)
    earlier_delivery: float = Field(ge=0, description="how faithfully earlier support was delivered")
    accident_record: float = Field(ge=0, description="the agency's own accidents")
    equipment: float = Field(ge=0)

    def by_criterion(self) -> dict[str, float]:
        """The points, criterion by criterion, in the order above."""
        return {criterion: getattr(self, criterion) for criterion in Points.model_fields}


class PassRule(Said):
    """How inspections are marked: the most points for each criterion, and how many of all make a pass."""

    pass_mark: float = Field(default=70, ge=0, le=100)
    most_points: Points = Points(staff_capability=40, earlier_delivery=30, accident_record=15, equipment=15)


class Change(Said):
    """What is decided about a programme in mid-year: days off and days worked besides, and another window."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holidays_added: Annotated[tuple[date, ...], Field(max_length=366)] = ()
    workdays_added: Annotated[tuple[date, ...], Field(max_length=366)] = ()
    window_from: date | None = None
    window_until: date | None = None


class Terms(Said):
    """A programme year as its file says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    programme_id: UUID
    year: int = Field(ge=2000, le=2100)
    opened_on: date | None = None
    window_from: date
    window_until: date
    target_enterprises: int = Field(ge=1, le=10_000_000)
    minimum_visits: int = Field(ge=1, le=52)
    spacing_days: int = Field(ge=0, le=366)
    visits_a_day: int = Field(ge=1, le=20)
    training_days: tuple[date, ...] = Field(min_length=1)
    holidays_added: tuple[date, ...] = ()
    workdays_added: tuple[date, ...] = ()
    reserve_share: float = Field(default=0.04, ge=0, lt=1)
    third_visit_from_risk: int | None = Field(default=None, ge=1, le=9)
    inspection: PassRule = PassRule()
    synthetic: bool = False

    @model_validator(mode="after")
    def _is_possible(self) -> "Terms":
        if self.window_until < self.window_from:
            raise ValueError("window")
        return self


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as it stands after all its changes; `version` counts the facts said about it."""

    terms: Terms
    version: int

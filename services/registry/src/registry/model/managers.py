"""Safety managers, and on which training days they were there."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator

from registry.model.checks import Days, Latitude, Longitude, Name, Said, Text


class Enrolment(Said):
    """A safety manager whom an agency enrols; the name and how to reach the person never leave the registry."""

    manager_id: UUID
    agency_id: UUID
    name: Name
    phone: Text | None = None
    mail: Text | None = None
    latitude: Latitude
    longitude: Longitude
    visits_a_day: int = Field(ge=1, le=20)
    leave_days: Days = ()
    synthetic: bool = False

    @field_validator("leave_days")
    @classmethod
    def _in_order(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        return tuple(sorted(set(days)))


class Attendance(Said):
    """Whether a manager was there on a training day."""

    manager_id: UUID
    day: date
    attended: bool


class Leave(Said):
    """All the days on which a manager is on leave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Annotated[Days, Field(max_length=366)]


class Departure(Said):
    """From which day on a manager makes no visits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: date


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager as the register holds them; `version` counts what was announced."""

    enrolment: Enrolment
    programme_id: UUID
    trained_on: date | None
    version: int
    left_on: date | None = None

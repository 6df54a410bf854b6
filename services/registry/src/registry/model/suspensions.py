"""Suspensions of agencies, as they are asked for and as the register holds them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from events.contracts.registry import SuspensionReason
from registry.model.checks import Said


class SuspensionOrder(Said):
    """What an officer decides: from which day, until which (without one: until it is reinstated), and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: date = Field(alias="from")
    last_day: date | None = Field(default=None, alias="until")
    reason: SuspensionReason

    @model_validator(mode="after")
    def _is_possible(self) -> "SuspensionOrder":
        if self.last_day and self.last_day < self.first_day:
            raise ValueError("suspension")
        return self


class Reinstatement(Said):
    """From which day an agency's managers visit again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: date = Field(alias="from")


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension, with the day of the reinstatement if there was one; `version` is that of its newest fact."""

    agency_id: UUID
    suspended_from: date
    suspended_until: date | None
    reason: SuspensionReason
    decided_on: date
    reinstated_from: date | None
    version: int

    @property
    def last_day(self) -> date | None:
        """The last day without visits; None while nobody knows."""
        return self.reinstated_from - timedelta(days=1) if self.reinstated_from else self.suspended_until

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was lifted before it took effect."""
        return self.reinstated_from == self.suspended_from

    def is_over(self, day: date) -> bool:
        """Whether visits take place again on a day, and from then on."""
        return self.is_withdrawn or (self.last_day is not None and self.last_day < day)

"""What scheduling says: the plan, and each visit from its date to its report."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from events.contracts.envelope import Fact

MissedReason = Literal["nobody_there", "refused_entry", "site_not_found", "manager_absent", "weather", "other"]
CancelledReason = Literal["enterprise_closed", "no_longer_eligible", "agency_suspended", "manager_left", "replanned"]


class _VisitOf(Fact):
    visit_id: UUID
    programme_id: UUID
    enterprise_id: UUID
    ordinal: int = Field(ge=1, description="1: the first visit, 2: the second, ...")
    agency_id: UUID
    manager_id: UUID


class VisitScheduled(_VisitOf, type="scheduling.visit.scheduled.v1", key="enterprise_id", subject="visit_id"):
    """A visit has a day, a manager and an agency; said again with a higher version when it moves."""

    visit_on: date


class VisitCompleted(_VisitOf, type="scheduling.visit.completed.v1", key="enterprise_id", subject="visit_id"):
    """The manager was there and reported."""

    visited_on: date
    risk_before: int = Field(ge=1, le=9, description="frequency x severity found at the opening")
    risk_after: int = Field(ge=1, le=9, description="what remains at the closing")
    hazards_found: int = Field(ge=0)
    hazards_removed: int = Field(ge=0)


class VisitMissed(_VisitOf, type="scheduling.visit.missed.v1", key="enterprise_id", subject="visit_id"):
    """The visit did not take place; an attempt is never counted as done."""

    missed_on: date
    reason: MissedReason


class VisitCancelled(_VisitOf, type="scheduling.visit.cancelled.v1", key="enterprise_id", subject="visit_id"):
    """The visit will not take place."""

    cancelled_on: date
    reason: CancelledReason


class PlanPublished(Fact, type="scheduling.plan.published.v1", key="programme_id", subject="plan_id"):
    """A plan was verified and its visits were published, all of them in one."""

    plan_id: UUID
    programme_id: UUID
    enterprises: int
    visits: int
    unscheduled: int
    published_on: date

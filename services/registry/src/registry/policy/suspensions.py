"""Suspensions: an agency has one at a time, its end may be put off or brought forward, and it may be lifted."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from events.contracts.envelope import Announcement
from events.contracts.registry import AgencyReinstated, AgencySuspended
from registry.model.agencies import Agency
from registry.model.suspensions import Suspension, SuspensionOrder

Refusal = Literal["not_qualified", "after_programme", "suspended_already", "not_suspended", "reinstated_too_early"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about a suspension: the agency, the programme's last day, and the newest suspension so far."""

    agency: Agency
    window_until: date
    newest: Suspension | None


def suspended(standing: Standing, order: SuspensionOrder, decided_on: date) -> Suspension | Refusal | None:
    """The suspension that an order comes to; None when it stands just so, or why it cannot be taken."""
    agency, newest = standing.agency, standing.newest
    if agency.status != "qualified":
        return "not_qualified"
    after = _ordered(agency.application.agency_id, order, decided_on, agency.version + 1)
    if newest and not newest.reinstated_from and newest.suspended_from == order.first_day:
        is_same = (newest.suspended_until, newest.reason) == (order.last_day, order.reason)
        return None if is_same else after
    if order.first_day > standing.window_until:
        return "after_programme"
    if newest and not newest.is_over(min(order.first_day, decided_on)):
        return "suspended_already"
    return after


def reinstated(standing: Standing, first_day: date) -> Suspension | Refusal | None:
    """The newest suspension as it ends the day before; None when it does so anyway, or why that cannot be."""
    newest = standing.newest
    if newest is None:
        return "not_suspended"
    if newest.last_day and first_day - newest.last_day == timedelta(days=1):  # there may be no day behind the last
        return None
    if newest.is_over(first_day):
        return "not_suspended"
    if first_day < newest.suspended_from:
        return "reinstated_too_early"
    return replace(newest, reinstated_from=first_day, version=standing.agency.version + 1)


def fact_of(suspension: Suspension, programme_id: UUID, occurred_at: datetime) -> Announcement:
    """What is said of a suspension as it is now: that the agency is suspended, or from when it is reinstated."""
    if suspension.reinstated_from:
        fact = AgencyReinstated(
            agency_id=suspension.agency_id, programme_id=programme_id, reinstated_from=suspension.reinstated_from
        )
        return Announcement(fact, suspension.version, occurred_at)
    fact = AgencySuspended(
        agency_id=suspension.agency_id,
        programme_id=programme_id,
        suspended_from=suspension.suspended_from,
        suspended_until=suspension.suspended_until,
        reason=suspension.reason,
        decided_on=suspension.decided_on,
    )
    return Announcement(fact, suspension.version, occurred_at)


def _ordered(agency_id: UUID, order: SuspensionOrder, decided_on: date, version: int) -> Suspension:
    return Suspension(
        agency_id, order.first_day, order.last_day, order.reason, decided_on, reinstated_from=None, version=version
    )

"""Safety managers: nobody has finished the training who was not there on every day of it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from events.contracts.envelope import Announcement
from events.contracts.registry import ManagerTrained
from registry.model.managers import Attendance, Enrolment, Manager

Refusal = Literal["other_agency", "no_training_day", "already_trained"]
PERSONAL = {"name", "phone", "mail"}
"""What of an enrolment never leaves the registry."""


def enrolled(said: Enrolment, programme_id: UUID, known: Manager | None) -> Manager | Refusal | None:
    """The manager after an enrolment; None when that says nothing new, or why it cannot be taken."""
    if known is None:
        return Manager(said, programme_id, None, 0)
    if known.enrolment == said:
        return None
    if known.enrolment.agency_id != said.agency_id:
        return "other_agency"
    return Manager(said, programme_id, known.trained_on, known.version + is_news(known.enrolment, said, known))


def is_news(before: Enrolment, said: Enrolment, known: Manager) -> bool:
    """Whether others must hear of a changed enrolment: only of a trained manager's, and not of personal data."""
    return known.trained_on is not None and before.model_dump(exclude=PERSONAL) != said.model_dump(exclude=PERSONAL)


def refusal_of(said: Attendance, manager: Manager, training_days: tuple[date, ...]) -> Refusal | None:
    """Why an attendance cannot be taken."""
    if said.day not in training_days:
        return "no_training_day"
    return "already_trained" if manager.trained_on and not said.attended else None


def trained(manager: Manager, attended: set[date], training_days: tuple[date, ...]) -> Manager | None:
    """The manager with the training finished, on its last day; None while a day is missing, or when it was before."""
    if manager.trained_on or not set(training_days) <= attended:
        return None
    return Manager(manager.enrolment, manager.programme_id, max(training_days), manager.version + 1)


def trained_fact(manager: Manager, trained_on: date, occurred_at: datetime) -> Announcement:
    """The fact that a manager finished the training; said again with a higher version when their state changes."""
    said = manager.enrolment
    fact = ManagerTrained(
        manager_id=said.manager_id,
        agency_id=said.agency_id,
        programme_id=manager.programme_id,
        latitude=said.latitude,
        longitude=said.longitude,
        visits_a_day=said.visits_a_day,
        trained_on=trained_on,
        leave_days=said.leave_days,
    )
    return Announcement(fact, manager.version, occurred_at)

"""Safety managers: nobody has finished the training who was not there on every day of it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from events.contracts.envelope import Announcement
from events.contracts.registry import ManagerLeft, ManagerTrained
from registry.model.managers import Attendance, Enrolment, Manager

Refusal = Literal[
    "other_agency", "no_training_day", "already_trained", "has_left", "left_before_trained", "after_programme"
]
PERSONAL = {"name", "phone", "mail"}
"""What of an enrolment never leaves the registry."""


def enrolled(
    said: Enrolment, programme_id: UUID, known: Manager | None, forgotten: int = 0
) -> Manager | Refusal | None:
    """The manager after an enrolment; None when that says nothing new, or why it cannot be taken.

    `forgotten` is the version that one had reached who is not known any more.
    """
    if known is None:
        return Manager(said, programme_id, None, forgotten)
    if known.enrolment == said:
        return None
    if known.enrolment.agency_id != said.agency_id:
        return "other_agency"
    news = is_news(known.enrolment, said, known)
    if news and known.left_on:
        return "has_left"
    return replace(known, enrolment=said, version=known.version + news)


def is_news(before: Enrolment, said: Enrolment, known: Manager) -> bool:
    """Whether others must hear of a changed enrolment: only of a trained manager's, and not of personal data."""
    return known.trained_on is not None and before.model_dump(exclude=PERSONAL) != said.model_dump(exclude=PERSONAL)


def refusal_of(said: Attendance, manager: Manager, training_days: tuple[date, ...]) -> Refusal | None:
    """Why an attendance cannot be taken."""
    if said.day not in training_days:
        return "no_training_day"
    if manager.left_on and said.day >= manager.left_on:
        return "has_left"
    return "already_trained" if manager.trained_on and not said.attended else None


def trained(manager: Manager, attended: set[date], training_days: tuple[date, ...]) -> Manager | None:
    """The manager with the training finished, on its last day; None while a day is missing, or when it was before.

    Nobody finishes it who has left: that would be said after the leaving, and mean that they are back.
    """
    if manager.trained_on or manager.left_on or not set(training_days) <= attended:
        return None
    return replace(manager, trained_on=max(training_days), version=manager.version + 1)


def on_leave(manager: Manager, days: tuple[date, ...]) -> Manager | Refusal | None:
    """The manager with leave on these days and no others; None when that says nothing new, or why it cannot be."""
    said = manager.enrolment.model_copy(update={"leave_days": tuple(sorted(set(days)))})
    return enrolled(said, manager.programme_id, manager)


def departed(manager: Manager, left_on: date, window_until: date) -> Manager | Refusal | None:
    """The manager without visits from a day on; None when that stands just so, or why it cannot be taken."""
    if manager.left_on == left_on:
        return None
    if left_on > window_until:
        return "after_programme"
    if manager.trained_on and left_on < manager.trained_on:
        return "left_before_trained"
    return replace(manager, left_on=left_on, version=_next(manager))


def returned(manager: Manager) -> Manager | None:
    """The manager as if they had never left; None when nobody said that they had."""
    return replace(manager, left_on=None, version=_next(manager)) if manager.left_on else None


def _next(manager: Manager) -> int:
    """Of the untrained nobody has heard yet, and nobody hears that they left or came back."""
    return manager.version + (manager.trained_on is not None)


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


def facts_of(before: Manager, after: Manager, occurred_at: datetime) -> list[Announcement]:
    """What others hear of a change: nothing, that a manager has left, or their state as it is now."""
    if after.version == before.version or after.trained_on is None:
        return []
    return [
        _left_fact(after, after.left_on, occurred_at)
        if after.left_on
        else trained_fact(after, after.trained_on, occurred_at)
    ]


def _left_fact(manager: Manager, left_on: date, occurred_at: datetime) -> Announcement:
    said = manager.enrolment
    fact = ManagerLeft(
        manager_id=said.manager_id, agency_id=said.agency_id, programme_id=manager.programme_id, left_on=left_on
    )
    return Announcement(fact, manager.version, occurred_at)

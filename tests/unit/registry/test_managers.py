"""Managers: enrolment, attendance, and when the training is finished."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from events.contracts.registry import ManagerLeft, ManagerTrained
from registry.model.managers import Attendance, Enrolment, Manager
from registry.model.programmes import Terms
from registry.policy.managers import (
    departed,
    enrolled,
    facts_of,
    on_leave,
    refusal_of,
    returned,
    trained,
    trained_fact,
)

NOW = datetime(2023, 4, 11, tzinfo=UTC)
LAST = date(2023, 4, 11)
GONE = date(2023, 9, 1)
END = date(2023, 12, 29)


@pytest.fixture
def at_work(manager: Manager) -> Manager:
    """A manager whose training is finished."""
    return replace(manager, trained_on=LAST, version=1)


def test_a_first_enrolment_is_announced_to_nobody(manager: Manager) -> None:
    assert enrolled(manager.enrolment, manager.programme_id, None) == manager
    assert manager.version == 0


def test_the_same_enrolment_again_is_no_news(manager: Manager) -> None:
    assert enrolled(manager.enrolment, manager.programme_id, manager) is None


def test_leave_days_are_kept_in_order_and_once(manager: Manager) -> None:
    assert manager.enrolment.leave_days == (date(2023, 8, 1), date(2023, 8, 2))


def test_a_manager_cannot_be_enrolled_by_a_second_agency(manager: Manager) -> None:
    elsewhere = manager.enrolment.model_copy(update={"agency_id": UUID(int=9)})
    assert enrolled(elsewhere, manager.programme_id, manager) == "other_agency"


@pytest.mark.parametrize(
    ("trained_on", "change", "version"),
    [
        (None, {"leave_days": ()}, 0),
        (LAST, {"leave_days": ()}, 2),
        (LAST, {"phone": "010-0000-0002"}, 1),
    ],
)
def test_only_a_trained_managers_change_that_is_not_personal_is_news(
    manager: Manager, trained_on: date | None, change: dict[str, object], version: int
) -> None:
    known = replace(manager, trained_on=trained_on, version=1 if trained_on else 0)
    after = enrolled(manager.enrolment.model_copy(update=change), manager.programme_id, known)
    assert isinstance(after, Manager)
    assert (after.version, after.trained_on) == (version, trained_on)


def test_attendance_counts_on_training_days_only(manager: Manager, terms: Terms) -> None:
    said = Attendance(manager_id=manager.enrolment.manager_id, day=date(2023, 4, 7), attended=True)
    assert refusal_of(said, manager, terms.training_days) == "no_training_day"
    assert refusal_of(said.model_copy(update={"day": LAST}), manager, terms.training_days) is None


def test_attendance_cannot_be_taken_back_from_the_trained(manager: Manager, terms: Terms) -> None:
    said = Attendance(manager_id=manager.enrolment.manager_id, day=LAST, attended=False)
    assert refusal_of(said, replace(manager, trained_on=LAST), terms.training_days) == "already_trained"
    assert refusal_of(said, manager, terms.training_days) is None


def test_whoever_was_there_every_day_is_trained_on_the_last(manager: Manager, terms: Terms) -> None:
    finished = trained(manager, set(terms.training_days), terms.training_days)
    assert finished == replace(manager, trained_on=LAST, version=1)


@pytest.mark.parametrize("missed", range(4))
def test_whoever_missed_any_day_is_not_trained(manager: Manager, terms: Terms, missed: int) -> None:
    attended = set(terms.training_days) - {terms.training_days[missed]}
    assert trained(manager, attended, terms.training_days) is None


def test_nobody_finishes_twice(manager: Manager, terms: Terms) -> None:
    assert trained(replace(manager, trained_on=LAST), set(terms.training_days), terms.training_days) is None


def test_the_fact_carries_nothing_personal(manager: Manager, enrolment: Enrolment) -> None:
    fact = trained_fact(replace(manager, version=1), LAST, NOW).fact
    assert isinstance(fact, ManagerTrained)
    said = fact.model_dump_json()
    assert not [word for word in (enrolment.name, enrolment.phone, enrolment.mail) if word and word in said]


def test_leave_in_mid_year_replaces_the_days_known_so_far(at_work: Manager) -> None:
    days = (date(2023, 10, 5), date(2023, 10, 4), date(2023, 10, 4))
    after = on_leave(at_work, days)
    assert isinstance(after, Manager)
    assert (after.enrolment.leave_days, after.version) == ((date(2023, 10, 4), date(2023, 10, 5)), 2)
    assert on_leave(after, days) is None
    (said,) = facts_of(at_work, after, NOW)
    assert isinstance(said.fact, ManagerTrained)
    assert (said.fact.leave_days, said.fact.trained_on, said.sequence) == (after.enrolment.leave_days, LAST, 2)


def test_leave_of_the_untrained_is_said_to_nobody(manager: Manager) -> None:
    after = on_leave(manager, (GONE,))
    assert isinstance(after, Manager)
    assert facts_of(manager, after, NOW) == []


def test_whoever_leaves_makes_no_visits_from_that_day_on(at_work: Manager) -> None:
    after = departed(at_work, GONE, END)
    assert isinstance(after, Manager)
    assert after == replace(at_work, left_on=GONE, version=2)
    (said,) = facts_of(at_work, after, NOW)
    assert isinstance(said.fact, ManagerLeft)
    assert (said.fact.left_on, said.fact.agency_id, said.sequence) == (GONE, at_work.enrolment.agency_id, 2)
    assert departed(after, GONE, END) is None
    assert departed(after, LAST, END) == replace(at_work, left_on=LAST, version=3)


@pytest.mark.parametrize(
    ("left_on", "refusal"), [(date(2023, 4, 10), "left_before_trained"), (date(2032, 9, 1), "after_programme")]
)
def test_a_leaving_that_cannot_be_is_refused(at_work: Manager, left_on: date, refusal: str) -> None:
    assert departed(at_work, left_on, END) == refusal


def test_the_untrained_leave_without_a_word_and_are_not_trained_any_more(manager: Manager, terms: Terms) -> None:
    after = departed(manager, terms.training_days[2], END)
    assert isinstance(after, Manager)
    assert facts_of(manager, after, NOW) == []
    said = Attendance(manager_id=manager.enrolment.manager_id, day=terms.training_days[1], attended=True)
    assert refusal_of(said, after, terms.training_days) is None
    assert refusal_of(said.model_copy(update={"day": terms.training_days[2]}), after, terms.training_days) == "has_left"
    assert trained(after, set(terms.training_days), terms.training_days) is None


def test_of_those_who_left_nothing_changes_but_how_to_reach_them(at_work: Manager) -> None:
    gone = replace(at_work, left_on=GONE, version=2)
    assert on_leave(gone, (GONE,)) == "has_left"
    after = enrolled(gone.enrolment.model_copy(update={"phone": "010-0000-0002"}), gone.programme_id, gone)
    assert isinstance(after, Manager)
    assert (after.left_on, after.version) == (GONE, 2)


def test_a_departure_taken_back_is_said_as_the_managers_state(at_work: Manager) -> None:
    gone = replace(at_work, left_on=GONE, version=2)
    back = returned(gone)
    assert back
    assert back == replace(at_work, version=3)
    (said,) = facts_of(gone, back, NOW)
    assert isinstance(said.fact, ManagerTrained)
    assert returned(back) is None

"""Enterprises: what a row changes, and what is kept of what the file does not say."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from registry.model.enterprises import Enterprise, Known
from registry.policy.enterprises import NEVER_SEEN, Source, close, decide, is_the_same_again

NOW, ON = datetime(2023, 4, 12, tzinfo=UTC), date(2023, 4, 12)
ALL = frozenset(Enterprise._fields)
TEMPLATE = Source("template", ALL, ON)
PENSION = Source("pension", frozenset({"name", "headcount", "province", "district"}), ON)
OPEN = Known(3, False, b"old", b"last month's")
ID = UUID(int=4)


def nowhere(district: str, key: str) -> tuple[float, float]:
    raise AssertionError(f"{key} in {district} needs no place")


def somewhere(district: str, key: str) -> tuple[float, float]:
    return 36.0, 128.0


def test_a_row_that_its_source_said_last_needs_no_second_look(enterprise: Enterprise, reading_of: Any) -> None:
    row = reading_of(enterprise, digest=b"old")
    assert is_the_same_again(row, OPEN, "template")
    assert not is_the_same_again(row, OPEN, "pension")
    assert not is_the_same_again(row, None, "template")
    assert not is_the_same_again(row, OPEN._replace(is_closed=True), "template")


def test_a_new_enterprise_is_registered_on_the_files_day(enterprise: Enterprise, reading_of: Any) -> None:
    step = decide(reading_of(enterprise, digest=b"1"), None, TEMPLATE, NOW, nowhere)
    assert (step.outcome, step.known) == ("registered", Known(1, False, b"1", None))
    assert step.announcement
    fact = step.announcement.fact
    assert isinstance(fact, EnterpriseRegistered)
    assert (fact.registered_on, fact.headcount, fact.closed_weekdays) == (ON, 9, ("mon",))


def test_a_row_may_name_the_day_of_its_registration(enterprise: Enterprise, reading_of: Any) -> None:
    row = reading_of(enterprise, registered_on=date(2023, 1, 2), changed_on=date(2023, 3, 4))
    step = decide(row, None, TEMPLATE, NOW, nowhere)
    assert step.announcement
    assert isinstance(step.announcement.fact, EnterpriseRegistered)
    assert step.announcement.fact.registered_on == date(2023, 1, 2)


def test_a_changed_enterprise_is_said_with_the_next_version(enterprise: Enterprise, reading_of: Any) -> None:
    row = reading_of(enterprise._replace(headcount=12), digest=b"new", registered_on=date(2023, 1, 2))
    step = decide(row, (OPEN, enterprise), TEMPLATE, NOW, nowhere)
    assert (step.outcome, step.known) == ("changed", Known(4, False, b"new", b"last month's"))
    assert step.announcement
    assert isinstance(step.announcement.fact, EnterpriseChanged)
    assert (step.announcement.sequence, step.announcement.fact.changed_on) == (4, ON)


def test_other_bytes_that_mean_the_same_are_kept_and_not_announced(enterprise: Enterprise, reading_of: Any) -> None:
    step = decide(reading_of(enterprise, digest=b"new"), (OPEN, enterprise), TEMPLATE, NOW, nowhere)
    assert (step.outcome, step.known.version, step.known.template_digest) == ("unchanged", 3, b"new")
    assert step.announcement is None


def test_a_closed_enterprise_that_is_listed_again_opens_again(enterprise: Enterprise, reading_of: Any) -> None:
    closed = OPEN._replace(is_closed=True)
    step = decide(reading_of(enterprise, digest=b"old"), (closed, enterprise), TEMPLATE, NOW, nowhere)
    assert (step.outcome, step.known.version, step.known.is_closed) == ("changed", 4, False)


def test_what_a_file_has_no_column_for_stays_known(enterprise: Enterprise, reading_of: Any) -> None:
    known = enterprise._replace(contract_value_won=90_000_000)
    from_pension = known._replace(headcount=7, contract_value_won=None, latitude=None, longitude=None, risk=None)
    step = decide(reading_of(from_pension, digest=b"2"), (OPEN, known), PENSION, NOW, nowhere)
    assert step.enterprise == known._replace(headcount=7)
    assert step.known == Known(4, False, b"old", b"2")


def test_an_enterprise_without_coordinates_gets_a_place_in_its_district(
    enterprise: Enterprise, reading_of: Any
) -> None:
    row = reading_of(enterprise._replace(latitude=None, longitude=None))
    step = decide(row, None, PENSION, NOW, somewhere)
    assert step.enterprise
    assert (step.enterprise.latitude, step.enterprise.longitude, step.enterprise.is_placed) == (36.0, 128.0, True)


def test_an_enterprise_that_moved_gets_another_place_unless_the_file_gives_one(
    enterprise: Enterprise, reading_of: Any
) -> None:
    moved = reading_of(enterprise._replace(district="41113"))
    placed = decide(moved, (OPEN, enterprise), PENSION, NOW, somewhere)
    given = decide(moved, (OPEN, enterprise), TEMPLATE, NOW, nowhere)
    assert placed.enterprise
    assert given.enterprise
    assert (placed.enterprise.latitude, given.enterprise.latitude) == (36.0, 37.3)


def test_an_enterprise_closes_once() -> None:
    step = close(ID, OPEN, date(2023, 6, 1), NOW)
    assert (step.outcome, step.known.version, step.known.is_closed) == ("closed", 4, True)
    assert step.announcement
    assert step.announcement.fact == EnterpriseClosed(enterprise_id=ID, closed_on=date(2023, 6, 1))
    again = close(ID, step.known, date(2023, 6, 1), NOW)
    assert (again.outcome, again.announcement) == ("unchanged", None)


def test_an_enterprise_that_was_never_there_is_not_taken_up_to_be_closed() -> None:
    step = close(ID, None, date(2023, 6, 1), NOW)
    assert (step.outcome, step.known, step.announcement) == ("unknown_closed", NEVER_SEEN, None)


@pytest.mark.parametrize("outcome", ["registered", "changed"])
def test_no_fact_names_the_enterprise_or_its_owner(enterprise: Enterprise, reading_of: Any, outcome: str) -> None:
    stored = None if outcome == "registered" else (OPEN, enterprise._replace(headcount=1))
    step = decide(reading_of(enterprise), stored, TEMPLATE, NOW, nowhere)
    assert step.announcement
    said = step.announcement.fact.model_dump_json()
    assert not [word for word in (enterprise.name, enterprise.business_number, enterprise.address) if word in said]

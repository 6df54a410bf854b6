"""Agencies: applications and inspections."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from events.contracts.registry import AgencyApplied, AgencyQualified, AgencyRejected
from registry.model.agencies import Agency, Application
from registry.model.programmes import PassRule
from registry.policy.agencies import Inspected, application_fact, applied, inspected, lies_within

NOW = datetime(2023, 1, 9, tzinfo=UTC)
RULE = PassRule()


def test_a_first_application_is_version_one(agency: Agency) -> None:
    assert applied(agency.application, agency.programme_id, None) == agency


def test_the_same_application_again_is_no_news(agency: Agency) -> None:
    assert applied(agency.application, agency.programme_id, agency) is None


def test_an_application_may_be_corrected_before_its_inspection(agency: Agency) -> None:
    corrected = agency.application.model_copy(update={"provinces": ("KR-41", "KR-11")})
    assert applied(corrected, agency.programme_id, agency) == replace(agency, application=corrected, version=2)


@pytest.mark.parametrize(
    ("seat", "works_in", "is_within"),
    [
        ("KR-11", (), True),
        ("KR-41", ("KR-11",), False),
        (None, ("KR-11",), True),
        (None, ("KR-26", "KR-11"), True),
        (None, ("KR-11", "KR-41"), False),
        (None, (), False),
    ],
)
def test_an_agency_lies_where_it_sits_or_else_in_every_province_where_it_works(
    application: Application, seat: str | None, works_in: tuple[str, ...], is_within: bool
) -> None:
    said = application.model_copy(update={"province": seat, "provinces": works_in})
    assert lies_within(said, ("KR-11", "KR-26")) == is_within


@pytest.mark.parametrize("status", ["qualified", "rejected"])
def test_an_application_may_not_be_corrected_after_its_inspection(agency: Agency, status: Any) -> None:
    corrected = agency.application.model_copy(update={"name": "다른 이름"})
    assert applied(corrected, agency.programme_id, replace(agency, status=status)) == "already_inspected"


def test_an_agency_cannot_move_to_another_programme(agency: Agency) -> None:
    assert applied(agency.application, UUID(int=9), agency) == "other_programme"


def test_an_application_without_a_day_is_of_the_day_it_came(agency: Agency) -> None:
    undated = replace(agency, application=agency.application.model_copy(update={"applied_on": None}))
    fact = application_fact(undated, date(2023, 1, 10), NOW).fact
    assert isinstance(fact, AgencyApplied)
    assert fact.applied_on == date(2023, 1, 10)


def test_seventy_points_pass_and_sixty_nine_do_not(agency: Agency, inspection_of: Any) -> None:
    passed = inspected(agency, inspection_of(28, 21, 11, 10), RULE, ())
    failed = inspected(agency, inspection_of(28, 21, 10, 10), RULE, ())
    assert isinstance(passed, Inspected)
    assert isinstance(failed, Inspected)
    assert (passed.status, passed.score, type(passed.fact)) == ("qualified", 70, AgencyQualified)
    assert (failed.status, failed.score, type(failed.fact)) == ("rejected", 69, AgencyRejected)


def test_a_rejection_names_the_pass_mark_and_the_weak_criteria(agency: Agency, inspection_of: Any) -> None:
    failed = inspected(agency, inspection_of(28, 21, 10, 10), RULE, ())
    assert isinstance(failed, Inspected)
    assert isinstance(failed.fact, AgencyRejected)
    assert failed.fact.reasons == (
        "69 points; 70 make a pass",
        "own accident record: 10 of 15",
        "equipment: 10 of 15",
    )


def test_the_programme_sets_the_pass_mark(agency: Agency, inspection_of: Any) -> None:
    lenient = inspected(agency, inspection_of(28, 21, 10, 10), PassRule(pass_mark=60), ())
    assert isinstance(lenient, Inspected)
    assert lenient.status == "qualified"


def test_no_criterion_has_more_points_than_there_are_for_it(agency: Agency, inspection_of: Any) -> None:
    assert inspected(agency, inspection_of(41, 21, 11, 10), RULE, ()) == "too_many_points"


def test_the_same_inspection_again_is_no_news(agency: Agency, inspection_of: Any) -> None:
    said = inspection_of(28, 21, 11, 10)
    assert inspected(replace(agency, status="qualified"), said, RULE, (said,)) is None


def test_a_qualified_agency_is_not_inspected_again(agency: Agency, inspection_of: Any) -> None:
    before = inspection_of(28, 21, 11, 10)
    again = inspection_of(20, 10, 10, 10, day=7)
    assert inspected(replace(agency, status="qualified"), again, RULE, (before,)) == "already_qualified"


def test_a_rejected_agency_may_be_inspected_again_on_a_later_day_only(agency: Agency, inspection_of: Any) -> None:
    rejected, before = replace(agency, status="rejected"), inspection_of(10, 10, 10, 10)
    assert inspected(rejected, inspection_of(30, 21, 11, 10), RULE, (before,)) == "inspected_before"
    later = inspected(rejected, inspection_of(30, 21, 11, 10, day=20), RULE, (before,))
    assert isinstance(later, Inspected)
    assert later.status == "qualified"


def test_lists_in_a_cell_are_parted_by_bars(application: Application) -> None:
    said = application.model_dump(mode="json") | {"sectors": "construction | service", "provinces": ""}
    read = Application.model_validate(said)
    assert (read.sectors, read.provinces) == (("construction", "service"), ())

"""Programmes: their terms, the fact, and what a second file changes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from events.contracts.registry import ProgrammeChanged, ProgrammeOpened
from registry.model.programmes import Change, Programme, Terms
from registry.policy.programmes import changed, changed_fact, differences, misdated, opened, terms_of

NOW = datetime(2023, 1, 9, tzinfo=UTC)
TODAY, HOLIDAY = date(2023, 9, 5), date(2023, 10, 2)


@pytest.fixture
def programme(terms: Terms) -> Programme:
    """The programme as it was opened, with days off in the order of its file."""
    days = (date(2023, 12, 26), date(2023, 11, 17))
    return Programme(terms.model_copy(update={"holidays_added": days}), 1)


def after(programme: Programme, said: Change) -> Programme:
    """The programme as a change leaves it."""
    found = changed(programme, said, TODAY)
    assert isinstance(found, Programme), found
    return found


def test_an_opened_programme_says_all_its_terms(terms: Terms) -> None:
    announcement = opened(terms, NOW)
    fact: Any = announcement.fact
    assert (fact.minimum_visits, fact.spacing_days, len(fact.training_days)) == (2, 28, 4)
    assert announcement.sequence == 1


@pytest.mark.parametrize("term", ["target_enterprises", "minimum_visits", "spacing_days", "visits_a_day"])
def test_a_term_that_no_hearer_could_keep_is_refused(terms: Terms, term: str) -> None:
    with pytest.raises(ValidationError, match=term):
        Terms.model_validate(terms.model_dump() | {term: 40_000_000})


def test_the_terms_read_back_from_a_fact_lack_only_what_it_does_not_tell(terms: Terms, programme: Programme) -> None:
    told = ((opened(terms, NOW).fact, terms), (changed_fact(programme, TODAY, NOW).fact, programme.terms))
    for fact, standing in told:
        assert isinstance(fact, ProgrammeOpened | ProgrammeChanged)
        assert set(differences(terms_of(fact), standing)) <= {"inspection", "opened_on"}


def test_the_same_terms_differ_in_nothing(terms: Terms) -> None:
    assert differences(terms, terms.model_copy()) == {}


def test_other_terms_are_named_with_what_they_were_and_are(terms: Terms) -> None:
    later = terms.model_copy(update={"window_until": date(2023, 11, 30), "spacing_days": 30})
    assert differences(terms, later) == {"window_until": ("2023-12-29", "2023-11-30"), "spacing_days": (28, 30)}


def test_a_window_that_ends_before_it_begins_is_no_programme(terms: Terms) -> None:
    with pytest.raises(ValidationError, match="window"):
        Terms.model_validate(terms.model_dump() | {"window_until": date(2023, 4, 1)})


def test_an_unknown_term_is_refused_because_it_may_be_a_misspelt_one(terms: Terms) -> None:
    with pytest.raises(ValidationError, match="spacing"):
        Terms.model_validate(terms.model_dump() | {"spacing": 28})


def test_a_temporary_holiday_is_added_to_those_there_are(programme: Programme) -> None:
    found = after(programme, Change(holidays_added=(HOLIDAY,)))
    assert found.terms.holidays_added == (HOLIDAY, date(2023, 11, 17), date(2023, 12, 26))
    said: Any = changed_fact(found, TODAY, NOW)
    assert isinstance(said.fact, ProgrammeChanged)
    assert (said.sequence, said.fact.changed_on, said.fact.holidays_added) == (2, TODAY, found.terms.holidays_added)
    assert (said.fact.minimum_visits, said.fact.is_synthetic) == (2, False)


@pytest.mark.parametrize(
    "said", [Change(), Change(holidays_added=(date(2023, 11, 17),)), Change(window_from=date(2023, 4, 12))]
)
def test_what_stands_already_changes_nothing(programme: Programme, said: Change) -> None:
    assert changed(programme, said, TODAY) is None


def test_a_day_decided_the_other_way_leaves_the_list_it_was_in(programme: Programme) -> None:
    worked = after(programme, Change(workdays_added=(date(2023, 11, 17),)))
    assert (worked.terms.holidays_added, worked.terms.workdays_added) == (
        (date(2023, 12, 26),),
        (date(2023, 11, 17),),
    )
    off = after(worked, Change(holidays_added=(date(2023, 11, 17),)))
    assert (off.terms.workdays_added, off.version) == ((), 3)


def test_a_window_may_end_on_another_day(programme: Programme) -> None:
    assert after(programme, Change(window_until=TODAY)).terms.window_until == TODAY


def test_a_window_may_begin_on_another_day_before_it_has_begun(programme: Programme) -> None:
    later = changed(programme, Change(window_from=date(2023, 4, 17)), date(2023, 4, 11))
    assert isinstance(later, Programme)
    assert later.terms.window_from == date(2023, 4, 17)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (Change(holidays_added=(HOLIDAY,), workdays_added=(HOLIDAY,)), "both_kinds"),
        (Change(window_until=date(2023, 4, 1)), "window_reversed"),
        (Change(window_from=date(2023, 4, 17)), "window_has_begun"),
        (Change(window_until=date(2023, 9, 4)), "window_in_the_past"),
        (Change(window_until=date(2203, 12, 29)), "window_beyond_year"),
        (Change(holidays_added=(date(2032, 10, 2),)), "outside_window"),
        (Change(workdays_added=(date(2023, 4, 8),)), "outside_window"),
    ],
)
def test_a_change_that_cannot_be_is_refused(programme: Programme, said: Change, refusal: str) -> None:
    assert changed(programme, said, TODAY) == refusal


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({}, None),
        ({"window_from": date(2022, 12, 1), "window_until": date(2024, 2, 29)}, None),
        ({"window_until": date(2203, 12, 29)}, "window_beyond_year"),
        ({"window_from": date(2021, 12, 31)}, "window_beyond_year"),
        ({"training_days": (date(2023, 4, 4), date(2032, 4, 5))}, "training_beyond_year"),
        ({"training_days": (date(2024, 4, 4),)}, "training_after_window"),
    ],
)
def test_a_day_far_from_the_programmes_year_is_a_typing_error(terms: Terms, days: Any, wrong: str | None) -> None:
    assert misdated(terms.model_copy(update=days)) == wrong

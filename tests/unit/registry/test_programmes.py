"""Programmes: their terms, the fact, and what a second file changes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from registry.model.programmes import Terms
from registry.policy.programmes import differences, opened

NOW = datetime(2023, 1, 9, tzinfo=UTC)


def test_an_opened_programme_says_all_its_terms(terms: Terms) -> None:
    announcement = opened(terms, NOW)
    fact: Any = announcement.fact
    assert (fact.minimum_visits, fact.spacing_days, len(fact.training_days)) == (2, 28, 4)
    assert announcement.sequence == 1


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

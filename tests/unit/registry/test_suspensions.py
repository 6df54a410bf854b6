"""Suspensions: one at a time, with an end that may be moved, and lifted at the earliest on their first day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from events.contracts.registry import AgencyReinstated, AgencySuspended
from registry.model.agencies import Agency, Status
from registry.model.suspensions import Suspension, SuspensionOrder
from registry.policy.suspensions import Standing, fact_of, reinstated, suspended

DECIDED = date(2023, 6, 12)
JUNE, JULY = (date(2023, 6, 19), date(2023, 7, 18)), (date(2023, 7, 19), date(2023, 8, 18))
NOW = datetime(2023, 6, 12, tzinfo=UTC)


def order(first: date, last: date | None = None, reason: str = "false_reports") -> SuspensionOrder:
    return SuspensionOrder.model_validate({"from": first, "until": last, "reason": reason})


@pytest.fixture
def standing(agency: Agency) -> Standing:
    """A qualified agency that was never suspended."""
    return Standing(replace(agency, status="qualified", version=2), date(2023, 12, 29), None)


@pytest.fixture
def under_way(standing: Standing) -> Standing:
    """The same agency, suspended for a month."""
    return after(standing, suspended(standing, order(*JUNE), DECIDED))


def after(standing: Standing, found: Any) -> Standing:
    """The standing in which a decision leaves an agency."""
    assert isinstance(found, Suspension), found
    return replace(standing, agency=replace(standing.agency, version=found.version), newest=found)


def test_a_qualified_agency_is_suspended_by_its_next_version(standing: Standing) -> None:
    found = suspended(standing, order(*JUNE), DECIDED)
    assert found == Suspension(standing.agency.application.agency_id, *JUNE, "false_reports", DECIDED, None, 3)


@pytest.mark.parametrize("status", ["applied", "rejected"])
def test_who_has_not_qualified_cannot_be_suspended(standing: Standing, status: Status) -> None:
    other = replace(standing, agency=replace(standing.agency, status=status))
    assert suspended(other, order(*JUNE), DECIDED) == "not_qualified"


def test_a_suspension_begins_within_the_programme(standing: Standing) -> None:
    assert suspended(standing, order(date(2032, 6, 19)), DECIDED) == "after_programme"


def test_a_suspension_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ValidationError, match="suspension"):
        order(JUNE[1], JUNE[0])


def test_a_misspelt_end_is_refused_because_it_would_suspend_for_ever() -> None:
    with pytest.raises(ValidationError, match="til"):
        SuspensionOrder.model_validate({"from": "2023-06-19", "til": "2023-07-18", "reason": "other"})


def test_the_same_suspension_again_is_no_news(under_way: Standing) -> None:
    assert suspended(under_way, order(*JUNE), date(2023, 6, 20)) is None


@pytest.mark.parametrize("changed", [order(JUNE[0]), order(JUNE[0], date(2023, 6, 30)), order(*JUNE, "other")])
def test_with_the_same_first_day_its_end_or_reason_changes(under_way: Standing, changed: SuspensionOrder) -> None:
    found = after(under_way, suspended(under_way, changed, DECIDED)).newest
    assert found
    assert (found.suspended_until, found.reason, found.version) == (changed.last_day, changed.reason, 4)


@pytest.mark.parametrize(
    ("first", "decided_on"),
    [
        (date(2023, 6, 1), DECIDED),
        (JUNE[1], DECIDED),
        (JULY[0], DECIDED),  # does not overlap, but would replace the one under way wherever the newest fact holds
        (JUNE[1], date(2023, 9, 1)),
    ],
)
def test_an_agency_has_one_suspension_at_a_time(under_way: Standing, first: date, decided_on: date) -> None:
    assert suspended(under_way, order(first), decided_on) == "suspended_already"


def test_after_one_suspension_is_over_there_may_be_another(under_way: Standing) -> None:
    found = after(under_way, suspended(under_way, order(*JULY), JULY[0])).newest
    assert found
    assert (found.suspended_from, found.version) == (JULY[0], 4)


def test_no_other_follows_one_that_has_no_end(standing: Standing) -> None:
    endless = after(standing, suspended(standing, order(JUNE[0]), DECIDED))
    assert suspended(endless, order(*JULY), JULY[0]) == "suspended_already"


@pytest.mark.parametrize("until", [None, JUNE[1]])
def test_a_reinstatement_ends_a_suspension_the_day_before(standing: Standing, until: date | None) -> None:
    before = after(standing, suspended(standing, order(JUNE[0], until), DECIDED))
    found = after(before, reinstated(before, date(2023, 7, 3))).newest
    assert found
    assert (found.last_day, found.is_withdrawn, found.version) == (date(2023, 7, 2), False, 4)


@pytest.mark.parametrize("first_day", [date(2023, 7, 3), JUNE[0]])
def test_the_same_reinstatement_again_is_no_news(under_way: Standing, first_day: date) -> None:
    lifted = after(under_way, reinstated(under_way, first_day))
    assert reinstated(lifted, first_day) is None


def test_a_reinstatement_when_the_suspension_ends_anyway_is_no_news(under_way: Standing) -> None:
    assert reinstated(under_way, date(2023, 7, 19)) is None


def test_a_suspension_until_the_last_day_there_is_can_be_lifted(standing: Standing) -> None:
    suspended_for_ever = after(standing, suspended(standing, order(JUNE[0], date.max), DECIDED))
    assert after(suspended_for_ever, reinstated(suspended_for_ever, JULY[0])).newest is not None


def test_nobody_is_reinstated_who_is_not_suspended(standing: Standing, under_way: Standing) -> None:
    assert reinstated(standing, DECIDED) == "not_suspended"
    assert reinstated(under_way, date(2023, 7, 20)) == "not_suspended"


def test_nobody_is_reinstated_before_the_suspension_begins(under_way: Standing) -> None:
    assert reinstated(under_way, date(2023, 6, 18)) == "reinstated_too_early"


def test_a_suspension_withdrawn_on_its_first_day_stands_in_nobodys_way(under_way: Standing) -> None:
    withdrawn = after(under_way, reinstated(under_way, JUNE[0]))
    assert reinstated(withdrawn, date(2023, 7, 3)) == "not_suspended"
    again = after(withdrawn, suspended(withdrawn, order(*JUNE), DECIDED)).newest
    assert again
    assert (again.reinstated_from, again.version) == (None, 5)


def test_a_suspension_sent_again_after_its_lifting_is_refused(under_way: Standing) -> None:
    lifted = after(under_way, reinstated(under_way, date(2023, 7, 3)))
    assert suspended(lifted, order(*JUNE), DECIDED) == "suspended_already"


def test_the_facts_say_what_stands(under_way: Standing) -> None:
    agency = under_way.agency
    lifted = after(under_way, reinstated(under_way, date(2023, 7, 3))).newest
    assert under_way.newest
    assert lifted
    said, then = (fact_of(one, agency.programme_id, NOW) for one in (under_way.newest, lifted))
    assert said.fact == AgencySuspended(
        agency_id=agency.application.agency_id,
        programme_id=agency.programme_id,
        suspended_from=JUNE[0],
        suspended_until=JUNE[1],
        reason="false_reports",
        decided_on=DECIDED,
    )
    assert isinstance(then.fact, AgencyReinstated)
    assert (said.sequence, then.sequence, then.fact.reinstated_from) == (3, 4, date(2023, 7, 3))

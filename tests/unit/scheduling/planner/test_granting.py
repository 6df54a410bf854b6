"""A wish is granted, or refused for the first reason that holds; what is refused has moved nothing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from scheduling.planner import Facts, plan
from scheduling.planner.events import Live, live
from scheduling.planner.granting import Coming, Refusal, another_day, hand_back

Make = Callable[..., Facts]
SITE, OTHER_AGENCY, FOR_GOOD = 0, 99, 10**7


@pytest.fixture
def state(programme: Make) -> Live:
    facts = programme(sites=30, managers=6, agencies=3, windows=0.0, closed=0.0, days=120, seed=4)
    for_all = replace(facts.agencies, sectors=np.full(3, 7))
    facts = replace(facts, agencies=for_all)
    return live(facts, plan(facts).visits)


def coming(state: Live, visits: int = 2) -> Coming:
    """The first visits of the enterprise, as they stand, none pinned and none fixed."""
    facts, turns = state.facts, slice(visits)
    agency = facts.managers.agency[state.manager[SITE, turns]]
    return Coming(facts.calendar.dates[state.day[SITE, turns]], agency, np.zeros(visits, np.bool_), 0)


def as_told(state: Live) -> list[list[int]]:
    return [state.day.ravel().tolist(), state.manager.ravel().tolist(), state.board.size.ravel().tolist()]


def test_an_enterprise_handed_back_goes_to_another_agency_as_a_whole(state: Live) -> None:
    asked = coming(state)
    had = set(asked.agency.tolist())
    moved = hand_back(state, SITE, asked, had)
    assert not isinstance(moved, Refusal)
    assert [one.ordinal for one in moved] == [1, 2]
    assert not {int(state.facts.managers.agency[one.manager]) for one in moved} & had


def test_a_hand_back_is_refused_for_the_first_reason_that_holds(state: Live) -> None:
    asked, before = coming(state), as_told(state)
    had = set(asked.agency.tolist())
    fixed = replace(asked, fixed_until=FOR_GOOD)
    pinned = replace(fixed, pinned=np.array([False, True]))
    shared = replace(fixed, agency=np.array([*had, OTHER_AGENCY]))
    assert hand_back(state, SITE, pinned, set()) == Refusal.NOTHING_SCHEDULED
    assert hand_back(state, SITE, pinned, {*had, OTHER_AGENCY}) == Refusal.PINNED
    assert hand_back(state, SITE, fixed, {*had, OTHER_AGENCY}) == Refusal.NOT_SERVED
    assert hand_back(state, SITE, shared, had) == Refusal.NOT_SERVED
    assert hand_back(state, SITE, fixed, had) == Refusal.FROZEN
    state.kinds.able[:, [agency for agency in range(3) if agency not in had]] = False
    assert hand_back(state, SITE, asked, had) == Refusal.NOBODY_ELSE
    assert as_told(state) == before


def test_what_the_facts_have_sent_to_another_agency_already_has_been_handed_back(state: Live) -> None:
    before = as_told(state)
    assert hand_back(state, SITE, replace(coming(state), fixed_until=FOR_GOOD), {OTHER_AGENCY}) == []
    assert as_told(state) == before


def test_another_day_is_one_of_those_asked_for(state: Live) -> None:
    days = np.arange(len(state.facts.calendar)) > state.day[SITE, 1]
    moved = another_day(state, SITE, 2, replace(coming(state), date=coming(state).date[1:]), days)
    assert not isinstance(moved, Refusal)
    assert [(one.site, one.ordinal) for one in moved] == [(SITE, 2)]
    assert days[moved[0].day]


def test_another_day_is_refused_for_the_first_reason_that_holds(state: Live) -> None:
    asked, before = coming(state, visits=1), as_told(state)
    dates = state.facts.calendar.dates
    every, own = np.ones(len(dates), np.bool_), dates == asked.date[0]
    fixed = replace(asked, fixed_until=FOR_GOOD)
    assert another_day(state, SITE, 1, coming(state, visits=0), every) == Refusal.NOTHING_SCHEDULED
    assert another_day(state, SITE, 1, replace(fixed, pinned=np.array([True])), every) == Refusal.PINNED
    assert another_day(state, SITE, 1, fixed, every) == Refusal.FROZEN
    assert another_day(state, SITE, 1, asked, own) == Refusal.NO_SUCH_DAY
    later = dates > dates[state.day[SITE, 1]]
    assert another_day(state, SITE, 1, asked, later) == Refusal.NO_SUCH_DAY
    assert as_told(state) == before

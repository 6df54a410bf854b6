"""Changes move what they must and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from scheduling.planner import Facts, Plan, events, plan
from scheduling.planner.changes import allowed, replan, without_agency, without_day, without_managers, without_site
from scheduling.planner.difference import difference
from scheduling.planner.forecast import forecast, in_proportion
from scheduling.planner.model import Stage, Visits
from scheduling.planner.wishes import Change, apply

Make = Callable[..., Facts]
Check = Callable[[Facts, Plan], list[str]]


@pytest.fixture(scope="module")
def planned(programme: Make) -> tuple[Facts, Visits]:
    facts = programme(sites=80, managers=6, windows=0.1, days=120, seed=4)
    visits = plan(facts).visits
    return facts, replace(visits, stage=np.full(len(visits), int(Stage.PUBLISHED)))


def test_a_suspended_agency_loses_its_visits_and_nobody_elses_moves(
    planned: tuple[Facts, Visits], broken_rules: Check
) -> None:
    facts, visits = planned
    agency = int(np.bincount(facts.managers.agency[visits.manager]).argmax())
    less = without_agency(facts, agency, 30)
    after = replan(less, visits)
    change = difference(facts, visits, after.visits)
    touched = np.concatenate([change.moved, change.dropped])
    assert len(touched) > 0
    assert (facts.managers.agency[visits.manager[touched]] == agency).all()
    assert (visits.day[touched] >= 30).all()
    assert broken_rules(less, after) == []


def test_a_manager_on_leave_hands_over_only_those_days(planned: tuple[Facts, Visits]) -> None:
    facts, visits = planned
    manager = int(visits.manager[0])
    after = replan(without_managers(facts, np.array([manager]), 40, 60), visits)
    moved = difference(facts, visits, after.visits).moved
    assert ((visits.manager[moved] == manager) & (visits.day[moved] >= 40) & (visits.day[moved] <= 60)).all()


def test_a_temporary_holiday_moves_only_that_day(planned: tuple[Facts, Visits]) -> None:
    facts, visits = planned
    day = int(np.bincount(visits.day).argmax())
    change = difference(facts, visits, replan(without_day(facts, day), visits).visits)
    assert len(change.moved) + len(change.dropped) == (visits.day == day).sum()
    assert (visits.day[change.moved] == day).all()


def test_a_closed_enterprise_is_not_visited(planned: tuple[Facts, Visits]) -> None:
    facts, visits = planned
    after = replan(without_site(facts, int(visits.site[0])), visits)
    assert int(visits.site[0]) not in after.visits.site
    assert len(difference(facts, visits, after.visits).moved) == 0


def test_a_pinned_draft_stays_when_other_drafts_may_move(planned: tuple[Facts, Visits]) -> None:
    facts, visits = planned
    pinned = np.arange(len(visits)) % 7 == 0
    drafts = replace(visits, stage=np.zeros(len(visits), np.int64), pinned=pinned)
    after = replan(facts, drafts, keep_drafts=False)
    moved = difference(facts, drafts, after.visits)
    assert not pinned[moved.moved].any()
    assert not pinned[moved.dropped].any()


def test_most_drafts_keep_their_day_when_all_may_move(planned: tuple[Facts, Visits], broken_rules: Check) -> None:
    facts, visits = planned
    drafts = replace(visits, stage=np.zeros(len(visits), np.int64))
    after = replan(facts, drafts, keep_drafts=False)
    assert broken_rules(facts, after) == []
    assert len(difference(facts, drafts, after.visits).moved) < 0.4 * len(drafts)


def test_a_visit_that_was_missed_gets_another_day(planned: tuple[Facts, Visits], broken_rules: Check) -> None:
    facts, visits = planned
    state = events.live(facts, visits)
    site, today = int(visits.site[0]), int(visits.day[visits.site == visits.site[0]].max())
    moved = events.missed(state, site, 2, min(today, len(facts.calendar) - 20))
    assert len(moved) == 1
    assert moved[0].ordinal == 2
    assert moved[0].day != today


def test_an_enterprise_handed_back_goes_to_another_agency(planned: tuple[Facts, Visits]) -> None:
    facts, visits = planned
    state = events.live(facts, visits)
    site, before = int(visits.site[0]), int(facts.managers.agency[visits.manager[0]])
    placed = [one for one in events.hand_back(state, site, -1) if one.manager >= 0]
    assert all(int(facts.managers.agency[one.manager]) != before for one in placed)


@pytest.mark.parametrize("seed", range(5))
def test_any_sequence_of_events_keeps_the_hard_rules(programme: Make, broken_rules: Check, seed: int) -> None:
    facts = programme(sites=60, managers=6, days=110, seed=seed)
    made = plan(facts)
    state, rng = events.live(facts, made.visits), np.random.default_rng(seed)
    days = np.arange(len(facts.calendar)) > 50
    happen: list[Callable[[int], list[events.Moved]]] = [
        lambda site: events.close(state, site, -1),
        lambda site: events.arrive(state, site, 5) if (state.day[site] < 0).all() else [],
        lambda site: events.hand_back(state, site, -1),
        lambda site: events.missed(state, site, 2, 20) if state.day[site, 1] >= 0 else [],
        lambda site: events.another_day(state, site, 2, days) if state.day[site, 1] >= 0 else [],
    ]
    for _ in range(60):
        happen[rng.integers(len(happen))](int(rng.integers(len(facts.sites))))
    wrong = [rule for rule in broken_rules(facts, _as_plan(facts, made, state)) if "has the visits" not in rule]
    assert wrong == []


def _as_plan(facts: Facts, made: Plan, state: events.Live) -> Plan:
    site, turn = np.nonzero(state.day >= 0)
    day, count = state.day[site, turn], len(site)
    none = np.zeros(count, np.int64)
    visits = Visits(site, turn + 1, state.manager[site, turn], day, facts.calendar.dates[day], none, none > 0)
    return replace(made, visits=visits)


def test_of_an_overfull_day_only_those_too_many_go_and_the_riskiest_stay(planned: tuple[Facts, Visits]) -> None:
    facts, visits = planned
    managers = replace(facts.managers, stops=np.maximum(facts.managers.stops - 1, 1))
    over = np.bincount(visits.manager * 120 + visits.day, minlength=6 * 120) - np.repeat(managers.stops, 120)
    gone = ~allowed(replace(facts, managers=managers), visits)
    cell = visits.manager * 120 + visits.day
    assert np.array_equal(np.bincount(cell[gone], minlength=6 * 120), np.maximum(over, 0))
    risk = facts.sites.risk[visits.site]
    for one in np.unique(cell[gone]):
        here = cell == one
        assert risk[here & gone].max() <= risk[here & ~gone].min(initial=9.0)


def test_a_plan_made_again_leaves_room_for_those_still_to_come(programme: Make) -> None:
    facts = programme(sites=60, managers=6, windows=0.0, days=60, seed=2)
    more = forecast(facts, in_proportion(facts.sites, 60))
    again, fresh = apply(facts, Visits(), Change(expected=more)).plan.visits, plan(facts, forecast=more).visits
    assert (again.manager.tolist(), again.day.tolist()) == (fresh.manager.tolist(), fresh.day.tolist())
    assert again.day.tolist() != plan(facts).visits.day.tolist()

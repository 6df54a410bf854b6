"""The whole plan keeps the hard rules, whatever the programme, and is the same each time."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, Plan, plan
from scheduling.planner.bound import radial_bound
from scheduling.planner.measures import measure
from scheduling.planner.model import Reason, Stage
from scheduling.planner.openings import pack, unpack

Make = Callable[..., Facts]
Check = Callable[[Facts, Plan], list[str]]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sites=st.integers(1, 60), managers=st.integers(1, 6), stops=st.integers(1, 5), seed=st.integers(0, 10**6),
    thirds=st.sampled_from([0.0, 0.3]), days=st.integers(25, 120), reserve=st.sampled_from([0.0, 0.04]),
)  # fmt: skip
def test_no_programme_makes_a_plan_that_breaks_a_hard_rule(programme: Make, broken_rules: Check, **wish: float) -> None:
    facts = programme(**wish)
    assert broken_rules(facts, plan(facts)) == []


def test_the_same_facts_give_the_same_plan(programme: Make) -> None:
    facts = programme(sites=80, seed=5)
    one, other = plan(facts), plan(facts)
    assert all(
        np.array_equal(getattr(one.visits, name), getattr(other.visits, name)) for name in ("site", "manager", "day")
    )


def test_a_light_programme_is_planned_whole(programme: Make) -> None:
    facts = programme(sites=60, windows=0.0, closed=0.0, agencies=1, managers=4, days=120)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    made = plan(facts)
    assert len(made.unscheduled.site) == 0
    assert measure(facts, made).scheduled_share == 1.0


def test_no_plan_drives_less_than_the_bound(programme: Make) -> None:
    facts = programme(sites=120, windows=0.0, closed=0.0, agencies=1, managers=6, days=120, leave=0.0)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    made = plan(facts)
    assert measure(facts, made).km_a_visit >= radial_bound(facts, made.visits) > 0


def test_the_riskiest_are_visited_before_the_others(programme: Make) -> None:
    facts = programme(sites=150, windows=0.0, agencies=1, managers=2, days=150)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    figures = measure(facts, plan(facts))
    assert figures.wait_riskiest < figures.wait_others / 2


def test_an_enterprise_that_no_agency_knows_says_so(programme: Make) -> None:
    facts = programme(sites=10, windows=0.0)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.zeros(3, np.int64)))
    made = plan(facts)
    assert len(made.visits) == 0
    assert set(made.unscheduled.reason.tolist()) == {int(Reason.NO_COMPETENT_AGENCY)}


def test_an_enterprise_open_for_a_week_gets_one_visit_and_the_reason_for_the_other(programme: Make) -> None:
    facts = programme(sites=1, windows=0.0, closed=0.0, leave=0.0)
    week = np.zeros((1, len(facts.calendar)), np.bool_)
    week[0, 10:15] = True
    facts = replace(
        facts,
        sites=replace(facts.sites, open_days=pack(week)),
        agencies=replace(facts.agencies, sectors=np.array([7] * 3)),
    )
    made = plan(facts)
    assert made.visits.ordinal.tolist() == [1]
    assert made.unscheduled.reason.tolist() == [int(Reason.WINDOW_TOO_SHORT)]


def test_too_many_enterprises_leave_visits_for_want_of_capacity(programme: Make) -> None:
    facts = programme(sites=60, managers=1, agencies=1, stops=1, days=60, windows=0.0, closed=0.0)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    assert Reason.NO_CAPACITY in plan(facts).unscheduled.reason


def test_days_in_reserve_stay_empty(programme: Make) -> None:
    facts = programme(sites=200, managers=2, agencies=1, reserve=0.1, windows=0.0)
    made = plan(facts)
    days = unpack(facts.managers.open_days, len(facts.calendar)).sum(axis=1)
    for manager in range(2):
        assert len(np.unique(made.visits.day[made.visits.manager == manager])) <= 0.9 * days[manager]


@pytest.mark.parametrize("stage", [Stage.PUBLISHED, Stage.DONE])
def test_visits_that_are_kept_stand_and_the_rest_is_planned_around_them(
    programme: Make, broken_rules: Check, stage: Stage
) -> None:
    facts = programme(sites=50, seed=8)
    first = plan(facts)
    kept = first.visits.take(np.arange(0, len(first.visits), 3))
    kept = replace(kept, stage=np.full(len(kept), int(stage)))
    again = plan(replace(facts, kept=kept))
    assert broken_rules(facts, again) == []
    held = again.visits.take(again.visits.stage == stage)
    assert np.array_equal(
        held.day[np.lexsort((held.ordinal, held.site))], kept.day[np.lexsort((kept.ordinal, kept.site))]
    )


def test_nothing_new_is_placed_on_frozen_days(programme: Make) -> None:
    facts = programme(sites=30)
    made = plan(replace(facts, rules=replace(facts.rules, first_open_day=20)))
    assert len(made.visits) > 0
    assert made.visits.day.min() >= 20

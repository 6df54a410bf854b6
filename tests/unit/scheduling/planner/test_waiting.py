"""Waits: nobody waits less because a visit is dropped, or because the programme is shorter or begins later."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, plan
from scheduling.planner.difference import difference
from scheduling.planner.measures import measure
from scheduling.planner.model import Calendar, Plan, Unscheduled
from scheduling.planner.openings import pack, unpack
from scheduling.planner.waiting import season_of

Make = Callable[..., Facts]


def without(facts: Facts, made: Plan, dropped: np.ndarray) -> Plan:
    """The plan without some of its visits."""
    gone, missing = made.visits.take(dropped), made.unscheduled
    left = Unscheduled(
        np.append(missing.site, gone.site),
        np.append(missing.ordinal, gone.ordinal),
        np.append(missing.reason, np.full(len(gone), 3)),
    )
    kept = made.visits.take(~dropped)
    return Plan(kept, left, facts.managers.agency[kept.manager])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.05, 0.3, 1.0]))
def test_dropping_visits_never_lowers_the_risk(programme: Make, seed: int, share: float) -> None:
    facts = programme(sites=40, managers=4, days=80, seed=seed)
    made = plan(facts)
    fewer = without(facts, made, np.random.default_rng(seed).random(len(made.visits)) < share)
    assert difference(facts, made.visits, fewer.visits).risk_days >= 0
    was, now = measure(facts, made), measure(facts, fewer)
    assert now.wait_riskiest >= was.wait_riskiest
    assert now.wait_others >= was.wait_others
    assert now.wait_riskiest_p90 >= was.wait_riskiest_p90


def test_an_enterprise_without_a_visit_waits_until_the_end(programme: Make) -> None:
    facts = programme(sites=10, windows=0.0, closed=0.0)
    made = plan(facts)
    none = measure(facts, without(facts, made, np.ones(len(made.visits), np.bool_)))
    assert none.wait_riskiest == none.wait_others == len(facts.calendar)


def between(facts: Facts, first: int, last: int) -> Facts:
    """The same world with a shorter calendar."""

    def cut(bits: np.ndarray) -> np.ndarray:
        return pack(unpack(bits, len(facts.calendar))[:, first:last])

    return replace(
        facts,
        calendar=Calendar(facts.calendar.dates[first:last]),
        sites=replace(facts.sites, open_days=cut(facts.sites.open_days)),
        managers=replace(facts.managers, open_days=cut(facts.managers.open_days)),
    )


@pytest.mark.parametrize(("first", "last"), [(20, 90), (0, 8), (15, 60)])
def test_of_two_worlds_that_with_the_shorter_programme_does_not_wait_less(
    programme: Make, first: int, last: int
) -> None:
    here = programme(sites=60, managers=2, agencies=1, days=90, windows=0.0, seed=5)
    here = replace(here, agencies=replace(here.agencies, sectors=np.array([7])))
    there = between(here, first, last)
    one, other = plan(here), plan(there)
    season = season_of(here, there)
    assert measure(there, other, season).wait_riskiest > measure(here, one, season).wait_riskiest
    assert difference(here, one.visits, other.visits, there).risk_days > 0


def test_a_season_of_one_world_measures_as_the_world_does(programme: Make) -> None:
    facts = programme(sites=60, managers=6, seed=3)
    assert measure(facts, plan(facts), season_of(facts, facts)) == measure(facts, plan(facts))

"""Agencies closed to single enterprises: none of them comes, and whoever else may come still does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, Plan, events, plan
from scheduling.planner.changes import replan
from scheduling.planner.competence import kinds_of
from scheduling.planner.model import Closed, Ints, Reason, Stage, Visits
from scheduling.planner.shortfall import certify
from scheduling.planner.why import why

Make = Callable[..., Facts]
Check = Callable[[Facts, Plan], list[str]]


def roomy(programme: Make, seed: int) -> Facts:
    """Twelve agencies for every sector, with room for all enterprises twice over."""
    facts = programme(sites=40, agencies=12, managers=24, days=110, windows=0.0, stops=4, leave=0.0, seed=seed)
    managers = replace(facts.managers, agency=np.arange(24) % 12)
    return replace(facts, managers=managers, agencies=replace(facts.agencies, sectors=np.full(12, 7)))


def drawn(seed: int, pairs: int) -> Closed:
    dice = np.random.default_rng(seed)
    return Closed(dice.integers(0, 40, pairs), dice.integers(0, 12, pairs))


def is_closed(closed: Closed, site: Ints, agency: Ints) -> np.ndarray:
    pairs = {*zip(closed.site.tolist(), closed.agency.tolist(), strict=True)}
    return np.array([pair in pairs for pair in zip(site.tolist(), agency.tolist(), strict=True)], np.bool_)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), pairs=st.integers(0, 480))
def test_no_visit_goes_to_a_closed_agency_and_whoever_has_an_open_one_is_served(
    programme: Make, broken_rules: Check, seed: int, pairs: int
) -> None:
    facts = replace(roomy(programme, seed), closed=drawn(seed, pairs))
    made = plan(facts)
    assert broken_rules(facts, made) == []
    assert not is_closed(facts.closed, made.visits.site, made.agency).any()
    reached = kinds_of(facts).able[kinds_of(facts).of].any(axis=1)
    assert np.array_equal(np.unique(made.visits.site), np.flatnonzero(reached))
    assert np.array_equal(np.unique(made.unscheduled.site), np.flatnonzero(~reached))
    assert set(made.unscheduled.reason.tolist()) <= {int(Reason.NO_COMPETENT_AGENCY)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), pairs=st.integers(1, 200))
def test_an_agency_that_is_closed_afterwards_loses_its_visits_and_finishes_nothing(
    programme: Make, seed: int, pairs: int
) -> None:
    facts = roomy(programme, seed)
    before = plan(facts).visits
    first = before.ordinal == 1
    stage = np.where(first, int(Stage.DONE), int(Stage.PUBLISHED))
    closed = replace(facts, closed=drawn(seed, pairs))
    after = replan(closed, replace(before, stage=stage)).visits
    assert not is_closed(closed.closed, after.site, facts.managers.agency[after.manager])[after.ordinal > 1].any()


def test_events_explanations_and_certificates_know_closed_agencies(programme: Make) -> None:
    facts = roomy(programme, 3)
    only = np.arange(1, 12)
    facts = replace(facts, closed=Closed(np.zeros(11, np.int64), only))
    state = events.live(facts, Visits())
    arrived = events.arrive(state, 0, 0)
    assert {int(facts.managers.agency[one.manager]) for one in arrived} == {0}
    assert why(state, 0, 1).other_agencies == []
    assert certify(facts).unserved == 0
    nobody = replace(facts, closed=Closed(np.zeros(12, np.int64), np.arange(12)))
    assert certify(nobody).unserved == 2

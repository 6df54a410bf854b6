"""What-if: the differences told are those between the two plans, whatever was asked."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, plan
from scheduling.planner.difference import difference
from scheduling.planner.measures import measure
from scheduling.planner.model import Stage, Visits
from scheduling.planner.openings import unpack
from scheduling.planner.shortfall import certify
from scheduling.planner.whatif import Question, around, changed, of_province

Make = Callable[..., Facts]


QUESTIONS = st.builds(
    Question,
    managers_more=st.sampled_from([-0.5, -0.2, 0.0, 0.5]),
    stops_more=st.integers(-2, 2),
    suspended=st.sampled_from([None, 0]),
    suspended_from=st.just(30),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6), question=QUESTIONS, province=st.sampled_from([None, 1]), is_planned=st.booleans()
)  # fmt: skip
def test_the_kilometres_told_are_those_of_one_plan_less_those_of_the_other(
    programme: Make, seed: int, question: Question, province: int | None, is_planned: bool
) -> None:
    facts = programme(sites=60, managers=6, days=80, stops=4, seed=seed)
    here, there = facts, changed(facts, question)
    if province is not None:
        here, there = of_province(here, province), of_province(there, province)
    before = plan(here)
    if is_planned and province is None:
        there = around(there, question, before.visits)
    after = plan(there)
    change = difference(here, before.visits, after.visits, there)
    assert change.km == pytest.approx(measure(there, after).km - measure(here, before).km)
    assert len(before.visits) + len(change.added) == len(after.visits) + len(change.dropped)


def test_managers_are_told_apart_by_their_keys_and_not_by_their_places(programme: Make) -> None:
    facts = programme(sites=60, managers=6, seed=2)
    visits = plan(facts).visits
    order = np.array([3, 5, 1, 0, 4, 2])
    there = replace(facts, managers=facts.managers.take(order))
    moved: Visits = replace(visits, manager=np.argsort(order)[visits.manager])
    change = difference(facts, visits, moved, there)
    assert len(change.moved) == 0
    assert change.km == pytest.approx(0)


TODAY = 20


def frozen(programme: Make, **wish: int) -> tuple[Facts, Visits]:
    """A plan whose first days are over: done or published; of the rest some is published, some pinned."""
    facts = programme(**{"sites": 80, "managers": 4, "days": 90, "seed": 4} | wish)
    visits = plan(facts).visits
    dice = np.random.default_rng(1)
    stage = np.where(visits.day < TODAY, int(Stage.PUBLISHED), int(Stage.DRAFT))
    stage[(visits.day < TODAY // 2) & (dice.random(len(visits)) < 0.5)] = int(Stage.DONE)
    stage[dice.random(len(visits)) < 0.1] = int(Stage.PUBLISHED)
    facts = replace(facts, rules=replace(facts.rules, first_open_day=TODAY))
    return facts, replace(visits, stage=stage, pinned=dice.random(len(visits)) < 0.1)


def is_settled(visits: Visits) -> np.ndarray:
    return (visits.stage != Stage.DRAFT) | visits.pinned


NOTHING = [Question(), Question(risk_weight=1.0), Question(managers_more=0.001), Question(stops_more=0)]


@pytest.mark.parametrize("question", NOTHING, ids=str)
def test_a_question_that_asks_nothing_changes_nothing(programme: Make, question: Question) -> None:
    facts, before = frozen(programme)
    there = changed(facts, question)
    one, other = plan(around(facts, question, before)), plan(around(there, question, before))
    change = difference(facts, one.visits, other.visits, there)
    assert (len(change.moved), len(change.dropped), len(change.added)) == (0, 0, 0)
    assert (change.km, change.risk_days) == (0, 0)


GIVING = [Question(risk_weight=3.0), Question(managers_more=0.5), Question(stops_more=1)]


def test_where_days_are_added_what_is_settled_stays_and_the_rest_is_planned_anew(programme: Make) -> None:
    facts, before = frozen(programme)
    question = Question(has_new_days=True)
    kept = around(facts, question, before).kept
    assert is_settled(kept).all()
    assert len(kept) == is_settled(before).sum() + ((before.day < TODAY) & ~is_settled(before)).sum()


@pytest.mark.parametrize("question", GIVING, ids=str)
def test_whatever_is_given_what_is_settled_stays(programme: Make, question: Question) -> None:
    facts, before = frozen(programme)
    there = changed(facts, question)
    change = difference(facts, before, plan(around(there, question, before)).visits, there)
    assert len(change.moved) > 0
    assert not is_settled(before.take(np.append(change.moved, change.dropped))).any()


@pytest.mark.parametrize("question", [Question(managers_more=-0.5), Question(stops_more=-1)], ids=str)
def test_who_leaves_or_makes_less_has_made_what_is_over(programme: Make, question: Question) -> None:
    facts, before = frozen(programme, stops=4)
    there = changed(facts, question)
    days = unpack(there.managers.open_days, len(facts.calendar))
    assert np.array_equal(days[:, :TODAY], unpack(facts.managers.open_days, len(facts.calendar))[:, :TODAY])
    change = difference(facts, before, plan(around(there, question, before)).visits, there)
    touched = np.append(change.moved, change.dropped)
    assert len(touched) > 0
    assert (before.day[touched] >= TODAY).all()


def places(visits: Visits) -> set[tuple[int, ...]]:
    return set(map(tuple, np.column_stack([visits.site, visits.ordinal, visits.manager, visits.day]).tolist()))


@pytest.mark.parametrize("stops_more", [0, 1])
def test_who_leaves_before_a_suspension_begins_makes_nothing_more_until_then(programme: Make, stops_more: int) -> None:
    facts, before = frozen(programme, managers=8)
    question = Question(managers_more=-0.5, suspended=0, suspended_from=40, stops_more=stops_more)
    there = changed(facts, question)
    gone = ~np.any(unpack(there.managers.open_days, len(facts.calendar))[:, TODAY:], axis=1)
    meanwhile = before.take((before.day >= TODAY) & (before.day < 40))
    assert gone[meanwhile.manager].any()
    after = plan(around(there, question, before)).visits
    stand = after.take((after.day >= TODAY) & (after.day < 40))
    assert places(stand) == places(meanwhile.take(~gone[meanwhile.manager]))
    here = difference(facts, before, plan(around(facts, question, before)).visits)
    assert (before.day[np.append(here.moved, here.dropped)] >= 40).all()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), question=QUESTIONS)
def test_no_plan_leaves_less_than_the_bound_around_the_same_visits(
    programme: Make, seed: int, question: Question
) -> None:
    facts, before = frozen(programme, seed=seed, managers=3, sites=100)
    there = around(changed(facts, question), question, before)
    assert certify(there).unserved <= len(plan(there).unscheduled.site)

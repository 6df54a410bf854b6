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
from scheduling.planner.model import Visits
from scheduling.planner.whatif import Question, answer, changed, of_province

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
    after = answer(there, question, before.visits if is_planned and province is None else None)
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

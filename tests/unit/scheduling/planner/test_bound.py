"""The radial bound: never above the linear programme over every enterprise and every manager, and near it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scheduling.planner import Facts, plan
from scheduling.planner.bound import radial_bound
from scheduling.planner.geometry import ROAD
from scheduling.planner.groups import usable_days
from scheduling.planner.measures import measure
from scheduling.planner.model import Visits

Make = Callable[..., Facts]


def at_best(facts: Facts, visits: Visits) -> float:
    """Kilometres a visit of the linear programme with all arcs, or nothing where it has no answer."""
    needs = np.bincount(visits.site, minlength=len(facts.sites))
    days = usable_days(facts).sum(axis=1)
    away = np.hypot(*(facts.sites.place[:, None] - facts.managers.base[None]).transpose(2, 0, 1))
    knows = facts.agencies.sectors[facts.managers.agency][None, :] >> facts.sites.sector[:, None] & 1
    cost = (away * 2 * ROAD / facts.managers.stops).ravel()
    served = np.kron(np.eye(len(needs)), np.ones(len(days)))
    used = np.kron(np.ones(len(needs)), np.eye(len(days)))
    most = np.where(knows.ravel() > 0, np.repeat(needs, len(days)), 0)
    answer = cast(Any, linprog)(
        cost,
        A_ub=used,
        b_ub=days * facts.managers.stops,
        A_eq=served,
        b_eq=needs,
        bounds=np.column_stack([0 * most, most]),
    )
    assert answer.status == 0
    return float(answer.fun) / max(len(visits), 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sites=st.integers(1, 60), managers=st.integers(1, 30), stops=st.integers(1, 5), seed=st.integers(0, 10**6),
    days=st.integers(2, 60), reserve=st.sampled_from([0.0, 0.1]),
)  # fmt: skip
def test_the_bound_is_not_above_the_programme_of_all_ways(programme: Make, **wish: float) -> None:
    facts = programme(**wish)
    made = plan(facts)
    best, bound = at_best(facts, made.visits), radial_bound(facts, made.visits)
    assert bound <= best + 1e-6
    assert measure(facts, made).km_a_visit >= bound - 1e-6


def test_neighbours_with_an_agency_each_need_no_way_at_all(programme: Make) -> None:
    facts = programme(sites=2, windows=0.0, closed=0.0, agencies=2, managers=2, leave=0.0)
    place, both = np.array([[0.0, 0.0], [0.8, 0.0]]), np.array([7, 7])
    facts = replace(
        facts,
        sites=replace(facts.sites, place=place, sector=np.zeros(2, np.int64), province=np.zeros(2, np.int64)),
        agencies=replace(facts.agencies, place=place, sectors=both),
        managers=replace(facts.managers, agency=np.arange(2), base=place),
    )
    assert radial_bound(facts, plan(facts).visits) == pytest.approx(0.0)


def test_the_bound_is_near_the_programme_where_room_is_scarce(programme: Make) -> None:
    facts = programme(sites=60, windows=0.0, closed=0.0, agencies=1, managers=20, days=60, stops=1, leave=0.88)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    made = plan(facts)
    best = at_best(facts, made.visits)
    assert len(made.visits) > 0.6 * usable_days(facts).sum()
    assert 0.98 * best <= radial_bound(facts, made.visits) <= best + 1e-6

"""A plan in the midst of a stream: room for those still to come, and a place at once for those who arrive."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, Plan, events, plan
from scheduling.planner.bundles import DayBundles
from scheduling.planner.days import ripeness
from scheduling.planner.forecast import forecast, in_proportion
from scheduling.planner.groups import group, usable_days
from scheduling.planner.model import Agencies, Managers, Visits
from scheduling.planner.openings import pack
from scheduling.planner.prices import shadow_prices

Make = Callable[..., Facts]
Check = Callable[[Facts, Plan], list[str]]


@pytest.fixture(scope="module")
def two_agencies(programme: Make) -> Facts:
    """Enterprises around the origin; an agency with one manager there, another 30 km away with many."""
    facts = programme(sites=60, managers=5, days=90, windows=0.0, closed=0.0, leave=0.0, stops=3)
    base = np.array([[0.0, 0.0]] + [[30.0, 0.0]] * 4)
    sites = replace(facts.sites, place=np.random.default_rng(1).normal(0, 2, (60, 2)), sector=np.zeros(60, np.int64))
    return replace(
        facts,
        sites=sites,
        agencies=Agencies(base[:2], np.array([7, 7]), np.zeros(2, np.int64)),
        managers=Managers(np.array([0, 1, 1, 1, 1]), base, np.full(5, 2), pack(np.ones((5, 90), np.bool_))),
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sites=st.integers(1, 60), managers=st.integers(1, 5), seed=st.integers(0, 10**6), more=st.integers(0, 90))
def test_those_still_to_come_never_appear_in_a_plan_that_keeps_the_rules(
    programme: Make, broken_rules: Check, more: int, **wish: int
) -> None:
    facts = programme(**wish)
    made = plan(facts, forecast=forecast(facts, in_proportion(facts.sites, more)))
    assert broken_rules(facts, made) == []
    assert (made.visits.site < len(facts.sites)).all()
    assert (made.unscheduled.site < len(facts.sites)).all()


def test_the_same_facts_forecast_and_seed_give_the_same_plan(programme: Make) -> None:
    facts = programme(sites=80, seed=5)
    one, other = (plan(facts, forecast=forecast(facts, in_proportion(facts.sites, 40), 3)) for _ in range(2))
    assert all(
        np.array_equal(getattr(one.visits, name), getattr(other.visits, name)) for name in ("site", "manager", "day")
    )


def test_those_expected_are_as_many_of_each_kind_as_asked(programme: Make) -> None:
    facts = programme(sites=70)
    table = in_proportion(facts.sites, 33)
    assert table.sum() == 33
    made = forecast(facts, table, 4)
    assert np.array_equal(np.bincount(made.kind, minlength=len(table)), table)
    assert not np.isin(made.place, facts.sites.place).any()


def test_kinds_that_nobody_knows_yet_cannot_be_foreseen(programme: Make) -> None:
    facts = programme(sites=5)
    unknown = np.bincount(facts.sites.kind, minlength=96) == 0
    assert len(forecast(facts, unknown * 10)) == 0


def test_an_agency_keeps_room_for_those_still_to_come(two_agencies: Facts) -> None:
    facts, served = two_agencies, list[int]()
    for more in (0, 600):
        made = plan(facts, forecast=forecast(facts, in_proportion(facts.sites, more)))
        served.append(int((made.agency == 0).sum()))
        assert len(made.unscheduled.site) == 0
    assert served[1] < served[0]


def test_those_foreseen_and_visits_kept_make_capacity_dearer(two_agencies: Facts) -> None:
    facts = two_agencies
    alone = shadow_prices(facts)
    with_more = shadow_prices(facts, forecast(facts, in_proportion(facts.sites, 100)))
    assert alone[0] == pytest.approx(0)
    assert with_more[0] > 0
    busy = Visits(
        np.zeros(90, np.int64), np.ones(90, np.int64), np.zeros(90, np.int64), np.arange(90), facts.calendar.dates,
        np.zeros(90, np.int64), np.zeros(90, np.bool_),
    )  # fmt: skip
    assert shadow_prices(replace(facts, kept=busy))[0] > 0


def test_an_arriving_enterprise_waits_for_mates_rather_than_for_nobody(two_agencies: Facts) -> None:
    facts = replace(two_agencies, sites=replace(two_agencies.sites, place=two_agencies.sites.place + 15.0))
    at_once = events.arrive(events.live(facts, Visits()), 0, 0)
    in_time = events.arrive(events.live(facts, Visits(), draft_from=20), 0, 0)
    assert at_once[0].day < 20 <= in_time[0].day


def test_a_dear_agency_leaves_arrivals_to_another(two_agencies: Facts) -> None:
    dear = np.array([90.0, 0, 0, 0, 0])
    chosen = [events.arrive(events.live(two_agencies, Visits(), price), 0, 0)[0].manager for price in (dear * 0, dear)]
    assert chosen[0] == 0
    assert chosen[1] > 0


def test_a_full_bundle_of_near_enterprises_is_riper_than_a_scattered_one(two_agencies: Facts) -> None:
    place = np.array([[20.0, 0.0], [20.0, 0.1], [20.0, 9.0]])
    facts = replace(two_agencies, sites=replace(two_agencies.sites.take(np.arange(3)), place=place))
    groups = group(facts, usable_days(facts))
    member = np.array([[0, 1], [0, 2], [0, -1]])
    km = np.array([40.1, 50.9, 40.0])
    bundles = DayBundles(np.zeros(3, np.int64), member, np.array([2, 2, 1]), facts.sites.open_days, km, 2)
    near, far, alone = ripeness(facts, groups, bundles, 1.0)
    assert near > far > alone
    assert (ripeness(facts, groups, bundles, np.inf) == 1).all()

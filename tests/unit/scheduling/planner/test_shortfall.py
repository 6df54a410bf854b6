"""The shortfall certificate: never above what a plan can do, and no fewer managers would end it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, plan
from scheduling.planner.capacity import market_of, span_of
from scheduling.planner.competence import kinds_of
from scheduling.planner.groups import usable_days
from scheduling.planner.model import Agencies, Calendar, Managers, Rules, Sites, key_of
from scheduling.planner.openings import pack, unpack
from scheduling.planner.shortfall import certify

Make = Callable[..., Facts]
MAY, JUNE, JULY = 4, 5, 6


@pytest.mark.parametrize("seed", range(6))
def test_the_certificate_never_promises_less_than_a_plan_can_do(programme: Make, seed: int) -> None:
    facts = programme(sites=80, managers=2, stops=2, days=60, seed=seed)
    assert certify(facts).unserved <= len(plan(facts).unscheduled.site)


def test_the_certificate_counts_what_is_kept_as_done_and_as_taken(programme: Make) -> None:
    facts = programme(sites=120, managers=3, stops=2, days=80, seed=3)
    first = plan(facts)
    half = first.visits.take(first.visits.day < 40)
    later = replace(facts, kept=half, rules=replace(facts.rules, first_open_day=40))
    proof = certify(later)
    assert proof.total_demanded == facts.sites.visits.sum() - len(half)
    assert proof.unserved <= len(plan(later).unscheduled.site)


def test_the_certificate_proves_the_shortfall_by_its_own_numbers(programme: Make) -> None:
    facts = programme(sites=300, managers=2, agencies=1, stops=2, days=60, windows=0.0, closed=0.0)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    proof = certify(facts)
    assert proof.unserved > 0
    assert proof.unserved == proof.demanded - proof.elsewhere - proof.capacity
    assert proof.managers_needed == proof.managers_bound > 0
    assert proof.unserved_then == 0


def test_what_is_missing_adds_up_by_province_sector_and_month(programme: Make) -> None:
    proof = certify(programme(sites=300, managers=2, stops=2, days=60, seed=2))
    assert sum(one.visits for one in proof.missing) == proof.unserved > 0


def test_a_sector_that_nobody_knows_needs_managers_of_a_new_kind(programme: Make) -> None:
    facts = programme(sites=40, windows=0.0, closed=0.0)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([1, 2, 2])))
    proof = certify(facts)
    assert {one.sectors for one in proof.repairs} == {4}
    assert proof.unserved_then == 0


def test_enterprises_without_a_day_are_beyond_repair(programme: Make) -> None:
    facts = programme(sites=20, windows=0.0, closed=0.0)
    nothing = np.zeros_like(facts.sites.open_days)
    proof = certify(replace(facts, sites=replace(facts.sites, open_days=nothing)))
    assert proof.unserved == proof.unserved_then == facts.sites.visits.sum()
    assert proof.managers_needed == 0


def test_visits_that_come_too_soon_for_the_spacing_are_short_when_the_managers_leave(programme: Make) -> None:
    facts = programme(sites=10, managers=3, days=60, windows=0.0, closed=0.0, leave=0.0)
    stay = np.broadcast_to(facts.calendar.dates < facts.calendar.dates[0] + facts.rules.spacing_days, (3, 60))
    managers = replace(facts.managers, open_days=pack(stay))
    facts = replace(facts, managers=managers, agencies=replace(facts.agencies, sectors=np.full(3, 7)))
    proof = certify(facts)
    assert proof.unserved == len(plan(facts).unscheduled.site) == 10
    assert proof.unserved == proof.demanded - proof.elsewhere - proof.capacity
    assert {one.month for one in proof.missing} <= {MAY, JUNE, JULY}
    assert proof.managers_bound == proof.managers_needed == 1
    assert proof.unserved_then == 0


def alone(programme: Make, wanted: int, days: np.ndarray, keys: list[int]) -> Facts:
    """So many enterprises, open on these days only; one manager who is always away, and those with these keys."""
    facts = programme(
        sites=wanted, managers=len(keys) + 1, agencies=1, days=180, reserve=0.04, stops=1, leave=0.0
    )  # fmt: skip
    opened, at_work = np.zeros((wanted, 180), np.bool_), np.ones((len(keys) + 1, 180), np.bool_)
    opened[:, days], at_work[0] = True, False
    return replace(
        facts,
        sites=replace(facts.sites, open_days=pack(opened), visits=np.ones(wanted, np.int64)),
        agencies=replace(facts.agencies, sectors=np.array([7])),
        managers=replace(facts.managers, open_days=pack(at_work), key=np.array([0, *keys])),
    )


@pytest.mark.parametrize("span", range(1, 8))
def test_wherever_managers_have_their_reserve_the_bound_and_the_repair_hold(programme: Make, span: int) -> None:
    keys = [key_of(str(number)) for number in range(60)]
    facts = alone(programme, 1, np.arange(1), keys)
    days = np.flatnonzero(span_of(facts) == span)
    made = usable_days(facts)[1:, days].sum(axis=1)
    most, fewest = keys[int(made.argmax())], keys[int(made.argmin())]
    wanted = int(made.max())
    proof = certify(alone(programme, wanted, days, []))
    assert certify(alone(programme, wanted, days, [most])).unserved == 0
    assert proof.managers_bound == 1
    assert certify(alone(programme, wanted, days, [fewest] * proof.managers_needed)).unserved == 0


@pytest.mark.parametrize("span", range(1, 6))
def test_no_month_lacks_visits_in_which_nobody_is_open(programme: Make, span: int) -> None:
    facts = alone(programme, 1, np.arange(1), [])
    days = np.flatnonzero(span_of(facts) == span)
    months = np.array([date.fromordinal(int(facts.calendar.dates[day])).month - 1 for day in days])
    proof = certify(alone(programme, 40, days[months == months[0]], []))
    assert [(one.month, one.visits) for one in proof.missing if one.visits and one.month != months[0]] == []


@st.composite
def tiny(draw: st.DrawFn) -> Facts:
    """A programme so small that all its plans can be tried, in some days of a few months."""
    dates = np.array(sorted(draw(st.sets(st.integers(738_600, 738_700), min_size=2, max_size=6))), np.int64)
    sites, managers, agencies = (draw(st.integers(1, most)) for most in (3, 2, 2))

    def numbers(least: int, most: int, *shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        drawn = draw(st.lists(st.integers(least, most), min_size=count, max_size=count))
        return np.array(drawn, np.int64).reshape(shape)

    nowhere, anywhere = np.zeros((sites, 2)), np.zeros(sites, np.int64)
    return Facts(
        Rules(spacing_days=draw(st.sampled_from([0, 7, 20, 28, 45])), first_open_day=draw(st.integers(0, 1))),
        Calendar(dates),
        Sites(
            nowhere, numbers(0, 1, sites), anywhere, np.ones(sites), pack(numbers(0, 3, sites, len(dates)) > 0),
            anywhere, numbers(1, 3, sites),
        ),
        Agencies(np.zeros((agencies, 2)), numbers(1, 3, agencies), np.zeros(agencies, np.int64)),
        Managers(
            numbers(0, agencies - 1, managers), np.zeros((managers, 2)), numbers(1, 2, managers),
            pack(numbers(0, 3, managers, len(dates)) > 0),
        ),
    )  # fmt: skip


def most_made(facts: Facts) -> int:
    """The visits of the best of all plans, found by trying every one."""
    width, dates, spacing = len(facts.calendar), facts.calendar.dates.tolist(), facts.rules.spacing_days
    open_days = unpack(facts.sites.open_days, width)
    able = kinds_of(facts).able[kinds_of(facts).of][:, facts.managers.agency]
    room = usable_days(facts) * facts.managers.stops[:, None]

    @cache
    def made(site: int, day: int, count: int, since: int, left: tuple[int, ...]) -> int:
        if site == len(facts.sites):
            return 0
        if day == width or count == facts.sites.visits[site]:
            return made(site + 1, 0, 0, -9999, left)
        best = made(site, day + 1, count, since, left)
        if not open_days[site, day] or dates[day] - since < spacing:
            return best
        for seat in range(day, len(left), width):
            if left[seat] and able[site, seat // width]:
                rest = (*left[:seat], left[seat] - 1, *left[seat + 1 :])
                best = max(best, 1 + made(site, day + 1, count + 1, dates[day], rest))
        return best

    return made(0, 0, 0, -9999, tuple(room.ravel().tolist()))


@settings(max_examples=300, deadline=None)
@given(tiny())
def test_no_plan_of_all_leaves_less_than_the_certificate_says(facts: Facts) -> None:
    proof, least = certify(facts), int(facts.sites.visits.sum()) - most_made(facts)
    assert proof.unserved <= least
    assert proof.unserved == proof.demanded - proof.elsewhere - proof.capacity
    assert sum(one.visits for one in proof.missing) == proof.unserved


def test_the_market_has_all_that_is_needed_and_all_who_work(programme: Make) -> None:
    facts = programme(sites=50, managers=4, seed=9)
    market = market_of(facts)
    assert market.need.visits.sum() == facts.sites.visits.sum()
    assert market.staff.capacity.sum() == certify(facts).total_capacity > 0

"""The shortfall certificate: never above what a plan can do, and no fewer managers would end it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, plan
from scheduling.planner.capacity import Market, Need, Staff, cut, market_of
from scheduling.planner.repair import fewest_managers
from scheduling.planner.shortfall import certify

Make = Callable[..., Facts]


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
    assert proof.unserved == proof.demanded - proof.capacity
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


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """A few kinds of enterprises and staff in two months, everything by hand."""
    needs, kinds = draw(st.integers(1, 4)), draw(st.integers(1, 3))

    def numbers(most: int, *shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(0, most), min_size=count, max_size=count))).reshape(shape)

    months, able = numbers(1, needs, 2) > 0, numbers(1, needs, kinds) > 0
    months[:, 0] |= ~months.any(axis=1)
    able[:, 0] |= ~able.any(axis=1)
    staff = Staff(np.full(kinds, 7), np.zeros(kinds, np.int64), numbers(5, kinds, 2), np.array([3, 2]))
    return Market(Need(np.arange(needs), months, numbers(14, needs)), staff, np.arange(needs), able)


def suffices(market: Market, more: tuple[int, ...]) -> bool:
    """Hall's condition, subset by subset: no set of needs wants more than all who may serve any of it can make."""
    room = market.staff.capacity + np.array(more)[:, None] * market.staff.one_more
    needs = range(len(market.need.visits))
    for some in chain.from_iterable(combinations(needs, size) for size in range(1, len(needs) + 1)):
        rows = list(some)
        reached = (market.able[rows][:, :, None] & market.need.months[rows][:, None, :]).any(axis=0)
        if market.need.visits[rows].sum() > room[reached].sum():
            return False
    return True


@settings(max_examples=150, deadline=None)
@given(markets())
def test_no_fewer_managers_would_do_and_those_named_do(market: Market) -> None:
    found = fewest_managers(market, cut(market, market.staff.capacity))
    kinds = len(market.staff)
    fewest = next(
        total
        for total in range(60)
        if any(sum(more) == total and suffices(market, more) for more in product(range(total + 1), repeat=kinds))
    )
    assert found.bound == found.managers == fewest
    assert found.unserved == 0


def test_the_market_has_all_that_is_needed_and_all_who_work(programme: Make) -> None:
    facts = programme(sites=50, managers=4, seed=9)
    market = market_of(facts)
    assert market.need.visits.sum() == facts.sites.visits.sum()
    assert market.staff.capacity.sum() == certify(facts).total_capacity > 0

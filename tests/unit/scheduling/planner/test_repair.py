"""The repair of a shortfall: no fewer managers would end it, those named do, and only what is hopeless is called so."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts
from scheduling.planner.capacity import Market, Need, Staff, cut, span_of
from scheduling.planner.groups import usable_days
from scheduling.planner.model import key_of
from scheduling.planner.openings import pack
from scheduling.planner.repair import fewest_managers
from scheduling.planner.shortfall import certify

Make = Callable[..., Facts]


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """A few kinds of enterprises and staff in two spans, everything by hand."""
    needs, kinds = draw(st.integers(1, 4)), draw(st.integers(1, 2))

    def numbers(most: int, *shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(0, most), min_size=count, max_size=count))).reshape(shape)

    able = numbers(1, needs, kinds) > 0
    able[:, 0] |= ~able.any(axis=1)
    one_more = numbers(3, 2)
    staff = Staff(
        np.full(kinds, 7), np.zeros(kinds, np.int64), numbers(5, kinds, 2), one_more, one_more + numbers(2, 2)
    )
    need = Need(np.arange(needs), numbers(9, needs, 2), numbers(9, needs), np.empty(0, np.int64))
    return Market(need, staff, np.arange(needs), able)


def lacking(market: Market, more: tuple[int, ...], one_more: np.ndarray) -> int:
    """The visits that nobody can make, cut by cut: of all sets of staff, what falls to one alone beyond its room."""
    room = market.staff.capacity + np.array(more)[:, None] * one_more
    need, least = market.need, 0
    for some in product([False, True], repeat=room.size):
        inside = np.array(some).reshape(room.shape)
        falls_to = ~(market.able[:, :, None] & ~inside).any(axis=1)
        alone = np.maximum(need.visits - (need.most * ~falls_to).sum(axis=1), 0)
        least = max(least, int(alone.sum() - room[inside].sum()))
    return least


def tried(market: Market, one_more: np.ndarray) -> tuple[int, int]:
    """What any number of such managers leaves, and how few leave no more, found by trying every number."""
    kinds = len(market.staff)
    left = lacking(market, (60,) * kinds, one_more)
    return left, next(
        total
        for total in range(60)
        for more in product(range(total + 1), repeat=kinds)
        if sum(more) == total and lacking(market, more, one_more) == left
    )


@settings(max_examples=150, deadline=None)
@given(markets())
def test_no_fewer_managers_would_do_and_those_named_do(market: Market) -> None:
    found = fewest_managers(market, cut(market, market.staff.capacity))
    assert (found.unserved, found.managers) == tried(market, market.staff.one_more)
    assert (found.hopeless, found.bound) == tried(market, market.staff.one_more_at_most)


def ends_alone(programme: Make, early: int, late: int, keys: list[int]) -> Facts:
    """Enterprises open on the first days only, and some open on the last day, a span by itself; one visit each."""
    facts = programme(sites=early + late, managers=len(keys), agencies=1, days=61, reserve=0.04, stops=1, leave=0.0)
    assert (span_of(facts) == span_of(facts)[-1]).sum() == 1
    opened = np.zeros((early + late, 61), np.bool_)
    opened[:early, :20], opened[early:, -1] = True, True
    return replace(
        facts,
        sites=replace(facts.sites, open_days=pack(opened), visits=np.ones(early + late, np.int64)),
        agencies=replace(facts.agencies, sectors=np.array([7])),
        managers=replace(facts.managers, open_days=pack(np.ones((len(keys), 61), np.bool_)), key=np.array(keys)),
    )


@pytest.fixture(scope="module")
def at_work(programme: Make) -> list[int]:
    """Keys of managers whose reserve leaves them the first day and the last."""
    keys = [key_of(str(number)) for number in range(60)]
    return [keys[row] for row in np.flatnonzero(usable_days(ends_alone(programme, 1, 1, keys))[:, [0, -1]].all(axis=1))]


def test_a_shortage_is_repaired_though_others_are_visited_on_a_last_day_alone(
    programme: Make, at_work: list[int]
) -> None:
    proof = certify(ends_alone(programme, 63, 3, at_work[:3]))
    assert proof.unserved == 63 - proof.capacity > 0
    assert (proof.managers_bound, proof.managers_needed, proof.unserved_then, proof.hopeless) == (1, 1, 0, 0)
    assert certify(ends_alone(programme, 63, 3, at_work[:4])).unserved == 0


def test_what_hangs_on_the_reserve_of_new_managers_is_neither_promised_nor_hopeless(
    programme: Make, at_work: list[int]
) -> None:
    proof = certify(ends_alone(programme, 1, 3, at_work[:1]))
    assert (proof.unserved, proof.unserved_then, proof.hopeless) == (2, 2, 0)
    assert (proof.managers_bound, proof.managers_needed) == (2, 0)
    assert certify(ends_alone(programme, 1, 3, at_work[:3])).unserved == 0

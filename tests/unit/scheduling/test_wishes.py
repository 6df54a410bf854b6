"""Wishes on the live plan: those that break a rule are found among the others, and an agency keeps who it has."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.model import Wish
from scheduling.planner.events import another_day, live
from scheduling.planning import plain
from scheduling.planning.national import facts_of
from scheduling.planning.wishes import harmless

NOBODY = UUID(int=0)


def wish(number: int) -> Wish:
    at = datetime(2023, 5, 1, tzinfo=UTC)
    return Wish(
        UUID(int=number), NOBODY, "another_day", NOBODY, NOBODY, NOBODY, None, "KR-11", (), "", b"", at, "somebody"
    )


@given(count=st.integers(0, 40), bad=st.sets(st.integers(0, 39)))
def test_the_wishes_that_break_a_rule_are_told_from_all_others(count: int, bad: set[int]) -> None:
    def breaks(wishes: Sequence[Wish]) -> bool:
        return any(wish.wish_id.int in bad for wish in wishes)

    good = harmless(breaks, [], [wish(number) for number in range(count)])
    assert [one.wish_id.int for one in good] == [number for number in range(count) if number not in bad]


def test_of_two_wishes_that_only_break_a_rule_together_the_earlier_stays() -> None:
    good = harmless(lambda wishes: {1, 5} <= {wish.wish_id.int for wish in wishes}, [], [wish(n) for n in range(8)])
    assert [one.wish_id.int for one in good] == [0, 1, 2, 3, 4, 6, 7]


def test_one_bad_wish_among_many_costs_few_trials() -> None:
    trials = 0

    def breaks(wishes: Sequence[Wish]) -> bool:
        nonlocal trials
        trials += 1
        return any(wish.wish_id.int == 700 for wish in wishes)

    assert len(harmless(breaks, [], [wish(number) for number in range(1_000)])) == 999
    assert trials < 30


@pytest.mark.parametrize("seed", range(5))
def test_another_day_comes_from_the_present_agency_as_long_as_it_has_one(small: Any, seed: int) -> None:
    picture = small.picture_of(seed, sites=40, managers=6)
    stands = small.published(picture, plain.plan(picture), 1.0)
    facts = facts_of(stands)
    wanted = np.ones(len(facts.calendar), np.bool_)
    kept, changed = stands.kept, 0
    for row in np.flatnonzero(kept.ordinal == 2).tolist():
        state = live(facts, facts.kept)
        (moved,) = another_day(state, int(kept.site[row]), 2, wanted)
        changed += moved.manager < 0 or facts.managers.agency[moved.manager] != kept.agency[row]
    assert changed == 0

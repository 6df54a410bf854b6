"""The reserve: the same days whenever they are counted, and never everybody's on one day."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts
from scheduling.planner.groups import in_reserve, usable_days
from scheduling.planner.model import Calendar, Flags, key_of
from scheduling.planner.openings import pack, unpack

Make = Callable[..., Facts]


def reserved(facts: Facts) -> Flags:
    """Manager by day: who is kept back when."""
    return unpack(facts.managers.open_days, len(facts.calendar)) & ~usable_days(facts)


def test_managers_take_turns_and_each_has_its_reserve_all_over_the_year() -> None:
    weekdays = Calendar(np.array([day for day in range(738_000, 738_252) if (day + 6) % 7 < 5]))
    keys = np.array([key_of(f"manager {number}") for number in range(200)])
    kept = in_reserve(np.ones((200, len(weekdays)), np.bool_), weekdays, keys, 0.05)
    on_each_day = kept.sum(axis=0)
    assert 2 <= on_each_day.min() <= on_each_day.max() <= 22
    for days in map(np.flatnonzero, kept):
        assert np.diff(days).max() <= 20
        assert days[0] < 20
        assert days[-1] >= len(weekdays) - 20


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6), begins=st.integers(1, 80), leave=st.sampled_from([0.0, 0.05, 0.6]),
    share=st.floats(0.0, 0.5),
)  # fmt: skip
def test_a_plan_made_later_for_other_managers_keeps_the_same_days_in_reserve(
    programme: Make, seed: int, begins: int, leave: float, share: float
) -> None:
    facts = programme(seed=seed, managers=9, reserve=share, leave=leave)
    whole = unpack(facts.managers.open_days, len(facts.calendar))
    some = np.random.default_rng(seed).permutation(9)[:4]
    later = replace(
        facts,
        calendar=Calendar(facts.calendar.dates[begins:]),
        managers=replace(facts.managers, open_days=pack(whole[:, begins:])).take(some),
    )
    assert np.array_equal(reserved(later), reserved(facts)[some][:, begins:])
    frozen = replace(facts, rules=replace(facts.rules, first_open_day=begins))
    assert np.array_equal(usable_days(frozen)[:, begins:], usable_days(facts)[:, begins:])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), share=st.floats(0.0, 0.5))
def test_the_reserve_is_as_large_as_asked(programme: Make, seed: int, share: float) -> None:
    facts = programme(seed=seed, managers=20, reserve=share, leave=0.0)
    each = reserved(facts).sum(axis=1) - share * len(facts.calendar)
    assert np.abs(each).max() <= 1

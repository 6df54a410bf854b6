"""Reasons are true: each code is checked against the fact that it claims, the slow and plain way."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduling.planner import Facts, Plan, plan
from scheduling.planner.groups import usable_days
from scheduling.planner.model import Ints, Reason, Stage
from scheduling.planner.openings import pack, unpack

Make = Callable[..., Facts]


def fit(facts: Facts, days: Ints, count: int) -> bool:
    """Whether so many of these days lie apart by the spacing."""
    dates = facts.calendar.dates[days].tolist()
    return any(
        all(later - earlier >= facts.rules.spacing_days for earlier, later in pairwise(some))
        for some in combinations(dates, count)
    )


def spaced(facts: Facts, days: Ints, others: Ints) -> Ints:
    """The days that keep the spacing to some dates."""
    far = np.abs(facts.calendar.dates[days][:, None] - others[None, :]) >= facts.rules.spacing_days
    return days[far.all(axis=1)]


def claim(facts: Facts, made: Plan, site: int) -> Reason:
    """The reason as it is defined, and a doubt of one's own where the plan could have done more."""
    kept = facts.kept.take(facts.kept.site == site)
    agencies = [
        agency
        for agency in range(len(facts.agencies))
        if facts.agencies.sectors[agency] >> facts.sites.sector[site] & 1
    ]
    who = np.flatnonzero(np.isin(facts.managers.agency, agencies))
    days = np.flatnonzero(unpack(facts.sites.open_days[[site]], len(facts.calendar))[0])
    days = spaced(facts, days[days >= facts.rules.first_open_day], kept.date)
    works = unpack(facts.managers.open_days, len(facts.calendar))[who]
    need = int(facts.sites.visits[site]) - len(kept)
    if not agencies:
        return Reason.NO_COMPETENT_AGENCY
    if not fit(facts, days, need):
        return Reason.WINDOW_TOO_SHORT
    if not fit(facts, days[works[:, days].any(axis=0)], need):
        return Reason.NOBODY_AVAILABLE
    mine = made.visits.date[made.visits.site == site]
    days = spaced(facts, days, mine)
    booked = np.zeros((len(facts.managers), len(facts.calendar)), np.int64)
    np.add.at(booked, (made.visits.manager, made.visits.day), 1)
    room = usable_days(facts) & (booked < facts.managers.stops[:, None])
    assert not room[np.ix_(who, days)].any(), f"somebody has room for {site}"
    return Reason.NO_CAPACITY


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6), managers=st.integers(1, 3), days=st.integers(22, 45), done=st.integers(0, 20),
    leave=st.sampled_from([0.05, 0.7]), reserve=st.sampled_from([0.0, 0.1]),
)  # fmt: skip
@example(seed=129, managers=3, days=32, done=0, leave=0.7, reserve=0.0)  # two visits that take two managers
def test_every_reason_claims_what_is_true(programme: Make, done: int, **wish: float) -> None:
    facts = programme(sites=40, stops=1, **wish)
    first = plan(facts).visits
    kept = first.take((first.ordinal == 1) & (first.day < done))
    kept = replace(kept, stage=np.full(len(kept), int(Stage.DONE)))
    facts = replace(facts, kept=kept, rules=replace(facts.rules, first_open_day=done))
    made = plan(facts)
    for site, reason in zip(made.unscheduled.site.tolist(), made.unscheduled.reason.tolist(), strict=True):
        assert Reason(reason) == claim(facts, made, site)


def test_days_that_do_not_fit_beside_a_visit_done_are_no_want_of_capacity(programme: Make) -> None:
    facts = programme(sites=1, managers=6, days=60, windows=0.0, closed=0.0, leave=0.0)
    open_days = pack((np.arange(60) < 55)[None, :])
    facts = replace(
        facts,
        sites=replace(facts.sites, open_days=open_days),
        agencies=replace(facts.agencies, sectors=np.full(3, 7)),
    )
    first = plan(facts).visits.take(np.array([0]))
    late = replace(first, day=np.array([42]), date=facts.calendar.dates[[42]], stage=np.array([int(Stage.DONE)]))
    made = plan(replace(facts, kept=late, rules=replace(facts.rules, first_open_day=43)))
    assert made.unscheduled.reason.tolist() == [int(Reason.WINDOW_TOO_SHORT)]


def test_a_competent_agency_without_managers_has_nobody_available(programme: Make) -> None:
    facts = programme(sites=5, windows=0.0)
    agencies = replace(facts.agencies, sectors=np.array([0, 0, 7]))
    facts = replace(facts, agencies=agencies, managers=replace(facts.managers, agency=np.zeros(5, np.int64)))
    assert set(plan(facts).unscheduled.reason.tolist()) == {int(Reason.NOBODY_AVAILABLE)}

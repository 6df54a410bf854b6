"""Any small programme, any sequence of changes: every plan is valid, and nobody else's published visit moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduling.planning import national, plain
from scheduling.planning.making_way import propose_with_way
from scheduling.planning.picture import FAR_AHEAD, HandedBack, Ints, Picture, Planner, Proposal
from scheduling.planning.verification import broken_rules

PLANNERS: dict[str, Planner] = {"plain": plain.plan, "national": national.plan}
CHANGES: dict[str, Callable[[Picture, np.random.Generator], Picture]] = {
    "suspension": lambda p, dice: replace(p, agencies=replace(
        p.agencies, suspended_from=_one(p.agencies.suspended_from, dice, p.today + 1 + int(dice.integers(0, 30))))),
    "reinstatement": lambda p, dice: replace(p, agencies=replace(
        p.agencies, suspended_until=_one(p.agencies.suspended_until, dice, p.today))),
    "departure": lambda p, dice: replace(p, managers=replace(
        p.managers, left_on=_one(p.managers.left_on, dice, p.today + 1))),
    "fewer a day": lambda p, dice: replace(p, managers=replace(
        p.managers, visits_a_day=_one(p.managers.visits_a_day, dice, 1))),
    "holiday": lambda p, dice: replace(p, programme=replace(
        p.programme, holidays_added=(date.fromordinal(p.today + int(dice.integers(1, 40))),))),
    "wider spacing": lambda p, _: replace(p, programme=replace(p.programme, spacing_days=35)),
    "shorter": lambda p, _: replace(p, programme=replace(p.programme, window_until=date(2023, 8, 31))),
    "one visit less": lambda p, _: replace(p, programme=replace(p.programme, minimum_visits=1)),
    "one visit more": lambda p, _: replace(p, programme=replace(p.programme, minimum_visits=3)),
    "works end": lambda p, dice: replace(p, sites=replace(
        p.sites, open_until=_one(p.sites.open_until, dice, p.today + 20))),
    "closed weekday": lambda p, dice: replace(p, sites=replace(
        p.sites, closed_weekdays=_one(p.sites.closed_weekdays, dice, 0b11))),
    "closed days": lambda p, dice: replace(p, sites=replace(
        p.sites, closed_of=np.append(p.sites.closed_of, np.full(60, dice.integers(0, len(p.sites)))),
        closed_on=np.append(p.sites.closed_on, p.today + np.arange(1, 61)))),
    "hand-back": lambda p, dice: replace(p, handed_back=HandedBack(
        np.append(p.handed_back.site, dice.integers(0, len(p.sites), 5)),
        np.append(p.handed_back.agency, dice.integers(0, len(p.agencies.ids), 5)))),
}  # fmt: skip


def _one(column: Ints, dice: np.random.Generator, value: int) -> Ints:
    changed = column.copy()
    changed[dice.integers(0, len(column))] = value
    return changed


def _after(small: Any, picture: Picture, proposal: Proposal, when: tuple[np.random.Generator, int]) -> Ints:
    """All visits once a plan was published: what lies up to a day was made, or missed, and one in ten is pinned."""
    (dice, today), kept = when, picture.kept
    fate = dice.random(len(picture.kept) + len(proposal.placed))
    stands = np.column_stack([kept.site, kept.ordinal, kept.agency, kept.manager, kept.day, kept.is_done + 1])
    new = small.visits_of(picture, proposal, proposal.placed)[:, :6]
    table = np.concatenate([stands, new])
    table[(table[:, 4] <= today) & (table[:, 5] == 1) & (fate < 0.8), 5] = 2
    table[(table[:, 4] <= today) & (table[:, 5] == 1) & (fate < 0.9), 5] = 0
    more = np.column_stack([np.ones(len(fate)), np.full(len(fate), 9), fate > 0.95]).astype(np.int64)
    return np.column_stack([table, more])


@pytest.mark.parametrize("name", PLANNERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), changes=st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=5))
@example(seed=1, changes=["reinstatement"])  # lifted before it began
@example(seed=55, changes=["one visit more", "suspension"])
def test_any_changes_of_any_small_nation_give_valid_plans_that_move_nobody_elses_visit(
    small: Any, name: str, seed: int, changes: list[str]
) -> None:
    dice, picture = np.random.default_rng(seed), small.picture_of(seed, sites=50, managers=6)
    proposal, today = PLANNERS[name](picture), int(picture.days[0])
    for change in changes:
        today += int(dice.integers(0, 40))
        table = _after(small, picture, proposal, (dice, today))
        picture = small.again(CHANGES[change](replace(picture, today=today), dice), table, today)
        if not len(picture.days):
            break
        picture, proposal = propose_with_way(PLANNERS[name], picture)
        assert broken_rules(picture, proposal) == []


@pytest.mark.parametrize("name", PLANNERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), pairs=st.integers(1, 80))
def test_no_agency_is_given_a_site_again_that_it_handed_back(small: Any, name: str, seed: int, pairs: int) -> None:
    dice, picture = np.random.default_rng(seed), small.picture_of(seed, sites=60, managers=6)
    back = HandedBack(dice.integers(0, 60, pairs), dice.integers(0, 3, pairs))
    closed = replace(picture, handed_back=back)
    assert broken_rules(closed, PLANNERS[name](closed)) == []


def test_every_site_that_was_handed_back_goes_to_whichever_agency_is_left(small: Any) -> None:
    picture = small.picture_of(4, sites=60, managers=24)
    agencies = replace(
        picture.agencies,
        ids=[UUID(int=n) for n in range(8)],
        **{name: np.resize(getattr(picture.agencies, name), 8) for name in ("latitude", "longitude", "qualified_on")},
        **{name: np.full(8, FAR_AHEAD) for name in ("licence_until", "suspended_from", "suspended_until")},
        sectors=np.full(8, 0b111),
        provinces=np.zeros(8, np.int64),
    )
    sites = replace(picture.sites, open_from=np.zeros(60, np.int64), open_until=np.full(60, FAR_AHEAD))
    left = np.arange(60) % 8
    site, agency = np.nonzero(np.arange(8)[None, :] != left[:, None])
    closed = replace(
        picture, agencies=agencies, sites=sites, managers=replace(picture.managers, agency=np.arange(24) % 8),
        handed_back=HandedBack(site, agency),
    )  # fmt: skip
    proposal = national.plan(closed)
    assert (proposal.reason < 0).all()
    assert np.array_equal(closed.managers.agency[proposal.manager], left[closed.needs.site])

"""Planners against the check: whatever small programme there is, the plan is valid, and the check finds what is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner.groups import usable_days
from scheduling.planner.model import Reason
from scheduling.planning import national, plain
from scheduling.planning.difference import measured
from scheduling.planning.picture import (
    FAR_AHEAD,
    REASONS,
    HandedBack,
    Needs,
    Picture,
    Planner,
    Proposal,
)
from scheduling.planning.verification import Broken, broken_rules

PLANNERS: dict[str, Planner] = {"plain": plain.plan, "national": national.plan}


@pytest.mark.parametrize("name", PLANNERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), sites=st.integers(1, 120), managers=st.integers(1, 6))
def test_a_plan_of_any_small_nation_is_valid(small: Any, name: str, seed: int, sites: int, managers: int) -> None:
    picture = small.picture_of(seed, sites, managers)
    proposal = PLANNERS[name](picture)
    assert broken_rules(picture, proposal) == []
    assert set(proposal.reason[proposal.manager < 0]) <= set(range(len(REASONS)))


@pytest.mark.parametrize("name", PLANNERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1), managers=st.integers(1, 6))
def test_a_plan_around_published_visits_is_valid(small: Any, name: str, seed: int, share: float, managers: int) -> None:
    picture = small.picture_of(seed, 60, managers)
    rest = small.published(picture, plain.plan(picture), share, seed)
    assert broken_rules(rest, PLANNERS[name](rest)) == []


def test_both_planners_give_their_reasons_in_the_same_order() -> None:
    assert tuple(reason.name.lower() for reason in Reason) == REASONS


def test_the_same_picture_gives_the_same_plan(small: Any) -> None:
    one, two = (plain.plan(small.picture_of(3)) for _ in range(2))
    assert np.array_equal(one.day, two.day)
    assert np.array_equal(one.manager, two.manager)


def test_where_there_is_room_everybody_is_visited(small: Any) -> None:
    picture = small.picture_of(1, sites=30, managers=6)
    proposal = plain.plan(replace(picture, sites=replace(picture.sites, open_until=np.full(30, FAR_AHEAD))))
    assert len(proposal.placed) == 60


def test_every_reason_is_given_where_it_is_true(small: Any) -> None:
    picture = small.picture_of(2, sites=8, managers=3)
    agencies = replace(picture.agencies, sectors=np.array([0b001, 0b001, 0b100]), provinces=np.zeros(3, np.int64))
    sites = replace(
        picture.sites,
        sector=np.array([0, 1, 0, 2, 0, 0, 0, 0]),
        open_from=np.zeros(8, np.int64),
        open_until=np.array([FAR_AHEAD, FAR_AHEAD, int(picture.days[3]), *[FAR_AHEAD] * 5]),
        closed_weekdays=np.zeros(8, np.int64),
    )
    managers = replace(picture.managers, agency=np.zeros(3, np.int64))
    proposal = plain.plan(replace(picture, agencies=agencies, sites=sites, managers=managers))
    told = {
        int(site): REASONS[reason]
        for site, reason in zip(picture.needs.site, proposal.reason, strict=True)
        if reason >= 0
    }
    assert told == {1: "no_competent_agency", 2: "window_too_short", 3: "nobody_available"}


def _with_needs(picture: Picture, rows: slice) -> Picture:
    needs = picture.needs
    return replace(picture, needs=Needs(*(getattr(needs, name)[rows] for name in Needs.__dataclass_fields__)))


def _moved(proposal: Proposal, **columns: object) -> Proposal:
    """The proposal with its first visit spoilt."""
    spoilt = {name: getattr(proposal, name).copy() for name in ("manager", "day", "reason")}
    for name, value in columns.items():
        spoilt[name][0] = value
    return Proposal(**spoilt)


SPOILERS: dict[str, Callable[[Picture, Proposal], tuple[Picture, Proposal]]] = {
    "visit_lost": lambda p, o: (_with_needs(p, slice(1, None)), Proposal(o.manager[1:], o.day[1:], o.reason[1:])),
    "unknown_reason": lambda p, o: (p, _moved(o, manager=-1, day=-1)),
    "agency_suspended": lambda p, o: (
        replace(p, agencies=replace(p.agencies, suspended_from=p.agencies.qualified_on)), o
    ),
    "manager_not_available": lambda p, o: (
        replace(p, managers=replace(p.managers, left_on=np.full(len(p.managers.ids), p.days[1]))), o
    ),
    "agency_licence_ended": lambda p, o: (
        replace(p, agencies=replace(p.agencies, licence_until=np.full(3, p.days[1]))), o
    ),
    "placed_in_frozen_days": lambda p, o: (replace(p, days=p.days[5:]), o),
    "agency_handed_back": lambda p, o: (
        replace(p, handed_back=HandedBack(p.needs.site[:1], p.managers.agency[o.manager[:1]])), o
    ),
    "agency_not_competent": lambda p, o: (
        replace(p, agencies=replace(p.agencies, sectors=np.full(3, 1 << 1))), o
    ),
    "agency_out_of_province": lambda p, o: (
        replace(p, agencies=replace(p.agencies, provinces=np.full(3, 1 << 16))), o
    ),
    "agency_not_qualified": lambda p, o: (
        replace(p, agencies=replace(p.agencies, qualified_on=p.agencies.qualified_on + 10_000)), o
    ),
    "manager_not_trained": lambda p, o: (
        replace(p, managers=replace(p.managers, trained_on=p.managers.trained_on + 10_000)), o
    ),
    "manager_on_leave": lambda p, o: (
        replace(p, managers=replace(p.managers, leave_of=o.manager[:1], leave_on=o.day[:1])), o
    ),
    "outside_programme_window": lambda p, o: (p, _moved(o, day=p.days[-1] + 20)),
    "not_a_working_day": lambda p, o: (p, _moved(o, day=date(2023, 5, 1).toordinal())),
    "outside_construction_period": lambda p, o: (
        replace(p, sites=replace(p.sites, open_until=np.zeros(len(p.sites), np.int64))), o
    ),
    "closed_weekday": lambda p, o: (
        replace(p, sites=replace(p.sites, closed_weekdays=np.full(len(p.sites), 0b1111111))), o
    ),
    "closed_day": lambda p, o: (
        replace(p, sites=replace(p.sites, closed_of=p.needs.site[:1], closed_on=o.day[:1])), o
    ),
    "over_capacity": lambda p, o: (p, Proposal(np.zeros_like(o.manager), np.full_like(o.day, o.day[0]), o.reason)),
    "visit_twice": lambda p, o: (replace(p, needs=replace(p.needs, ordinal=np.ones_like(p.needs.ordinal))), o),
    "spacing_too_short": lambda p, o: (p, _moved(o, day=o.day[1] - 27)),
    "ordinals_out_of_order": lambda p, o: (p, _moved(o, day=o.day[1] + 28)),
}  # fmt: skip


@pytest.mark.parametrize("rule", SPOILERS)
def test_the_check_finds_each_broken_rule(small: Any, rule: str) -> None:
    picture = small.picture_of(1, sites=30, managers=6)
    picture = replace(picture, sites=replace(picture.sites, open_until=np.full(30, FAR_AHEAD)))
    proposal = plain.plan(picture)
    assert broken_rules(picture, proposal) == []
    (found,) = [one for one in broken_rules(*SPOILERS[rule](picture, proposal)) if one.rule == rule]
    assert found.count > 0
    assert 0 < len(found.keys) <= 3


def _freed_without_cause(picture: Picture, row: int, **columns: int) -> Picture:
    """A need that says that a visit which stands is to move."""
    kept = picture.kept
    one = [getattr(kept, name)[row] for name in ("site", "ordinal", "version", "agency", "manager", "day")]
    return replace(
        picture,
        kept=kept.take(np.arange(len(kept)) != row),
        needs=Needs(*(np.append(getattr(picture.needs, name), value) for name, value in zip(
            Needs.__dataclass_fields__, one, strict=True))),
    )  # fmt: skip


def test_a_published_visit_that_would_move_or_go_without_cause_is_refused(small: Any) -> None:
    picture = small.picture_of(1, sites=30, managers=6)
    first = plain.plan(picture)
    stands = small.published(picture, first, 1.0)
    wrong = _freed_without_cause(stands, 7)
    left = plain.plan(stands)
    day = int(stands.days[np.searchsorted(stands.days, stands.kept.day[7]) + 1])
    manager, reason = np.append(left.manager, stands.kept.manager[7]), np.append(left.reason, -1)
    moved = Proposal(manager, np.append(left.day, day), reason)
    dropped = Proposal(np.append(left.manager, -1), np.append(left.day, -1), np.append(left.reason, 3))
    name = f"{UUID(bytes=stands.sites.ids[stands.kept.site[7]].tobytes())}:{stands.kept.ordinal[7]}"
    for proposal in (moved, dropped):
        found = {one.rule: one.keys for one in broken_rules(wrong, proposal)}
        assert found["published_moved"] == (name,)


def test_the_check_refuses_a_proposal_of_another_length(small: Any) -> None:
    picture = small.picture_of(1)
    empty = np.empty(0, np.int64)
    assert broken_rules(picture, Proposal(empty, empty, empty)) == [Broken("visit_lost", len(picture.needs), ())]


def test_missed_and_cancelled_visits_are_needed_again_under_their_next_version(small: Any) -> None:
    picture = small.picture_of(0, sites=3)
    first, later = int(picture.days[10]), int(picture.days[60])
    rows = small.table_of(
        [(0, 1, 0, 0, first, 0, 4, 0, 0), (1, 1, 0, 0, first, 1, 1, 0, 0), (1, 2, 0, 0, later, 2, 2, 0, 0)]
    )
    now = small.again(replace(picture, sites=replace(picture.sites, sector=np.zeros(3, np.int64))), rows)
    assert list(zip(now.needs.site.tolist(), now.needs.ordinal.tolist(), now.needs.version.tolist(), strict=True)) == [
        (0, 1, 4),
        (0, 2, 0),
        (2, 1, 0),
        (2, 2, 0),
    ]
    assert now.kept.is_done.tolist() == [0, 1]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), later=st.integers(1, 60))
def test_the_reserve_does_not_move_from_plan_to_plan(small: Any, seed: int, later: int) -> None:
    picture = small.picture_of(seed, managers=6)
    now, then = (national.facts_of(each) for each in (picture, replace(picture, days=picture.days[later:])))
    assert np.array_equal(usable_days(then), usable_days(now)[:, later:])


def test_a_plan_that_visits_fewer_sites_of_high_risk_does_not_make_them_wait_less(small: Any) -> None:
    picture = small.picture_of(1, sites=60, managers=6)
    proposal = plain.plan(picture)
    whole = measured(picture, proposal)
    gone = np.arange(len(proposal.day)) % 3 == 0
    manager, day = (np.where(gone, -1, column) for column in (proposal.manager, proposal.day))
    fewer = Proposal(manager, day, np.where(gone, 3, proposal.reason))
    assert whole["high_risk_wait_before"] > whole["high_risk_wait_after"]
    assert measured(picture, fewer)["high_risk_wait_after"] > whole["high_risk_wait_after"]


def test_a_site_whose_first_visit_is_over_does_not_wait(small: Any) -> None:
    picture = small.picture_of(1, sites=60, managers=6)
    first = plain.plan(picture)
    rows = first.placed[picture.needs.ordinal[first.placed] == 1]
    over = int(first.day[rows].max())
    later = small.again(picture, small.visits_of(picture, first, rows), over)
    only = replace(later, sites=replace(later.sites, risk=np.where(np.isin(np.arange(60), later.kept.site), 9, 1)))
    assert measured(only, plain.plan(only))["high_risk_wait_after"] is None

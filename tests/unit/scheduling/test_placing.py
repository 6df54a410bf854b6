"""Newcomers on the plan that stands, and those who are still foreseen: whatever there is, the check finds nothing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner.groups import usable_days
from scheduling.planning import national, plain
from scheduling.planning.picture import NOBODY, Picture, Proposal
from scheduling.planning.placing import in_need, place, prices_of
from scheduling.planning.verification import broken_rules


def with_newcomers(small: Any, picture: Picture, some: int) -> tuple[Picture, list[int]]:
    """The picture when all sites but the last few have been planned."""
    proposal = plain.plan(picture)
    known = picture.needs.site < len(picture.sites) - some
    hidden = Proposal(
        *(np.where(known, column, NOBODY) for column in (proposal.manager, proposal.day, proposal.reason))
    )
    planned = small.again(picture, small.visits_of(picture, hidden, hidden.placed))
    return planned, list(range(len(picture.sites) - some, len(picture.sites)))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), managers=st.integers(1, 6), target=st.integers(0, 400))
def test_newcomers_of_any_small_nation_are_placed_validly(small: Any, seed: int, managers: int, target: int) -> None:
    picture = small.picture_of(seed, 60, managers)
    picture = replace(picture, programme=replace(picture.programme, target_enterprises=target))
    planned, new = with_newcomers(small, picture, 12)
    proposal = place(planned, new, prices_of(planned))
    assert broken_rules(planned, proposal) == []
    assert set(planned.needs.site[proposal.placed]) <= set(new)
    placed = np.bincount(planned.needs.site[proposal.placed], minlength=60)
    assert set(placed.tolist()) <= {0, 2}


def test_where_there_is_room_every_newcomer_is_placed(small: Any) -> None:
    planned, new = with_newcomers(small, _open(small.picture_of(1, 30, 6)), 5)
    proposal = place(planned, new, prices_of(planned))
    assert set(planned.needs.site[proposal.placed]) == set(new)


def test_a_dear_manager_is_left_to_those_who_need_it(small: Any) -> None:
    planned, new = with_newcomers(small, _open(small.picture_of(1, 30, 6)), 1)
    free = place(planned, new, np.zeros(6))
    chosen = free.manager[free.placed][0]
    price = np.where(planned.managers.agency == planned.managers.agency[chosen], 10_000.0, 0.0)
    dear = place(planned, new, price)
    assert dear.manager[dear.placed][0] != chosen


def test_what_stands_until_the_next_plan_keeps_its_hours(small: Any) -> None:
    planned, new = with_newcomers(small, _open(small.picture_of(1, 200, 2)), 40)
    kept, one = planned.kept, np.ones(len(planned.kept), np.int64)
    table = np.column_stack([kept.site, kept.ordinal, kept.agency, kept.manager, kept.day, one, one, one * 0, one * 0])
    closed = planned.sites.closed_weekdays.copy()
    closed[: min(new)] = 0b0010101
    changed = small.again(replace(planned, sites=replace(planned.sites, closed_weekdays=closed)), table)
    assert changed.needs.is_freed.any()
    proposal = place(changed, new, np.zeros(2))
    manager = np.append(kept.manager, proposal.manager[proposal.placed])
    day = np.append(kept.day, proposal.day[proposal.placed])
    _, load = np.unique(np.column_stack([manager, day]), axis=0, return_counts=True)
    assert len(proposal.placed)
    assert load.max() <= int(np.minimum(planned.managers.visits_a_day, 4).max())


def _open(picture: Picture) -> Picture:
    """Everybody is open all year."""
    count = len(picture.sites)
    sites = replace(picture.sites, open_from=np.zeros(count, np.int64), open_until=np.full(count, 10**7))
    nothing = np.empty(0, np.int64)
    open_days = replace(sites, closed_weekdays=np.zeros(count, np.int64), closed_of=nothing, closed_on=nothing)
    return replace(picture, sites=open_days)


def test_who_needs_nothing_is_not_placed(small: Any) -> None:
    picture = small.picture_of(1, 30, 6)
    planned = small.published(picture, plain.plan(_open(picture)), 1.0)
    done = sorted(set(range(30)) - set(planned.needs.site.tolist()))
    names = [_name(planned, site) for site in range(30)]
    assert done
    assert sorted(in_need(planned, names).values()) == sorted(set(range(30)) - set(done))


def _name(picture: Picture, site: int) -> Any:

    return UUID(bytes=picture.sites.ids[site].tobytes())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), managers=st.integers(1, 6), target=st.integers(0, 2_000))
def test_as_many_are_foreseen_as_the_target_lacks_and_there_is_room_for(
    small: Any, seed: int, managers: int, target: int
) -> None:
    picture = small.picture_of(seed, 60, managers)
    picture = replace(picture, programme=replace(picture.programme, target_enterprises=target))
    facts = national.facts_of(picture)
    more = national.foreseen(picture, facts)
    count = len(more) if more else 0
    room = int((usable_days(facts).sum(axis=1) * facts.managers.stops).sum()) - len(picture.needs)
    assert count == max(0, min(target - 60, room // 2))
    assert broken_rules(picture, national.plan(picture)) == []


def test_with_a_forecast_everybody_here_is_still_visited(small: Any) -> None:
    picture = _open(small.picture_of(1, 30, 6))
    more = replace(picture, programme=replace(picture.programme, target_enterprises=10_000))
    assert len(national.plan(more).placed) == len(national.plan(picture).placed)

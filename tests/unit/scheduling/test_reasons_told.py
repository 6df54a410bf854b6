"""Why a visit got no day, of both planners: each code is checked against what it claims, the slow and plain way."""

from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planning import national, plain
from scheduling.planning.openings import agency_may, manager_days, manager_room, site_days
from scheduling.planning.picture import NOBODY, REASONS, Ints, Needs, Picture, Planner, Proposal
from scheduling.planning.verification import broken_rules

PLANNERS: dict[str, Planner] = {"plain": plain.plan, "national": national.plan}


def apart(picture: Picture, site: int, days: Ints, others: list[tuple[int, int]]) -> Ints:
    """The days on which a visit that is still to come keeps the spacing and its place in the order."""
    spacing, needs = picture.programme.spacing_days, picture.needs
    mine = needs.ordinal[needs.site == site].tolist()
    fine = [
        day
        for day in days.tolist()
        if any(
            all((day - date) * (1 if ordinal > before else -1) >= spacing for before, date in others)
            for ordinal in mine
        )
    ]
    return np.array(fine, np.int64)


def fit(picture: Picture, days: Ints, count: int) -> bool:
    """Whether so many of these days lie apart by the spacing."""
    return any(
        all(later - earlier >= picture.programme.spacing_days for earlier, later in pairwise(some))
        for some in combinations(days.tolist(), count)
    )


def claim(picture: Picture, site: int) -> str:
    """The reason as it is defined."""
    back, kept = picture.handed_back, picture.kept
    may = agency_may(picture)[picture.sites.sector[site], picture.sites.province[site]].copy()
    may[back.agency[back.site == site]] = False
    patterns, of = site_days(picture)
    stands = [(int(kept.ordinal[row]), int(kept.day[row])) for row in np.flatnonzero(kept.site == site)]
    days = apart(picture, site, picture.days[patterns[of[site]]], stands)
    works = manager_days(picture)[may[picture.managers.agency]].any(axis=0)
    need = int((picture.needs.site == site).sum())
    if not may.any():
        return "no_competent_agency"
    if not fit(picture, days, need):
        return "window_too_short"
    return "no_capacity" if fit(picture, days[np.isin(days, picture.days[works])], need) else "nobody_available"


@pytest.mark.parametrize("name", PLANNERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), managers=st.integers(1, 4), since=st.tuples(st.floats(0, 1), st.integers(0, 60)))
def test_every_reason_claims_what_is_true(
    small: Any, name: str, seed: int, managers: int, since: tuple[float, int]
) -> None:
    picture = later(small, small.picture_of(seed, 60, managers), since)
    proposal = PLANNERS[name](picture)
    assert broken_rules(picture, proposal) == []
    for row in np.flatnonzero(proposal.manager == NOBODY):
        site = int(picture.needs.site[row])
        assert REASONS[proposal.reason[row]] == claim(picture, site)
        if REASONS[proposal.reason[row]] == "no_capacity":
            assert not room_left(picture, proposal, int(row)).any()


def room_left(picture: Picture, proposal: Proposal, row: int) -> Ints:
    """By manager who may come and day that would do for this visit: what nobody has booked."""
    placed, site, kept = proposal.placed, int(picture.needs.site[row]), picture.kept
    room = manager_room(picture)
    np.subtract.at(room, (proposal.manager[placed], np.searchsorted(picture.days, proposal.day[placed])), 1)
    mine = placed[picture.needs.site[placed] == site]
    stands = [(int(kept.ordinal[one]), int(kept.day[one])) for one in np.flatnonzero(kept.site == site)]
    stands += [(int(picture.needs.ordinal[one]), int(proposal.day[one])) for one in mine]
    patterns, of = site_days(picture)
    alone = replace(picture, needs=Needs(*(getattr(picture.needs, name)[[row]] for name in Needs.__dataclass_fields__)))
    days = apart(alone, site, picture.days[patterns[of[site]]], stands)
    may = agency_may(picture)[picture.sites.sector[site], picture.sites.province[site]]
    return room[may[picture.managers.agency]][:, np.isin(picture.days, days)]


def later(small: Any, picture: Picture, since: tuple[float, int]) -> Picture:
    """The first visits are done up to a day, some of them by managers who are not known any more."""
    share, day = since
    picture = replace(picture, programme=replace(picture.programme, reserve_share=0.0))
    proposal, today = plain.plan(picture), int(picture.days[day])
    done = proposal.placed[proposal.day[proposal.placed] <= today]
    table = small.visits_of(picture, proposal, done)
    table[:, 5] = 2
    table[: round(share * len(table)), 2:4] = NOBODY
    return small.again(picture, table, today)


def test_nobody_is_available_where_those_who_may_come_work_on_too_few_days(small: Any) -> None:
    picture = small.picture_of(1, sites=4, managers=3)
    managers = replace(picture.managers, left_on=np.full(3, picture.days[9]))
    picture = replace(picture, managers=managers)
    for planner in PLANNERS.values():
        proposal = planner(picture)
        told = {REASONS[reason] for reason in proposal.reason[proposal.manager == NOBODY]}
        assert told == {claim(picture, site) for site in set(picture.needs.site[proposal.manager == NOBODY].tolist())}
        assert "nobody_available" in told


def test_two_managers_share_a_site_that_neither_has_days_enough_for(small: Any) -> None:
    picture = small.picture_of(1, sites=1, managers=2)
    days, managers = picture.days, replace(picture.managers, agency=np.zeros(2, np.int64))
    early, late = days[days != days[0]], days[days != days[40]]
    leave_of = np.repeat([0, 1], [len(early), len(late)])
    managers = replace(managers, leave_of=leave_of, leave_on=np.append(early, late))
    sites = replace(
        picture.sites, open_from=np.zeros(1, np.int64), open_until=days[-1:], closed_weekdays=np.zeros(1, np.int64)
    )
    proposal: Proposal = plain.plan(
        replace(picture, managers=managers, sites=sites, programme=replace(picture.programme, reserve_share=0.0))
    )
    assert proposal.day.tolist() == [days[0], days[40]]

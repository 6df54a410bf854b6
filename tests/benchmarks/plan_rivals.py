"""First come, first served: what a nation without a planner does, on the same facts."""

import numpy as np
from numba import njit

from scheduling.planner.competence import competent
from scheduling.planner.measures import day_kilometres
from scheduling.planner.model import Facts, Flags, Ints, Reals, Stage, Visits
from scheduling.planner.openings import unpack


def first_come_first_served(facts: Facts, seed: int) -> float:
    """Road kilometres a visit: the nearest competent agency with room, its first free days, in order of arrival."""
    managers, agencies, sites = facts.managers, facts.agencies, facts.sites
    order = np.random.default_rng(seed).permutation(len(sites))
    kind = sites.sector * 32 + sites.province
    numbers, row = np.unique(kind, return_inverse=True)
    able = competent(agencies, numbers // 32, numbers % 32)[row.ravel()]
    by_agency = np.argsort(managers.agency, kind="stable").astype(np.int64)
    starts = np.searchsorted(managers.agency[by_agency], np.arange(len(agencies) + 1)).astype(np.int64)
    usable = unpack(managers.open_days, len(facts.calendar))
    open_days = unpack(sites.open_days, len(facts.calendar))
    room = np.where(usable, managers.stops[:, None], 0)
    following = facts.calendar.following(facts.rules.spacing_days)
    chosen, first, second = _serve(
        (order, sites.place, open_days, able), (agencies.place, by_agency, starts), room, following
    )
    return _kilometres(facts, chosen, first, second)


def _kilometres(facts: Facts, manager: Ints, first: Ints, second: Ints) -> float:
    made = np.flatnonzero(manager >= 0)
    site, day = np.concatenate([made, made]), np.concatenate([first[made], second[made]])
    whole = np.full(len(site), int(Stage.DRAFT))
    ordinal = np.repeat([1, 2], len(made))
    who = np.concatenate([manager[made], manager[made]])
    visits = Visits(site, ordinal, who, day, facts.calendar.dates[day], whole, np.zeros(len(site), np.bool_))
    return float(day_kilometres(facts, visits).sum()) / max(len(site), 1)


@njit(cache=True)
def _serve(
    sites: tuple[Ints, Reals, Flags, Flags], agencies: tuple[Reals, Ints, Ints], room: Ints, following: Ints
) -> tuple[Ints, Ints, Ints]:
    order, place, open_days, able = sites
    where, by_agency, starts = agencies
    chosen, first, second = np.full(len(order), -1), np.full(len(order), -1), np.full(len(order), -1)
    for site in order:
        away = np.sqrt(((where - place[site]) ** 2).sum(axis=1))
        for agency in np.argsort(away):
            if not able[site, agency]:
                continue
            mine = by_agency[starts[agency] : starts[agency + 1]]
            manager, one, other = _first_free(mine, room, open_days[site], following)
            if manager >= 0:
                room[manager, one] -= 1
                room[manager, other] -= 1
                chosen[site], first[site], second[site] = manager, one, other
                break
    return chosen, first, second


@njit(cache=True)
def _first_free(managers: Ints, room: Ints, is_open: Flags, following: Ints) -> tuple[int, int, int]:
    """The manager of an agency with the earliest two free days."""
    best, found, later = len(following), -1, -1
    for manager in managers:
        day = 0
        while day < best and not (room[manager, day] > 0 and is_open[day]):
            day += 1
        if day >= best:
            continue
        other = following[day]
        while other < len(following) and not (room[manager, other] > 0 and is_open[other]):
            other += 1
        if other < len(following):
            best, found, later = day, manager, other
    return found, best, later

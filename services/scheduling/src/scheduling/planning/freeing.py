"""Which published visits cannot stay: what the facts of today forbid is freed, and as little else as possible."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scheduling import policy
from scheduling.model import Programme
from scheduling.planning.picture import NOBODY, Agencies, Flags, HandedBack, Ints, Kept, Managers, Sites

_WIDE = 1 << 32


@dataclass(frozen=True)
class Ground:
    """What visits stand on, and the last day that cannot be planned any more: visits up to it are left alone."""

    programme: Programme
    agencies: Agencies
    managers: Managers
    sites: Sites
    today: int
    handed_back: HandedBack = field(default_factory=HandedBack)


@dataclass(frozen=True)
class Freed:
    """Of visits, which cannot stay; and which of these only because of other visits to their own site."""

    rows: Flags
    crowded: Flags


def freed(ground: Ground, visits: Kept) -> Freed:
    """What is done or past stays; a pinned visit makes way for no other, but not even it breaks a rule by itself."""
    movable = (visits.is_done == 0) & (visits.day > ground.today)
    broken = movable & _forbidden(ground, visits)
    broken |= _beyond_capacity(ground, visits, movable, ~broken)
    crowded = _too_close(visits, movable, ~broken, ground.programme.spacing_days)
    return Freed(broken | crowded, crowded)


def _forbidden(ground: Ground, visits: Kept) -> Flags:
    known = (visits.agency != NOBODY) & (visits.manager != NOBODY)
    rows = visits.take(known)
    broken = ~known
    broken[known] = np.any([rule(ground, rows) for rule in _RULES], axis=0)
    return broken


def is_suspended(agencies: Agencies, agency: Ints, day: Ints) -> Flags:
    """Whether the agency is suspended on the day, row by row."""
    return (agencies.suspended_from[agency] <= day) & (day <= agencies.suspended_until[agency])


def _is_incompetent(ground: Ground, v: Kept) -> Flags:
    sectors, provinces = ground.agencies.sectors[v.agency], ground.agencies.provinces[v.agency]
    elsewhere = (provinces != 0) & (provinces >> ground.sites.province[v.site] & 1 == 0)
    return (sectors >> ground.sites.sector[v.site] & 1 == 0) | elsewhere


def _is_handed_back(ground: Ground, v: Kept) -> Flags:
    return _are_pairs((v.site, v.agency), (ground.handed_back.site, ground.handed_back.agency))


def _is_not_licensed(ground: Ground, v: Kept) -> Flags:
    return (v.day < ground.agencies.qualified_on[v.agency]) | (v.day > ground.agencies.licence_until[v.agency])


def _is_away(ground: Ground, v: Kept) -> Flags:
    managers = ground.managers
    on_leave = _are_pairs((v.manager, v.day), (managers.leave_of, managers.leave_on))
    return on_leave | (v.day <= managers.trained_on[v.manager]) | (v.day >= managers.left_on[v.manager])


def _is_no_day_of_the_programme(ground: Ground, v: Kept) -> Flags:
    return ~np.isin(v.day, days_of(ground.programme))


def _is_not_open(ground: Ground, v: Kept) -> Flags:
    sites = ground.sites
    outside = (v.day < sites.open_from[v.site]) | (v.day > sites.open_until[v.site])
    every_week = sites.closed_weekdays[v.site] >> (v.day + 6) % 7 & 1 == 1
    return outside | every_week | _are_pairs((v.site, v.day), (sites.closed_of, sites.closed_on))


def _are_pairs(rows: tuple[Ints, Ints], pairs: tuple[Ints, Ints]) -> Flags:
    """Which rows are among some pairs, such as somebody and a day."""
    return np.isin(rows[0] * _WIDE + rows[1], pairs[0] * _WIDE + pairs[1])


_RULES: tuple[Callable[[Ground, Kept], Flags], ...] = (
    lambda ground, v: ground.managers.agency[v.manager] != v.agency,
    lambda ground, v: is_suspended(ground.agencies, v.agency, v.day),
    _is_incompetent,
    _is_handed_back,
    _is_not_licensed,
    _is_away,
    _is_no_day_of_the_programme,
    _is_not_open,
)


def days_of(programme: Programme, first: int = 0) -> Ints:
    """The working days of a programme from a day on, behind its last day of training."""
    days = (day.toordinal() for day in policy.days_of(programme))
    return np.array([day for day in days if day >= first], np.int64)


def _beyond_capacity(ground: Ground, visits: Kept, movable: Flags, standing: Flags) -> Flags:
    """Of an overfull day those go that are least settled: what is done stays before what is pinned, before the rest."""
    rows = np.flatnonzero(standing & (visits.manager != NOBODY))
    most = np.minimum(ground.managers.visits_a_day, ground.programme.visits_a_day)[visits.manager[rows]]
    cell = visits.manager[rows] * _WIDE + visits.day[rows]
    order = np.lexsort((visits.site[rows], -visits.is_pinned[rows], movable[rows], cell))
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    beyond = np.zeros(len(visits), np.bool_)
    beyond[rows[order[place >= most[order]]]] = True
    return beyond & movable


def _too_close(visits: Kept, movable: Flags, standing: Flags, spacing_days: int) -> Flags:
    """Of two visits to one site that are too close or out of order the later goes, or whichever can."""
    crowded = np.zeros(len(visits), np.bool_)
    fixed = ~movable | (visits.is_pinned == 1)
    while True:
        rows = np.flatnonzero(standing & ~crowded)
        rows = rows[np.lexsort((visits.ordinal[rows], visits.day[rows], visits.site[rows]))]
        before, after = rows[:-1], rows[1:]
        near = visits.day[after] - visits.day[before] < spacing_days
        close = (visits.site[before] == visits.site[after]) & (near | (visits.ordinal[after] < visits.ordinal[before]))
        before, after = before[close], after[close]
        goes = np.where(fixed[after] & ~fixed[before] | ~movable[after], before, after)
        goes = goes[movable[goes]]
        if not len(goes):
            return crowded
        crowded[goes] = True

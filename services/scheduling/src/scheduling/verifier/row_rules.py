"""Rules that one visit keeps or breaks by itself: its agency, its manager, its day, its enterprise."""

from collections.abc import Callable

import numpy as np

from scheduling.verifier.cells import Bools, Days, as_day, pair
from scheduling.verifier.facts import SECTORS, SECTORS_KO, WEEKDAYS, WEEKDAYS_KO, Facts
from scheduling.verifier.visits import Visits
from scheduling.verifier.workdays import is_worked, weekday

Rule = Callable[[Facts, Visits], Bools]
Detail = Callable[[Facts, Visits, int], object]


def _is_suspended(f: Facts, v: Visits) -> Bools:
    return (f.agencies.suspended_from[v.agency] <= v.day) & (v.day <= f.agencies.suspended_until[v.agency])


def _is_untrained(f: Facts, v: Visits) -> Bools:
    return f.managers.trained_on[v.manager] >= v.day


def _is_unavailable(f: Facts, v: Visits) -> Bools:
    m = f.managers
    return (v.day < m.available_from[v.manager]) | (v.day > m.available_until[v.manager])


def _is_no_workday(f: Facts, v: Visits) -> Bools:
    return ~is_worked(v.day, f.programme.holidays_added, f.programme.workdays_added)


def _is_outside_window(f: Facts, v: Visits) -> Bools:
    return (v.day < f.programme.window[0]) | (v.day > f.programme.window[1])


def _is_outside_opening(f: Facts, v: Visits) -> Bools:
    e = f.enterprises
    return (v.day < e.open_from[v.enterprise]) | (v.day > e.open_until[v.enterprise])


ROW_RULES: dict[str, Rule] = {
    "agency_not_qualified": lambda f, v: f.agencies.qualified_on[v.agency] > v.day,
    "agency_licence_ended": lambda f, v: f.agencies.licence_until[v.agency] < v.day,
    "agency_suspended": _is_suspended,
    "agency_not_competent": lambda f, v: ~f.agencies.sectors[v.agency, f.enterprises.sector[v.enterprise]],
    "agency_out_of_province": lambda f, v: ~f.agencies.provinces[v.agency, f.enterprises.province[v.enterprise]],
    "agency_handed_back": lambda f, v: np.isin(pair(v.enterprise, v.agency), f.enterprises.handed_back),
    "manager_of_another_agency": lambda f, v: f.managers.agency[v.manager] != v.agency,
    "manager_not_trained": _is_untrained,
    "training_not_over": lambda f, v: v.day <= f.programme.training_over,
    "manager_on_leave": lambda f, v: np.isin(pair(v.manager, v.day), f.managers.leave),
    "manager_not_available": _is_unavailable,
    "not_a_working_day": _is_no_workday,
    "outside_programme_window": _is_outside_window,
    "outside_construction_period": _is_outside_opening,
    "before_it_was_known": lambda f, v: v.day < f.enterprises.known_on[v.enterprise],
    "closed_weekday": lambda f, v: f.enterprises.closed_weekdays[v.enterprise, weekday(v.day)],
    "closed_day": lambda f, v: np.isin(pair(v.enterprise, v.day), f.enterprises.closed_days),
}

DETAILS: dict[str, dict[str, Detail]] = {
    "agency_not_qualified": {"qualified_on": lambda f, v, i: _day(f.agencies.qualified_on, v.agency, i)},
    "agency_licence_ended": {"licence_until": lambda f, v, i: _day(f.agencies.licence_until, v.agency, i)},
    "agency_suspended": {
        "suspended_from": lambda f, v, i: _day(f.agencies.suspended_from, v.agency, i),
        "suspended_until": lambda f, v, i: _day(f.agencies.suspended_until, v.agency, i),
    },
    "agency_not_competent": {
        "sector": lambda f, v, i: SECTORS[_sector(f, v, i)],
        "sector_ko": lambda f, v, i: SECTORS_KO[_sector(f, v, i)],
    },
    "agency_out_of_province": {"province": lambda f, v, i: f.province_of(int(v.enterprise[i]))},
    "manager_of_another_agency": {"own_agency": lambda f, v, i: f.agency_of(int(v.manager[i]))},
    "manager_not_trained": {"trained_on": lambda f, v, i: _day(f.managers.trained_on, v.manager, i)},
    "training_not_over": {"training_over": lambda f, v, i: as_day(f.programme.training_over)},
    "manager_not_available": {
        "available_from": lambda f, v, i: _day(f.managers.available_from, v.manager, i),
        "available_until": lambda f, v, i: _day(f.managers.available_until, v.manager, i),
    },
    "outside_programme_window": {
        "window_from": lambda f, v, i: as_day(f.programme.window[0]),
        "window_until": lambda f, v, i: as_day(f.programme.window[1]),
    },
    "outside_construction_period": {
        "open_from": lambda f, v, i: _day(f.enterprises.open_from, v.enterprise, i),
        "open_until": lambda f, v, i: _day(f.enterprises.open_until, v.enterprise, i),
    },
    "before_it_was_known": {"known_on": lambda f, v, i: _day(f.enterprises.known_on, v.enterprise, i)},
    "closed_weekday": {
        "weekday": lambda f, v, i: WEEKDAYS[_weekday(v, i)],
        "weekday_ko": lambda f, v, i: WEEKDAYS_KO[_weekday(v, i)],
    },
}


def _day(days: Days, of: Days, i: int) -> str:
    return as_day(days[of[i]])


def _sector(f: Facts, v: Visits, i: int) -> int:
    return int(f.enterprises.sector[v.enterprise[i]])


def _weekday(v: Visits, i: int) -> int:
    return int(weekday(v.day[i : i + 1])[0])

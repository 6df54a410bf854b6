"""What the picture's rules leave open: agencies for sectors and provinces, managers' hours, sites' days."""

import numpy as np

from scheduling.planning.freeing import is_suspended
from scheduling.planning.picture import PROVINCE_CODES, SECTORS, Flags, Ints, Picture, Sites


def agency_may(picture: Picture) -> Flags:
    """By sector, province and agency: whether the agency is competent there."""
    agencies = picture.agencies
    by_sector = (agencies.sectors[None, :] >> np.arange(len(SECTORS))[:, None]) & 1 == 1
    by_province = (agencies.provinces[None, :] >> np.arange(len(PROVINCE_CODES))[:, None]) & 1 == 1
    return by_sector[:, None, :] & (by_province | (agencies.provinces == 0))[None, :, :]


def manager_days(picture: Picture) -> Flags:
    """By manager and day: whether the manager may visit at all."""
    managers, agencies, days = picture.managers, picture.agencies, picture.days
    agency = managers.agency
    first = np.maximum(managers.trained_on + 1, agencies.qualified_on[agency])
    last = np.minimum(agencies.licence_until[agency], managers.left_on - 1)
    fit = (days[None, :] >= first[:, None]) & (days[None, :] <= last[:, None])
    fit &= ~is_suspended(agencies, agency[:, None], days[None, :])
    _close(fit, days, (managers.leave_of, managers.leave_on))
    return fit


def _close(table: Flags, days: Ints, off: tuple[Ints, Ints]) -> None:
    """Rows of the table have days off; those that are none of these days do not matter."""
    row, day = off
    place = np.searchsorted(days, day)
    is_day = place < len(days)
    is_day[is_day] = days[place[is_day]] == day[is_day]
    table[row[is_day], place[is_day]] = False


def manager_room(picture: Picture) -> Ints:
    """By manager and day: how many visits there is room for beside those that stand."""
    managers, kept, days = picture.managers, picture.kept, picture.days
    most = np.minimum(managers.visits_a_day, picture.programme.visits_a_day)
    room = manager_days(picture) * most[:, None]
    place = np.searchsorted(days, kept.day)
    counts = (kept.manager >= 0) & (place < len(days))
    counts[counts] = days[place[counts]] == kept.day[counts]
    np.subtract.at(room, (kept.manager[counts], place[counts]), 1)
    return np.maximum(room, 0)


def site_days(picture: Picture) -> tuple[Flags, Ints]:
    """Patterns of open days, and which of them each site has."""
    sites, days = picture.sites, picture.days
    table = np.column_stack([sites.open_from, sites.open_until, sites.closed_weekdays, _closings(sites)])
    kinds, of_site = np.unique(table, axis=0, return_inverse=True)
    weekday = (days + 6) % 7
    is_open = (days[None, :] >= kinds[:, :1]) & (days[None, :] <= kinds[:, 1:2])
    is_open &= (kinds[:, 2:3] >> weekday[None, :]) & 1 == 0
    of_site = of_site.reshape(-1).astype(np.int64)
    _close(is_open, days, (of_site[sites.closed_of], sites.closed_on))
    return is_open, of_site


def _closings(sites: Sites) -> Ints:
    """By site: the number of its list of closed days, the same for the same days; 0: none."""
    order = np.lexsort((sites.closed_on, sites.closed_of))
    named, begins = np.unique(sites.closed_of[order], return_index=True)
    lists = dict[bytes, int]()
    numbers = np.zeros(len(sites), np.int64)
    for site, closed in zip(named, np.split(sites.closed_on[order], begins[1:]), strict=False):
        numbers[site] = lists.setdefault(closed.tobytes(), len(lists) + 1)
    return numbers

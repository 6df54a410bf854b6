"""Managers who are alike to a flow: the same agency, the same base, the same number of visits a day."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.model import Bits, Calendar, Facts, Flags, Ints, Managers, Reals
from scheduling.planner.openings import unpack

NEAR_KM = 0.05


@dataclass(frozen=True)
class Groups:
    """One row a group; `of` says which group each manager is in, `open_days` when anybody of it may visit."""

    agency: Ints
    base: Reals
    stops: Ints
    of: Ints
    open_days: Bits
    capacity: Ints

    def __len__(self) -> int:
        return len(self.agency)


def usable_days(facts: Facts) -> Flags:
    """Manager by day: who may visit when, without what is frozen or kept in reserve for no-shows."""
    days = unpack(facts.managers.open_days, len(facts.calendar))
    days[in_reserve(days, facts.calendar, facts.managers.key, facts.rules.reserve_share)] = False
    days[:, : facts.rules.first_open_day] = False
    return days


def in_reserve(days: Flags, calendar: Calendar, key: Ints, share: float) -> Flags:
    """The days of each manager that stay empty: this share, spread evenly over its year and over all managers.

    Dates and keys alone decide: counted from today, the reserve would move at every plan and fill up.
    """
    return last_of_periods(days, calendar, _golden(key), share)


def last_of_periods(days: Flags, calendar: Calendar, begins: Reals, share: float) -> Flags:
    """Each row's last working day in each period of 1 / share weekdays; `begins` (0 to 1) moves the periods."""
    begins, since = begins[:, None], calendar.weekdays_since[None, :]
    period = np.floor(begins + since * share)
    later = np.minimum.accumulate(np.where(days, period, np.inf)[:, ::-1], axis=1)[:, ::-1]
    after = np.append(later[:, 1:], np.full((len(days), 1), np.inf), axis=1)
    return days & (np.where(np.isinf(after), np.floor(begins + (since + 1) * share), after) > period)


def _golden(key: Ints) -> Reals:
    """Each key's place between 0 and 1; those of successive keys lie evenly, as multiples of the golden ratio."""
    return (key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(11)) / 2.0**53


def group(facts: Facts, days: Flags, near_km: float = NEAR_KM) -> Groups:
    """The groups and how many visits each can make on its usable days; bases so near count as one place."""
    managers = facts.managers
    of, first = _alike(managers, near_km)
    capacity = np.bincount(of, weights=days.sum(axis=1) * managers.stops, minlength=len(first))
    anybody = np.zeros((len(first), managers.open_days.shape[1]), np.uint64)
    np.bitwise_or.at(anybody, of, managers.open_days)
    middle = np.column_stack([np.bincount(of, weights=managers.base[:, axis]) for axis in (0, 1)])
    base = middle / np.bincount(of)[:, None]
    return Groups(managers.agency[first], base, managers.stops[first], of, anybody, capacity.astype(np.int64))


def _alike(managers: Managers, near_km: float) -> tuple[Ints, Ints]:
    """The group of each manager, and each group's first: one agency, as many stops, bases near the first's."""
    of, first = np.empty(len(managers), np.int64), list[int]()
    known = dict[tuple[int, int], list[int]]()
    for manager in range(len(managers)):
        groups = known.setdefault((int(managers.agency[manager]), int(managers.stops[manager])), [])
        away = [float(np.hypot(*(managers.base[first[group]] - managers.base[manager]))) for group in groups]
        near = [group for group, km in zip(groups, away, strict=True) if km <= near_km]
        if not near:
            groups.append(len(first))
            first.append(manager)
        of[manager] = near[0] if near else groups[-1]
    return of, np.array(first, np.int64)


def managers_of(of: Ints, groups: int) -> list[Ints]:
    """The managers of each group, ascending."""
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, groups)))

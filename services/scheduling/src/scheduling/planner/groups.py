"""Managers who are alike to a flow: the same agency, the same base, the same number of visits a day."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.model import Bits, Facts, Flags, Ints, Managers, Reals
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
    # Of the whole year: a reserve counted from the first open day would keep another day back at every re-plan.
    days[np.asarray(in_reserve(days, facts.rules.reserve_share))] = False
    days[:, : facts.rules.first_open_day] = False
    return days


def in_reserve(days: Flags, share: float) -> Flags:
    """The days of each manager that stay empty, spread evenly over the year: at least this share of them."""
    counted = np.cumsum(days, axis=1)
    steps = np.ceil(counted * share - 1e-9)
    return days & (np.diff(steps, axis=1, prepend=0) > 0)


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

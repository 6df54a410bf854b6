"""Managers who are alike to a flow: the same agency, the same base, the same number of visits a day."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.model import Agencies, Bits, Facts, Flags, Ints, Managers, Reals
from scheduling.planner.openings import unpack


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
    days[:, : facts.rules.first_open_day] = False
    days[np.asarray(in_reserve(days, facts.rules.reserve_share))] = False
    return days


def in_reserve(days: Flags, share: float) -> Flags:
    """The days of each manager that stay empty, spread evenly over the year: at least this share of them."""
    counted = np.cumsum(days, axis=1)
    steps = np.ceil(counted * share - 1e-9)
    return days & (np.diff(steps, axis=1, prepend=0) > 0)


def group(facts: Facts, days: Flags) -> Groups:
    """The groups and how many visits each can make on its usable days."""
    managers = facts.managers
    keys = np.column_stack([managers.agency, managers.stops, np.round(managers.base * 1000)]).astype(np.int64)
    rows, of = np.unique(keys, axis=0, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    first = np.zeros(len(rows), np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    capacity = np.bincount(of, weights=days.sum(axis=1) * managers.stops, minlength=len(rows))
    anybody = np.zeros((len(rows), managers.open_days.shape[1]), np.uint64)
    np.bitwise_or.at(anybody, of, managers.open_days)
    return Groups(
        managers.agency[first], managers.base[first], managers.stops[first], of, anybody, capacity.astype(np.int64)
    )


def competent(agencies: Agencies, sector: Ints, province: Ints) -> Flags:
    """Site kind by agency: who may serve this sector in this province."""
    knows = (agencies.sectors[None, :] >> sector[:, None]) & 1 == 1
    goes = (agencies.provinces[None, :] >> province[:, None]) & 1 == 1
    return knows & (goes | (agencies.provinces == 0)[None, :])


def managers_of(of: Ints, groups: int) -> list[Ints]:
    """The managers of each group, ascending."""
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, groups)))


def able(managers: Managers, agencies: Agencies, sector: int, province: int) -> Ints:
    """The managers whose agency may serve this sector in this province."""
    fits = competent(agencies, np.array([sector]), np.array([province]))[0]
    return np.flatnonzero(fits[managers.agency])

"""What a planner is given and what it answers, as columns; days are numbers since year 1 (`date.toordinal`)."""

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from korea.provinces import PROVINCES
from scheduling.model import Programme

Ints: TypeAlias = npt.NDArray[np.int64]
Reals: TypeAlias = npt.NDArray[np.float64]
Octets: TypeAlias = npt.NDArray[np.uint8]

SECTORS = ("manufacturing", "construction", "service")
PROVINCE_CODES = tuple(province.code for province in PROVINCES)
REASONS = ("no_competent_agency", "window_too_short", "nobody_available", "no_capacity")
"""Why a visit gets no day; a proposal names them by their place here."""
LONG_AGO, FAR_AHEAD = 0, 10**7
NOBODY = -1


def _none() -> Ints:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Agencies:
    """Qualified agencies; sectors and provinces are bit sets by `SECTORS` and `PROVINCE_CODES`; 0 means everywhere."""

    ids: list[UUID]
    latitude: Reals
    longitude: Reals
    sectors: Ints
    provinces: Ints
    qualified_on: Ints
    licence_until: Ints


@dataclass(frozen=True)
class Managers:
    """Trained managers of those agencies; days of leave are pairs of manager and day."""

    ids: list[UUID]
    agency: Ints
    latitude: Reals
    longitude: Reals
    visits_a_day: Ints
    trained_on: Ints
    leave_of: Ints
    leave_on: Ints


@dataclass(frozen=True)
class Sites:
    """Eligible enterprises that are not closed, by id."""

    ids: Octets
    latitude: Reals
    longitude: Reals
    sector: Ints
    province: Ints
    risk: Ints
    open_from: Ints
    open_until: Ints
    closed_weekdays: Ints
    preferred_weekdays: Ints

    def __len__(self) -> int:
        return len(self.sector)


@dataclass(frozen=True)
class Kept:
    """Visits that stand as they are: published or done."""

    site: Ints = field(default_factory=_none)
    ordinal: Ints = field(default_factory=_none)
    manager: Ints = field(default_factory=_none)
    day: Ints = field(default_factory=_none)
    is_done: Ints = field(default_factory=_none)


@dataclass(frozen=True)
class Needs:
    """Visits that want a day, by site and ordinal; `version` is that of an earlier visit of this name, 0 for none."""

    site: Ints
    ordinal: Ints
    version: Ints

    def __len__(self) -> int:
        return len(self.site)


@dataclass(frozen=True)
class Picture:
    """All that a plan depends on; new visits lie on `days` only."""

    programme: Programme
    days: Ints
    agencies: Agencies
    managers: Managers
    sites: Sites
    kept: Kept
    needs: Needs


@dataclass(frozen=True)
class Proposal:
    """For each need a manager and a day (a number since year 1), or a reason; what is not given is -1."""

    manager: Ints
    day: Ints
    reason: Ints

    @property
    def placed(self) -> Ints:
        """The needs that got a day."""
        return np.flatnonzero(self.manager >= 0)


class Planner(Protocol):
    """Pure: the same picture, the same proposal."""

    def __call__(self, picture: Picture) -> Proposal: ...

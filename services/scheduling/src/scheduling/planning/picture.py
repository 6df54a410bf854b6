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
Flags: TypeAlias = npt.NDArray[np.bool_]
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
    suspended_from: Ints
    suspended_until: Ints


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
    left_on: Ints


@dataclass(frozen=True)
class Sites:
    """Eligible enterprises that are not closed, by id; closed days are pairs of enterprise and day."""

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
    closed_of: Ints = field(default_factory=_none)
    closed_on: Ints = field(default_factory=_none)

    def __len__(self) -> int:
        return len(self.sector)


@dataclass(frozen=True)
class Kept:
    """Visits that stand: done, or scheduled and told to the site; agency and manager NOBODY where they are unknown."""

    site: Ints = field(default_factory=_none)
    ordinal: Ints = field(default_factory=_none)
    agency: Ints = field(default_factory=_none)
    manager: Ints = field(default_factory=_none)
    day: Ints = field(default_factory=_none)
    version: Ints = field(default_factory=_none)
    is_done: Ints = field(default_factory=_none)
    is_pinned: Ints = field(default_factory=_none)

    def __len__(self) -> int:
        return len(self.site)

    def take(self, rows: Ints | Flags) -> "Kept":
        """Only these visits, in this order."""
        return Kept(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Needs:
    """Visits that want a day, by site and ordinal; `version` is that of an earlier visit of this name, 0 for none.

    A need that stands on a day already is freed: scheduled, but the facts do not allow it any more. Where it stands
    is in `agency`, `manager` and `day`; all others have NOBODY there.
    """

    site: Ints
    ordinal: Ints
    version: Ints
    agency: Ints
    manager: Ints
    day: Ints

    def __len__(self) -> int:
        return len(self.site)

    @property
    def is_freed(self) -> Flags:
        """Which of them are scheduled on a day on which they cannot take place."""
        return self.day != NOBODY


@dataclass(frozen=True)
class HandedBack:
    """Sites that an agency has handed back: it does not get them again."""

    site: Ints = field(default_factory=_none)
    agency: Ints = field(default_factory=_none)


@dataclass(frozen=True)
class Picture:
    """All that a plan depends on; new visits lie on `days` only, and what lies up to `today` is not planned any more.

    `dropped` are scheduled visits that the programme does not ask for any more; `released` are visits, as site and
    ordinal, that their own site's reports or wishes have set free.
    """

    programme: Programme
    days: Ints
    agencies: Agencies
    managers: Managers
    sites: Sites
    kept: Kept
    needs: Needs
    today: int = LONG_AGO
    dropped: Kept = field(default_factory=Kept)
    released: Ints = field(default_factory=lambda: np.empty((0, 2), np.int64))
    handed_back: HandedBack = field(default_factory=HandedBack)


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

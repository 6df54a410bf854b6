"""What the planner knows and what it answers: frozen arrays, indices instead of ids, no I/O."""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from hashlib import blake2b
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Reals: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Bits: TypeAlias = npt.NDArray[np.uint64]

NOBODY = -1
SECTORS = ("manufacturing", "construction", "service")
PROVINCES = 32
"""More than there are: a sector and a province are one number, `sector * PROVINCES + province`."""


class Stage(IntEnum):
    """How settled a visit's date is; from PUBLISHED on the enterprise knows it."""

    DRAFT = 0
    PUBLISHED = 1
    DONE = 2
    MISSED = 3
    CANCELLED = 4


class Reason(IntEnum):
    """Why a visit has no date: exactly one for each, in the order in which they are asked."""

    NO_COMPETENT_AGENCY = 0
    WINDOW_TOO_SHORT = 1
    NOBODY_AVAILABLE = 2
    NO_CAPACITY = 3


def key_of(name: str) -> int:
    """A number that is the same for the same name, wherever and whenever asked."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 2


def _no_ints() -> Ints:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Rules:
    """The programme's own numbers; days are places in the calendar of working days."""

    visits: int = 2
    spacing_days: int = 28
    reserve_share: float = 0.0
    first_open_day: int = 0
    risk_weight: float = 1.0


@dataclass(frozen=True)
class Calendar:
    """The working days on which visits may take place, as day numbers since year 1, ascending."""

    dates: Ints

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def weekdays(self) -> Ints:
        return (self.dates + 6) % 7

    @property
    def weekdays_since(self) -> Ints:
        """How many days from Monday to Friday lie before each, since year 1: the same in every calendar."""
        weeks, day = np.divmod(self.dates - 1, 7)
        return weeks * 5 + np.minimum(day, 5)

    def following(self, spacing_days: int) -> Ints:
        """For each day the first day that keeps the spacing; the calendar's length where there is none."""
        return np.searchsorted(self.dates, self.dates + spacing_days).astype(np.int64)

    def preceding(self, spacing_days: int) -> Ints:
        """For each day the last day that keeps the spacing before it; -1 where there is none."""
        return np.searchsorted(self.dates, self.dates - spacing_days, side="right").astype(np.int64) - 1


@dataclass(frozen=True)
class Columns:
    """A table, one array a column."""

    def take(self, rows: Ints | Flags) -> Self:
        """Only these rows, in this order."""
        columns = {name: getattr(self, name)[rows] for name in self.__dataclass_fields__}
        return replace(self, **columns)


@dataclass(frozen=True)
class Sites(Columns):
    """The enterprises: where (km east and north), what, how risky, when open, and how many visits each needs."""

    place: Reals
    sector: Ints
    province: Ints
    risk: Reals
    open_days: Bits
    preferred: Ints
    visits: Ints

    def __len__(self) -> int:
        return len(self.sector)

    @property
    def kind(self) -> Ints:
        """Sector and province as one number."""
        return self.sector * PROVINCES + self.province


@dataclass(frozen=True)
class Agencies:
    """The agencies: where, which sectors and provinces (bit sets; no province bit means everywhere)."""

    place: Reals
    sectors: Ints
    provinces: Ints

    def __len__(self) -> int:
        return len(self.sectors)


@dataclass(frozen=True)
class Managers(Columns):
    """The managers: whose, from where, how many visits a day, and the days on which they may visit at all.

    By its `key` a manager is known in every plan, wherever it stands; unless told otherwise that is its place.
    """

    agency: Ints
    base: Reals
    stops: Ints
    open_days: Bits
    key: Ints = field(default_factory=_no_ints)

    def __post_init__(self) -> None:
        if not len(self.key):
            object.__setattr__(self, "key", np.arange(len(self.agency)))

    def __len__(self) -> int:
        return len(self.agency)


def _no_flags() -> Flags:
    return np.empty(0, np.bool_)


@dataclass(frozen=True)
class Visits(Columns):
    """Visits with a date, column by column; `day` is a place in the calendar, -1 where the date is no working day."""

    site: Ints = field(default_factory=_no_ints)
    ordinal: Ints = field(default_factory=_no_ints)
    manager: Ints = field(default_factory=_no_ints)
    day: Ints = field(default_factory=_no_ints)
    date: Ints = field(default_factory=_no_ints)
    stage: Ints = field(default_factory=_no_ints)
    pinned: Flags = field(default_factory=_no_flags)

    def __len__(self) -> int:
        return len(self.site)


@dataclass(frozen=True)
class Closed:
    """Pairs of an enterprise and an agency that may not serve it, however competent it is."""

    site: Ints = field(default_factory=_no_ints)
    agency: Ints = field(default_factory=_no_ints)


@dataclass(frozen=True)
class Facts:
    """Everything a plan depends on. `kept` visits stay as they are; `drafts` a new plan likes to keep."""

    rules: Rules
    calendar: Calendar
    sites: Sites
    agencies: Agencies
    managers: Managers
    kept: Visits = field(default_factory=Visits)
    drafts: Visits = field(default_factory=Visits)
    closed: Closed = field(default_factory=Closed)


@dataclass(frozen=True)
class Unscheduled:
    """Visits without a date and the one reason of each."""

    site: Ints = field(default_factory=_no_ints)
    ordinal: Ints = field(default_factory=_no_ints)
    reason: Ints = field(default_factory=_no_ints)


@dataclass(frozen=True)
class Plan:
    """The answer: every visit that has a date, and every one that has none."""

    visits: Visits
    unscheduled: Unscheduled
    agency: Ints
    seconds: dict[str, float] = field(default_factory=dict[str, float])

"""The progress document: the figures that the page, the streams and the exports are made of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme year as it was opened."""

    programme_id: UUID
    year: int
    window_from: date
    window_until: date
    target_enterprises: int
    minimum_visits: int
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted, for any part of the country or of the economy."""

    registered: int = 0
    synthetic: int = 0
    closed: int = 0
    eligible: int = 0
    ineligible: int = 0
    targeted: int = 0
    scheduled: int = 0
    visited_once: int = 0
    visited_twice: int = 0
    reached: int = 0
    visits_waiting: int = 0
    visits_completed: int = 0
    visits_missed: int = 0
    visits_cancelled: int = 0
    hazards_found: int = 0
    hazards_removed: int = 0
    high_risk: int = 0
    high_risk_waiting: int = 0
    high_risk_left: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one sector in one province; None where that was not heard yet."""

    province: str | None
    sector: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of a province or of a sector, and its share of its own target."""

    code: str | None
    figures: Figures
    share: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """What happened, or is planned, on one day."""

    day: date
    waiting: int = 0
    completed: int = 0
    missed: int = 0
    visited_once: int = 0
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """A week (ISO 8601); the shares are cumulative and of the national target."""

    week: str
    begins_on: date
    waiting: int
    completed: int
    missed: int
    share_visited_once: float
    share: float


@dataclass(frozen=True, slots=True)
class Agencies:
    """How many agencies applied, how their qualification came out so far, and how many are suspended."""

    applied: int = 0
    qualified: int = 0
    rejected: int = 0
    suspended: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that was published last."""

    published_on: date
    enterprises: int
    visits: int
    unscheduled: int


@dataclass(frozen=True, slots=True)
class Nation:
    """Everything that is counted about a programme, as it was read in one snapshot."""

    programme: Programme | None
    newest_fact_at: datetime | None
    agencies: Agencies
    managers_trained: int
    managers_left: int
    plan: Plan | None
    cells: list[Cell]
    days: list[Day]


@dataclass(frozen=True, slots=True)
class Progress:
    """The document."""

    programme: Programme | None
    newest_fact_at: datetime | None
    nation: Figures
    share: float | None
    agencies: Agencies
    managers_trained: int
    managers_left: int
    plan: Plan | None
    provinces: list[Part] = field(default_factory=list[Part])
    sectors: list[Part] = field(default_factory=list[Part])
    cells: list[Cell] = field(default_factory=list[Cell])
    weeks: list[Week] = field(default_factory=list[Week])

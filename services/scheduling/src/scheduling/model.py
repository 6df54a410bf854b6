"""The nouns of scheduling: programmes, visits, reports, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from events.contracts.scheduling import MissedReason

SEOUL = ZoneInfo("Asia/Seoul")
State = Literal["scheduled", "completed", "missed", "cancelled"]
PlanState = Literal["requested", "planning", "published", "previewed", "refused"]
Outcome = Literal["completed", "missed"]
BooksAfter = Literal["today", "reports"]


@dataclass(frozen=True, slots=True)
class Programme:
    """The numbers and days of a programme that bind its visits."""

    programme_id: UUID
    window_from: date
    window_until: date
    minimum_visits: int
    spacing_days: int
    visits_a_day: int
    training_days: tuple[date, ...]
    holidays_added: tuple[date, ...]
    workdays_added: tuple[date, ...]
    reserve_share: float
    third_visit_from_risk: int | None
    target_enterprises: int = 0
    is_synthetic: bool | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to one enterprise, as it stands."""

    visit_id: UUID
    programme_id: UUID
    enterprise_id: UUID
    ordinal: int
    agency_id: UUID
    manager_id: UUID
    province: str
    visit_on: date
    state: State
    version: int
    reported_on: date | None = None
    risk_after: int | None = None
    wants_day: bool = False
    is_pinned: bool = False

    @property
    def held_on(self) -> date:
        """The day that counts for the spacing: when it took place, or is to."""
        return self.reported_on if self.state == "completed" and self.reported_on else self.visit_on


class Ended(NamedTuple):
    """What a fact tells of a visit that took place, was missed, or is called off."""

    visit_id: UUID
    state: State
    version: int
    reported_on: date | None = None
    risk_after: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a manager says of a visit; `digest` tells whether a report said again says the same."""

    report_id: UUID
    visit_id: UUID
    outcome: Outcome
    on: date
    digest: bytes
    risk_before: int = 0
    risk_after: int = 0
    hazards_found: int = 0
    hazards_removed: int = 0
    reason: MissedReason = "other"


@dataclass(frozen=True, slots=True)
class ManagerDays:
    """A manager of an agency, with the days away and what is booked already."""

    manager_id: UUID
    agency_id: UUID
    visits_a_day: int
    trained_on: date
    licence_until: date | None
    leave_days: frozenset[date]
    booked: dict[date, int]
    suspended_from: date | None = None
    suspended_until: date | None = None
    left_on: date | None = None

    def may_visit(self, day: date) -> bool:
        """Whether the manager visits on a day at all, however many visits there are already."""
        begins, ends = self.suspended_from or date.max, self.suspended_until or date.max
        away = begins <= day <= ends or day >= (self.left_on or date.max) or day in self.leave_days
        return self.trained_on < day <= (self.licence_until or date.max) and not away


@dataclass(frozen=True, slots=True)
class OpenDays:
    """When an enterprise can be visited; bit 0 of the weekdays is Monday."""

    open_from: date | None
    open_until: date | None
    closed_weekdays: int
    closed_days: frozenset[date] = frozenset()

    def allow(self, day: date) -> bool:
        """Whether the enterprise may be visited on a day."""
        if (self.open_from and day < self.open_from) or (self.open_until and day > self.open_until):
            return False
        return day not in self.closed_days and not self.closed_weekdays >> day.weekday() & 1


@dataclass(frozen=True, slots=True)
class Because:
    """A reason in both languages, with a code for programs."""

    code: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as asked for, and what became of it."""

    plan_id: UUID
    programme_id: UUID
    state: PlanState
    requested_at: datetime
    not_before: date | None
    attempt: int
    published_at: datetime | None
    enterprises: int | None
    visits: int | None
    unscheduled: int | None
    seconds: float | None
    reasons: list[dict[str, Any]]
    is_preview: bool = False
    most_moved: int | None = None
    most_dropped: int | None = None
    difference: dict[str, Any] | None = None
    requested_by: str = ""


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """What a plan that is valid comes to; `difference` is what it changes of what was published before."""

    enterprises: int
    visits: int
    unscheduled: int
    seconds: float
    difference: Mapping[str, Any]


def visit_id_of(programme_id: UUID, enterprise_id: UUID, ordinal: int) -> UUID:
    """The name of a visit: the same whenever it is planned again."""
    return uuid5(programme_id, f"{enterprise_id}:{ordinal}")


WishKind = Literal["hand_back", "another_day"]
WishState = Literal["waiting", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an agency or a site asks for; `digest` tells whether the same id asks for the same again."""

    wish_id: UUID
    programme_id: UUID
    kind: WishKind
    enterprise_id: UUID
    visit_id: UUID | None
    agency_id: UUID
    manager_id: UUID | None
    province: str
    days: tuple[date, ...]
    said: str
    digest: bytes
    asked_at: datetime
    asked_by: str
    state: WishState = "waiting"
    plan_id: UUID | None = None
    answered_at: datetime | None = None
    visits: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    reason: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WishAnswer:
    """What became of a wish: the visits as they are now, or why not."""

    wish: Wish
    visits: tuple[Mapping[str, Any], ...] = ()
    because: Because | None = None

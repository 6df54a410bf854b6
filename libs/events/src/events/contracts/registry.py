"""What the registry says: programmes, agencies, managers and enterprises. No personal data leaves it, only ids."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from events.contracts.envelope import Fact

Sector = Literal["manufacturing", "construction", "service"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
IndustryCodeSystem = Literal["KSIC-10", "NTS"]
"""KSIC-10: Korean Standard Industrial Classification, revision 10. NTS: the tax service's six-digit business code."""
SuspensionReason = Literal[
    "serious_accident", "false_reports", "poor_support", "licence_suspended", "own_request", "other"
]


class _ProgrammeState(Fact):
    programme_id: UUID
    year: int
    window_from: date
    window_until: date
    target_enterprises: int
    minimum_visits: int = Field(ge=1)
    spacing_days: int = Field(ge=0, description="least calendar days between two visits to one enterprise")
    visits_a_day: int = Field(ge=1, description="most visits a manager makes in a day")
    training_days: tuple[date, ...]
    holidays_added: tuple[date, ...] = ()
    workdays_added: tuple[date, ...] = ()
    reserve_share: float = Field(default=0.04, description="share of each manager's days kept for no-shows")
    third_visit_from_risk: int | None = None
    is_synthetic: bool = False


class ProgrammeOpened(_ProgrammeState, type="registry.programme.opened.v1", key="programme_id"):
    """A programme year was opened: its window, its target and its limits, all of them data."""


class ProgrammeChanged(_ProgrammeState, type="registry.programme.changed.v1", key="programme_id"):
    """Something about a programme changed in mid-year, such as a temporary holiday; the whole state as it is now."""

    changed_on: date


class AgencyApplied(Fact, type="registry.agency.applied.v1", key="agency_id"):
    """A private accident-prevention agency applied to take part."""

    agency_id: UUID
    programme_id: UUID
    sectors: tuple[Sector, ...]
    provinces: tuple[str, ...] = Field(default=(), description="ISO 3166-2:KR; empty: everywhere")
    latitude: float
    longitude: float
    applied_on: date


class AgencyQualified(Fact, type="registry.agency.qualified.v1", key="agency_id"):
    """An agency passed its qualification inspection: its managers may visit once they are trained."""

    agency_id: UUID
    programme_id: UUID
    sectors: tuple[Sector, ...]
    provinces: tuple[str, ...] = Field(default=(), description="ISO 3166-2:KR; empty: everywhere")
    latitude: float
    longitude: float
    score: float = Field(ge=0, le=100, description="points of the inspection")
    qualified_on: date
    licence_until: date | None = None


class AgencyRejected(Fact, type="registry.agency.rejected.v1", key="agency_id"):
    """An agency did not pass its qualification inspection."""

    agency_id: UUID
    programme_id: UUID
    score: float = Field(ge=0, le=100)
    reasons: tuple[str, ...]
    rejected_on: date


class AgencySuspended(Fact, type="registry.agency.suspended.v1", key="agency_id"):
    """An agency is suspended: nobody of it visits meanwhile. It has one suspension at a time; the newest fact holds."""

    agency_id: UUID
    programme_id: UUID
    suspended_from: date = Field(description="first day without visits")
    suspended_until: date | None = Field(
        default=None, description="last day without visits; null: until it is reinstated"
    )
    reason: SuspensionReason
    decided_on: date


class AgencyReinstated(Fact, type="registry.agency.reinstated.v1", key="agency_id"):
    """An agency's suspension ends early: its managers visit again. On its first day: it never took place."""

    agency_id: UUID
    programme_id: UUID
    reinstated_from: date = Field(description="first day with visits again")


class ManagerTrained(Fact, type="registry.manager.trained.v1", key="manager_id"):
    """A manager attended every training day and may visit from the day after; said again when leave or else changes."""

    manager_id: UUID
    agency_id: UUID
    programme_id: UUID
    latitude: float = Field(description="where the working day begins")
    longitude: float
    visits_a_day: int = Field(ge=1)
    trained_on: date
    leave_days: tuple[date, ...] = Field(default=(), description="days without visits, in order; all there are")


class ManagerLeft(Fact, type="registry.manager.left.v1", key="manager_id"):
    """A trained manager left: no visits from that day on, unless a later ManagerTrained says that they are back."""

    manager_id: UUID
    agency_id: UUID
    programme_id: UUID
    left_on: date = Field(description="first day without visits: the last one with visits is before")


class _EnterpriseState(Fact):
    enterprise_id: UUID
    industry_code: str
    industry_code_system: IndustryCodeSystem
    headcount: int | None = Field(default=None, ge=0)
    contract_value_won: int | None = Field(default=None, ge=0, description="construction: value of the contract, won")
    province: str = Field(description="ISO 3166-2:KR, such as KR-41")
    district: str = Field(description="five digits, legal-district code system (beopjeongdong)")
    latitude: float
    longitude: float
    risk: int | None = Field(default=None, ge=1, le=9, description="frequency x severity, 3x3; 6 and more is high")
    open_from: date | None = Field(default=None, description="construction: first day of the works")
    open_until: date | None = Field(default=None, description="construction: last day of the works")
    closed_weekdays: tuple[Weekday, ...] = ()
    closed_days: tuple[date, ...] = Field(
        default=(), description="days without visits besides, such as a factory's holidays, in order; all there are"
    )
    preferred_weekdays: tuple[Weekday, ...] = ()
    is_synthetic: bool = False


class EnterpriseRegistered(_EnterpriseState, type="registry.enterprise.registered.v1", key="enterprise_id"):
    """An enterprise's worksite entered the register."""

    registered_on: date


class EnterpriseChanged(_EnterpriseState, type="registry.enterprise.changed.v1", key="enterprise_id"):
    """Something about an enterprise changed; the whole state as it is now."""

    changed_on: date


class EnterpriseClosed(Fact, type="registry.enterprise.closed.v1", key="enterprise_id"):
    """An enterprise ceased to be: nobody visits it, unless a later version of its state says that it is open again."""

    enterprise_id: UUID
    closed_on: date

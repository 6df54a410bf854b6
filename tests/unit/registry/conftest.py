"""Small factories of the registry's nouns."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from registry.model.agencies import Agency, Application, Inspection
from registry.model.enterprises import Enterprise, Reading
from registry.model.managers import Enrolment, Manager
from registry.model.programmes import Terms

PROGRAMME, AGENCY, MANAGER, ENTERPRISE = (UUID(int=number) for number in range(1, 5))
Make = Callable[..., Any]


@pytest.fixture
def terms() -> Terms:
    """The programme of the press release."""
    return Terms(
        programme_id=PROGRAMME,
        year=2023,
        window_from=date(2023, 4, 12),
        window_until=date(2023, 12, 29),
        target_enterprises=200_000,
        minimum_visits=2,
        spacing_days=28,
        visits_a_day=4,
        training_days=(date(2023, 4, 4), date(2023, 4, 5), date(2023, 4, 6), date(2023, 4, 11)),
    )


@pytest.fixture
def application() -> Application:
    """An agency's application."""
    return Application(
        agency_id=AGENCY,
        name="합성-가람안전기술원",
        business_number="050-00-20239",
        sectors=("manufacturing", "service"),
        provinces=("KR-41",),
        latitude=37.3,
        longitude=127.0,
        applied_on=date(2023, 1, 9),
    )


@pytest.fixture
def agency(application: Application) -> Agency:
    """An agency that applied."""
    return Agency(application, PROGRAMME, "applied", 1)


@pytest.fixture
def inspection_of() -> Make:
    """`inspection_of(30, 20, 10, 10, day=6)`: points for each criterion."""

    def make(staff: float, delivery: float, accidents: float, equipment: float, day: int = 6) -> Inspection:
        return Inspection(
            agency_id=AGENCY,
            inspected_on=date(2023, 2, day),
            staff_capability=staff,
            earlier_delivery=delivery,
            accident_record=accidents,
            equipment=equipment,
        )

    return make


@pytest.fixture
def enrolment() -> Enrolment:
    """A manager's enrolment."""
    return Enrolment(
        manager_id=MANAGER,
        agency_id=AGENCY,
        name="김가온(합성)",
        phone="010-0000-0001",
        mail="gaon@example.org",
        latitude=37.3,
        longitude=127.0,
        visits_a_day=4,
        leave_days=(date(2023, 8, 2), date(2023, 8, 1), date(2023, 8, 1)),
    )


@pytest.fixture
def manager(enrolment: Enrolment) -> Manager:
    """An enrolled manager."""
    return Manager(enrolment, PROGRAMME, None, 0)


@pytest.fixture
def enterprise() -> Enterprise:
    """A small manufacturer in Suwon."""
    return Enterprise(
        *("합성-가람정밀", "0500020239", "경기도 수원시 합성로 1", "25924", "KSIC-10", 9, None, "KR-41", "41111"),
        *(37.3, 127.0, False, 4, None, None, "mon", (date(2023, 8, 1),), "", True),
    )


@pytest.fixture
def reading_of() -> Make:
    """`reading_of(enterprise, digest=b"1", ...)`: a row that says so."""

    def make(enterprise: Enterprise, **more: Any) -> Reading:
        return Reading(ENTERPRISE, enterprise, None, None, False, None)._replace(**more)

    return make

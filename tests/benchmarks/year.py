"""A synthetic programme year as facts, straight from a seed: what reporting is measured with, and shown with."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
from events.contracts.envelope import Envelope, Fact, Received
from events.contracts.registry import (
    AgencyApplied,
    AgencyQualified,
    AgencyRejected,
    EnterpriseClosed,
    EnterpriseRegistered,
    ManagerTrained,
    ProgrammeOpened,
    Sector,
)
from events.contracts.scheduling import PlanPublished, VisitCompleted, VisitMissed, VisitScheduled
from korea.provinces import PROVINCES

FIRST, LAST = date(2023, 4, 12), date(2023, 12, 29)
TODAY = date(2023, 10, 6)
BEGAN = datetime(2023, 1, 2, tzinfo=UTC)
SECTORS: tuple[Sector, ...] = ("manufacturing", "construction", "service")


def received(fact: Fact, version: int = 1, at: datetime = BEGAN) -> Received[Fact]:
    """A fact as a consumer gets it."""
    fact_id = f"{UUID(fact.subject).int ^ hash_of(fact.type, version):032x}"
    envelope = Envelope(fact_id, fact.type, fact.source, fact.subject, at.isoformat(), version, fact.key, fact_id)
    return Received(fact, envelope)


def hash_of(kind: str, version: int) -> int:
    """A number that keeps facts of one subject apart."""
    return int.from_bytes(f"{kind[-12:]:>12}{version:04d}".encode(), "big")


class Year:
    """One programme year: reproducible from its seed, made while it is read."""

    def __init__(self, enterprises: int, seed: int = 2023, today: date = TODAY) -> None:
        self._dice = random.Random(seed)
        self._count = enterprises
        self._today = today
        self.programme_id = self._id()
        self._agencies = [self._id() for _ in range(max(4, min(312, enterprises // 30)))]
        self._qualified = self._agencies[: len(self._agencies) * 3 // 4]
        self._managers = [
            (self._id(), self._qualified[n % len(self._qualified)]) for n in range(len(self._qualified) * 11 // 3)
        ]

    def _id(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)

    def facts(self) -> Iterator[Received[Fact]]:
        """Every fact, in an order in which they may well come."""
        yield self._opening()
        yield from self._people()
        placed = [self._place() for _ in range(self._count * 108 // 100)]
        yield from self._enterprises(placed)
        yield from self._decisions(placed)
        yield from self._visits([enterprise_id for enterprise_id, _, _ in placed[: self._count]])
        yield from (
            received(EnterpriseClosed(enterprise_id=enterprise_id, closed_on=self._today), 2)
            for enterprise_id, _, _ in placed[:: max(1, self._count // 60)]
        )

    def _opening(self) -> Received[Fact]:
        opened = ProgrammeOpened(
            programme_id=self.programme_id, year=2023, window_from=FIRST, window_until=LAST,
            target_enterprises=self._count, minimum_visits=2, spacing_days=28, visits_a_day=4,
            training_days=(date(2023, 4, 4), date(2023, 4, 5), date(2023, 4, 6), date(2023, 4, 11)), is_synthetic=True,
        )  # fmt: skip
        return received(opened)

    def _people(self) -> Iterator[Received[Fact]]:
        common = {"programme_id": self.programme_id, "latitude": 37.5, "longitude": 127.0}
        for agency_id in self._agencies:
            about = {**common, "agency_id": agency_id, "sectors": SECTORS}
            yield received(AgencyApplied.model_validate({**about, "applied_on": date(2023, 1, 20)}))
            judged = {**about, "score": 71.5, "qualified_on": date(2023, 3, 2)}
            refused = {**about, "score": 41.5, "rejected_on": date(2023, 3, 2), "reasons": ("equipment",)}
            passed = agency_id in self._qualified
            yield received(
                AgencyQualified.model_validate(judged) if passed else AgencyRejected.model_validate(refused), 2
            )
        for manager_id, agency_id in self._managers:
            about = {**common, "manager_id": manager_id, "agency_id": agency_id, "visits_a_day": 4}
            yield received(ManagerTrained.model_validate({**about, "trained_on": date(2023, 4, 11)}))

    def _place(self) -> tuple[UUID, str, Sector]:
        (province,) = self._dice.choices(PROVINCES, [province.share for province in PROVINCES])
        (sector,) = self._dice.choices(SECTORS, (0.3, 0.25, 0.45))
        return self._id(), province.code, sector

    def _enterprises(self, placed: list[tuple[UUID, str, Sector]]) -> Iterator[Received[Fact]]:
        for enterprise_id, province, _ in placed:
            registered = EnterpriseRegistered(
                enterprise_id=enterprise_id, industry_code="C25", industry_code_system="KSIC-10", headcount=7,
                province=province, district="11110", latitude=37.5, longitude=127.0,
                risk=self._dice.choice((1, 2, 3, 4, 6, 9)), is_synthetic=True, registered_on=date(2023, 3, 20),
            )  # fmt: skip
            yield received(registered)

    def _decisions(self, placed: list[tuple[UUID, str, Sector]]) -> Iterator[Received[Fact]]:
        for number, (enterprise_id, province, sector) in enumerate(placed):
            about = {
                "enterprise_id": enterprise_id, "sector": sector, "province": province,
                "reasons": (), "rule_set": "2023", "decided_on": date(2023, 3, 21),
            }  # fmt: skip
            kind = EnterpriseFoundEligible if number < self._count else EnterpriseFoundIneligible
            yield received(kind.model_validate(about))

    def _visits(self, eligible: list[UUID]) -> Iterator[Received[Fact]]:
        half, days = self._count, (LAST - FIRST).days - 130
        plan = {"enterprises": self._count, "visits": self._count * 2, "unscheduled": 0, "published_on": "2023-04-07"}
        yield received(PlanPublished.model_validate({**plan, "plan_id": self._id(), "programme_id": self.programme_id}))
        booked = list[tuple[Mapping[str, object], date]]()
        for number, enterprise_id in enumerate(eligible):
            manager_id, agency_id = self._managers[number % len(self._managers)]
            about = {
                "programme_id": self.programme_id, "enterprise_id": enterprise_id,
                "agency_id": agency_id, "manager_id": manager_id,
            }  # fmt: skip
            first = _workday(FIRST + timedelta(days=days * number // half + self._dice.randrange(14)))
            second = min(LAST, _workday(first + timedelta(days=100 + self._dice.randrange(21))))
            booked += [
                ({**about, "visit_id": self._id(), "ordinal": 1}, first),
                ({**about, "visit_id": self._id(), "ordinal": 2}, second),
            ]
        for visit, day in booked:
            yield received(VisitScheduled.model_validate({**visit, "visit_on": day}))
        for visit, day in booked:
            if day <= self._today:
                yield self._outcome(visit, day)

    def _outcome(self, visit: Mapping[str, object], day: date) -> Received[Fact]:
        at = datetime(day.year, day.month, day.day, 6, self._dice.randrange(60), tzinfo=UTC)
        if self._dice.random() < 0.03:
            reason: Literal["nobody_there"] = "nobody_there"
            return received(VisitMissed.model_validate({**visit, "missed_on": day, "reason": reason}), 2, at)
        found = self._dice.randrange(8)
        before = self._dice.choice((2, 3, 4, 6, 9))
        done = {
            **visit, "visited_on": day, "risk_before": before, "risk_after": max(1, before - self._dice.randrange(6)),
            "hazards_found": found, "hazards_removed": self._dice.randint(found // 2, found),
        }  # fmt: skip
        return received(VisitCompleted.model_validate(done), 2, at)


def _workday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day

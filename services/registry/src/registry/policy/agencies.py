"""Agencies: when an application is news, and how an inspection comes out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from events.contracts.envelope import Announcement
from events.contracts.registry import AgencyApplied, AgencyQualified, AgencyRejected
from registry.model.agencies import Agency, Application, Inspection, Status
from registry.model.programmes import PassRule

CRITERIA_EN = {
    "staff_capability": "staff capability",
    "earlier_delivery": "faithfulness of earlier delivery",
    "accident_record": "own accident record",
    "equipment": "equipment",
}


Refusal = Literal["already_inspected", "other_programme", "too_many_points", "already_qualified", "inspected_before"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """How an inspection came out."""

    status: Status
    score: float
    fact: AgencyQualified | AgencyRejected


def lies_within(said: Application, provinces: Collection[str]) -> bool:
    """Whether an agency is an affair of these provinces alone: by its seat; naming none, by everywhere it works."""
    if said.province:
        return said.province in provinces
    return bool(said.provinces) and set(said.provinces) <= set(provinces)


def applied(said: Application, programme_id: UUID, known: Agency | None, forgotten: int = 0) -> Agency | Refusal | None:
    """The agency as it is after an application; None when that says nothing new, or why it cannot be taken.

    `forgotten` is the version that one had reached who is not known any more.
    """
    if known is None:
        return Agency(said, programme_id, "applied", forgotten + 1)
    if known.programme_id != programme_id:
        return "other_programme"
    if known.application == said:
        return None
    return (
        Agency(said, programme_id, "applied", known.version + 1) if known.status == "applied" else "already_inspected"
    )


def application_fact(agency: Agency, today: date, occurred_at: datetime) -> Announcement:
    """The fact that an agency applied, or that its application was corrected."""
    said = agency.application
    fact = AgencyApplied(
        agency_id=said.agency_id,
        programme_id=agency.programme_id,
        sectors=said.sectors,
        provinces=said.provinces,
        latitude=said.latitude,
        longitude=said.longitude,
        applied_on=said.applied_on or today,
    )
    return Announcement(fact, agency.version, occurred_at)


def inspected(
    agency: Agency, said: Inspection, rule: PassRule, before: tuple[Inspection, ...]
) -> Inspected | Refusal | None:
    """How an inspection comes out; None when it stands in the register just so, or why it cannot be taken.

    A rejected agency may be inspected again on a later day; one that qualified has done with inspections.
    """
    if said in before:
        return None
    most = rule.most_points.by_criterion()
    if any(points > most[criterion] for criterion, points in said.by_criterion().items()):
        return "too_many_points"
    if agency.status == "qualified":
        return "already_qualified"
    if any(said.inspected_on <= earlier.inspected_on for earlier in before):
        return "inspected_before"
    score = sum(said.by_criterion().values())
    return _qualified(agency, said, score) if score >= rule.pass_mark else _rejected(agency, said, score, rule)


def _qualified(agency: Agency, said: Inspection, score: float) -> Inspected:
    application = agency.application
    fact = AgencyQualified(
        agency_id=said.agency_id,
        programme_id=agency.programme_id,
        sectors=application.sectors,
        provinces=application.provinces,
        latitude=application.latitude,
        longitude=application.longitude,
        score=score,
        qualified_on=said.inspected_on,
        licence_until=application.licence_until,
    )
    return Inspected("qualified", score, fact)


def _rejected(agency: Agency, said: Inspection, score: float, rule: PassRule) -> Inspected:
    most = rule.most_points.by_criterion()
    points = {name: f"{CRITERIA_EN[name]}: {had:g} of {most[name]:g}" for name, had in said.by_criterion().items()}
    weak = [points[name] for name, had in said.by_criterion().items() if had * 100 < most[name] * rule.pass_mark]
    fact = AgencyRejected(
        agency_id=said.agency_id,
        programme_id=agency.programme_id,
        score=score,
        reasons=(f"{score:g} points; {rule.pass_mark:g} make a pass", *weak),
        rejected_on=said.inspected_on,
    )
    return Inspected("rejected", score, fact)

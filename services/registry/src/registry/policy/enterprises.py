"""Enterprises: what a row of a file changes in the register, and what is said of it.

A file decides about the columns that it has; of those that it lacks, the register keeps what it knows. So the pension
service's list and the agencies' own can be imported in turn, month after month.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from events.contracts.envelope import Announcement
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from registry.model.enterprises import Enterprise, Form, Known, Reading

Outcome = Literal["registered", "changed", "closed", "unchanged", "unknown_closed"]
Place = Callable[[str, str], tuple[float, float]]
"""A place inside a district (its code), the same for the same key."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from: its form, and which of an enterprise's fields it has columns for."""

    form: Form
    says: frozenset[str]
    on: date
    """The day of what it says, where its rows name none."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one row comes to; without an enterprise nothing is written, without an announcement nothing said."""

    enterprise_id: UUID
    outcome: Outcome
    known: Known
    enterprise: Enterprise | None = None
    announcement: Announcement | None = None


NEVER_SEEN = Known(0, False, None, None)


def is_the_same_again(reading: Reading, known: Known | None, form: Form) -> bool:
    """Whether a row is what its source said last, about an enterprise that is open."""
    return known is not None and not known.is_closed and known.digest(form) == reading.digest


def decide(
    reading: Reading, stored: tuple[Known, Enterprise] | None, source: Source, occurred_at: datetime, place: Place
) -> Step:
    """What a row of an open enterprise changes."""
    known, before = stored or (NEVER_SEEN, None)
    after = _placed(reading, before, source.says, place)
    is_same = after == before and not known.is_closed
    version = known.version if is_same else known.version + 1
    seen = _seen(known, version, reading.digest, source.form)
    if is_same:
        return Step(reading.enterprise_id, "unchanged", seen, after)
    outcome: Outcome = "registered" if before is None else "changed"
    said_on = (reading.registered_on if before is None else reading.changed_on) or source.on
    announcement = Announcement(_fact(reading.enterprise_id, after, outcome, said_on), version, occurred_at)
    return Step(reading.enterprise_id, outcome, seen, after, announcement)


def close(enterprise_id: UUID, known: Known | None, closed_on: date, occurred_at: datetime) -> Step:
    """What a row of a closed enterprise changes; one that the register never knew is not taken up to be closed."""
    if known is None:
        return Step(enterprise_id, "unknown_closed", NEVER_SEEN)
    if known.is_closed:
        return Step(enterprise_id, "unchanged", known)
    fact = EnterpriseClosed(enterprise_id=enterprise_id, closed_on=closed_on)
    after = known._replace(version=known.version + 1, is_closed=True)
    return Step(enterprise_id, "closed", after, None, Announcement(fact, after.version, occurred_at))


def _placed(reading: Reading, before: Enterprise | None, says: frozenset[str], place: Place) -> Enterprise:
    """The enterprise with what the file lacks kept, and with a place."""
    after = reading.enterprise
    if before is not None:
        kept: Mapping[str, object] = {name: getattr(before, name) for name in Enterprise._fields if name not in says}
        after = after._replace(**kept)  # pyright: ignore[reportArgumentType] - each field takes what the same field held
    has_moved = before is not None and after.district != before.district and "latitude" not in says
    if after.latitude is None or has_moved:
        latitude, longitude = place(after.district, str(reading.enterprise_id))
        after = after._replace(latitude=latitude, longitude=longitude, is_placed=True)
    return after


def _seen(known: Known, version: int, digest: bytes, form: Form) -> Known:
    if form == "template":
        return Known(version, False, digest, known.pension_digest)
    return Known(version, False, known.template_digest, digest)


def _fact(
    enterprise_id: UUID, state: Enterprise, outcome: Outcome, on: date
) -> EnterpriseRegistered | EnterpriseChanged:
    said = {
        "enterprise_id": enterprise_id,
        "industry_code": state.industry_code,
        "industry_code_system": state.industry_code_system,
        "headcount": state.headcount,
        "contract_value_won": state.contract_value_won,
        "province": state.province,
        "district": state.district,
        "latitude": state.latitude,
        "longitude": state.longitude,
        "risk": state.risk,
        "open_from": state.open_from,
        "open_until": state.open_until,
        "closed_weekdays": _weekdays(state.closed_weekdays),
        "closed_days": state.closed_days,
        "preferred_weekdays": _weekdays(state.preferred_weekdays),
        "is_synthetic": state.is_synthetic,
    }
    if outcome == "registered":
        return EnterpriseRegistered.model_validate({**said, "registered_on": on})
    return EnterpriseChanged.model_validate({**said, "changed_on": on})


def _weekdays(listed: str) -> tuple[str, ...]:
    return tuple(listed.split("|")) if listed else ()

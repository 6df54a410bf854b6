"""A plan as arrays: its visits, and what it leaves unscheduled."""

from dataclasses import dataclass, fields

import pyarrow as pa
import pyarrow.compute as pc

from scheduling.verifier import cell_reasons
from scheduling.verifier.cells import NEVER, BadCell, Bools, Column, Days, Sheet, indices
from scheduling.verifier.facts import Facts
from scheduling.verifier.folders import PlanTables

STAGES = ("draft", "published", "done", "missed", "cancelled")
DRAFT, PUBLISHED, DONE = 0, 1, 2
REASONS = ("no_competent_agency", "window_too_short", "nobody_available", "no_capacity")


@dataclass(frozen=True)
class Visits:
    """One entry a visit; `enterprise`, `agency` and `manager` are rows of the facts, -1 where they know none."""

    row: Days
    visit_id: Column
    enterprise_id: Column
    agency_id: Column
    manager_id: Column
    enterprise: Days
    agency: Days
    manager: Days
    ordinal: Days
    day: Days
    stage: Days
    pinned: Bools

    def __len__(self) -> int:
        return len(self.row)

    def where(self, mask: Bools) -> "Visits":
        kept = {f.name: getattr(self, f.name) for f in fields(self)}
        return Visits(**{n: v.filter(pa.array(mask)) if isinstance(v, pa.Array) else v[mask] for n, v in kept.items()})

    @property
    def is_live(self) -> Bools:
        """A visit that was missed or cancelled is remembered, and counts for nothing."""
        return self.stage <= DONE

    @property
    def is_history(self) -> Bools:
        """What was done is no longer planned: later facts do not undo it."""
        return self.stage == DONE

    @property
    def is_known(self) -> Bools:
        return (self.enterprise >= 0) & (self.agency >= 0) & (self.manager >= 0)


@dataclass(frozen=True)
class Unscheduled:
    """One entry a visit that the plan does not make."""

    row: Days
    enterprise_id: Column
    enterprise: Days
    ordinal: Days
    reason: Column

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Plan:
    visits: Visits
    unscheduled: Unscheduled
    unreadable: tuple[BadCell, ...]


def build(tables: PlanTables, facts: Facts) -> Plan:
    visits, unscheduled = Sheet("visits", tables.visits), Sheet("unscheduled", tables.unscheduled)
    read = _visits(visits, facts)
    left = _unscheduled(unscheduled, facts)
    return Plan(read.where(visits.readable()), left, tuple(visits.bad + unscheduled.bad))


def _visits(sheet: Sheet, facts: Facts) -> Visits:
    who = {name: sheet.required(name) for name in ("visit_id", "enterprise_id", "agency_id", "manager_id")}
    day = sheet.days("visit_on", NEVER)
    sheet.refuse("visit_on", day == NEVER, cell_reasons.EMPTY)
    return Visits(
        row=sheet.rows,
        **who,
        enterprise=indices(who["enterprise_id"], facts.enterprises.ids),
        agency=indices(who["agency_id"], facts.agencies.ids),
        manager=indices(who["manager_id"], facts.managers.ids),
        ordinal=_ordinal(sheet),
        day=day,
        stage=sheet.coded("stage", STAGES),
        pinned=_pinned(sheet),
    )


def _ordinal(sheet: Sheet) -> Days:
    ordinal = sheet.whole("ordinal", 0)
    sheet.refuse("ordinal", (ordinal < 1) | (ordinal > 99), cell_reasons.NO_ORDINAL)
    return ordinal


def _pinned(sheet: Sheet) -> Bools:
    """True or false, in any case; an empty cell is false."""
    said = pc.call_function("utf8_lower", [sheet.text("pinned")]).fill_null("false")
    place = indices(said, pa.array(("false", "true")))
    sheet.refuse("pinned", place < 0, cell_reasons.NO_FLAG)
    return place == 1


def _unscheduled(sheet: Sheet, facts: Facts) -> Unscheduled:
    enterprise, ordinal = sheet.required("enterprise_id"), _ordinal(sheet)
    reason, readable = sheet.text("reason"), sheet.readable()
    kept = pa.array(readable)
    return Unscheduled(
        row=sheet.rows[readable],
        enterprise_id=enterprise.filter(kept),
        enterprise=indices(enterprise, facts.enterprises.ids)[readable],
        ordinal=ordinal[readable],
        reason=reason.filter(kept),
    )

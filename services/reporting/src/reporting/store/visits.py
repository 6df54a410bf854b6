"""Remembers visits: when each is planned, by whom, and how it came out."""

from collections.abc import Sequence
from typing import Any

from events.contracts.envelope import Received
from events.contracts.scheduling import VisitCancelled, VisitCompleted, VisitMissed, VisitScheduled
from events.transport.db import Connection
from reporting.store.columns import columns

_WHO = ("visit_id", "programme_id", "enterprise_id", "ordinal", "agency_id", "manager_id")

# Who makes a visit is as the newest fact says it, whether that is of the plan or of the outcome.
_NEWEST_WHO = """
    agency_id = case when excluded.version > known.version then excluded.agency_id else known.agency_id end,
    manager_id = case when excluded.version > known.version then excluded.manager_id else known.manager_id end,
    version = greatest(excluded.version, known.version)
"""
_PLANNED = f"""
    insert into visit as known (version, visit_id, programme_id, enterprise_id, ordinal, agency_id, manager_id,
                                visit_on, planned_version)
    select distinct on (id) heard.*, version from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::uuid[],
        $5::smallint[], $6::uuid[], $7::uuid[], $8::date[]) heard(version, id) order by id, version desc
    on conflict (visit_id) do update set
        planned_version = excluded.planned_version, visit_on = excluded.visit_on, {_NEWEST_WHO}
    where known.planned_version is null or excluded.planned_version > known.planned_version
"""  # noqa: S608 - our own text above
_OUTCOME = f"""
    insert into visit as known (version, visit_id, programme_id, enterprise_id, ordinal, agency_id, manager_id,
                                outcome_on, outcome, risk_before, risk_after, hazards_found, hazards_removed,
                                outcome_version)
    select distinct on (id) heard.*, version from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::uuid[],
        $5::smallint[], $6::uuid[], $7::uuid[], $8::date[], $9::text[], $10::smallint[], $11::smallint[],
        $12::integer[], $13::integer[]) heard(version, id) order by id, version desc
    on conflict (visit_id) do update set
        outcome_version = excluded.outcome_version, outcome = excluded.outcome, outcome_on = excluded.outcome_on,
        risk_before = excluded.risk_before, risk_after = excluded.risk_after,
        hazards_found = excluded.hazards_found, hazards_removed = excluded.hazards_removed, {_NEWEST_WHO}
    where known.outcome_version is null or excluded.outcome_version > known.outcome_version
"""  # noqa: S608 - our own text above


async def remember_planned(db: Connection, batch: Sequence[Received[VisitScheduled]]) -> None:
    """On which day, and by whom, visits are to be made."""
    await db.execute(_PLANNED, *columns(batch, *_WHO, "visit_on"))


async def remember_completed(db: Connection, batch: Sequence[Received[VisitCompleted]]) -> None:
    """Visits that were made, and what was found and removed."""
    found = ("risk_before", "risk_after", "hazards_found", "hazards_removed")
    version, *who_and_when, before, after, hazards, removed = columns(batch, *_WHO, "visited_on", *found)
    await db.execute(_OUTCOME, version, *who_and_when, ["completed"] * len(batch), before, after, hazards, removed)


async def remember_missed(db: Connection, batch: Sequence[Received[VisitMissed]]) -> None:
    """Visits that did not take place."""
    await _remember_undone(db, "missed", columns(batch, *_WHO, "missed_on"))


async def remember_cancelled(db: Connection, batch: Sequence[Received[VisitCancelled]]) -> None:
    """Visits that will not take place."""
    await _remember_undone(db, "cancelled", columns(batch, *_WHO, "cancelled_on"))


async def _remember_undone(db: Connection, outcome: str, known: list[list[Any]]) -> None:
    nothing = [None] * len(known[0])
    await db.execute(_OUTCOME, *known, [outcome] * len(nothing), nothing, nothing, nothing, nothing)

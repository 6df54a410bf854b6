"""Remembers visits, and sums up for each enterprise what its visits come to."""

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
_SUM_UP = """
    insert into attendance as known (programme_id, enterprise_id, scheduled, missed, cancelled, completed,
                                     completed_on, hazards_found, hazards_removed, risk_left)
    select programme_id, enterprise_id,
        count(*) filter (where state = 'scheduled'),
        count(*) filter (where state = 'missed'),
        count(*) filter (where state = 'cancelled'),
        count(*) filter (where state = 'completed'),
        coalesce(array_agg(outcome_on order by outcome_on) filter (where state = 'completed'), '{}'),
        coalesce(sum(hazards_found) filter (where state = 'completed'), 0),
        coalesce(sum(hazards_removed) filter (where state = 'completed'), 0),
        (array_agg(risk_after order by outcome_on desc, ordinal desc, visit_id)
            filter (where state = 'completed'))[1]
    from visit where enterprise_id = any($1::uuid[])
    group by programme_id, enterprise_id order by programme_id, enterprise_id
    on conflict (programme_id, enterprise_id) do update set
        scheduled = excluded.scheduled, missed = excluded.missed, cancelled = excluded.cancelled,
        completed = excluded.completed, completed_on = excluded.completed_on,
        hazards_found = excluded.hazards_found, hazards_removed = excluded.hazards_removed,
        risk_left = excluded.risk_left
"""


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


async def sum_up(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Count again the visits of the enterprises that these facts are about."""
    await db.execute(_SUM_UP, list({received.fact.enterprise_id for received in batch}))

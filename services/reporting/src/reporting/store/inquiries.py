"""Answers single questions: how one agency is doing, and whether the read model agrees with the log."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from events.transport.db import Pool
from reporting.store.ledger import facts_by_type

_STATES = """
    select 'programmes' what, count(*) from programme
    union all select 'agencies_applied', count(*) from agency
    union all select 'agencies_qualified', count(*) from agency where state = 'qualified'
    union all select 'agencies_rejected', count(*) from agency where state = 'rejected'
    union all select 'managers_trained', count(*) from manager
    union all select 'plans_published', count(*) from plan
    union all (
        select unnest(array['enterprises_registered', 'enterprises_closed', 'eligible', 'ineligible', 'undecided']),
            unnest(array[count(state_version), count(*) filter (where is_closed), count(*) filter (where is_eligible),
                         count(*) filter (where not is_eligible), count(*) filter (where is_eligible is null)])
        from enterprise)
    union all (
        select unnest(array['visits_scheduled', 'visits_waiting', 'visits_completed', 'visits_missed',
                            'visits_cancelled', 'hazards_found', 'hazards_removed']),
            unnest(array[count(planned_version), count(*) filter (where state = 'scheduled'),
                count(*) filter (where state = 'completed'), count(*) filter (where state = 'missed'),
                count(*) filter (where state = 'cancelled'),
                coalesce(sum(hazards_found) filter (where state = 'completed'), 0),
                coalesce(sum(hazards_removed) filter (where state = 'completed'), 0)])
        from visit)
    union all (
        select unnest(array['enterprises_visited_once', 'enterprises_visited_twice']),
            unnest(array[count(*) filter (where completed > 0), count(*) filter (where completed > 1)])
        from (select sum(cardinality(completed_on)) completed from attendance group by enterprise_id) visited)
"""
_AGENCY = """
    select a.agency_id, a.programme_id, a.state,
        (select count(*) from manager m where m.agency_id = a.agency_id) managers_trained, v.*
    from agency a, lateral (
        select count(*) filter (where state = 'scheduled') visits_waiting,
            count(*) filter (where state = 'completed') visits_completed,
            count(*) filter (where state = 'missed') visits_missed,
            count(*) filter (where state = 'cancelled') visits_cancelled,
            count(distinct enterprise_id) filter (where state in ('scheduled', 'completed')) enterprises,
            count(distinct enterprise_id) filter (where state = 'completed') enterprises_visited,
            coalesce(sum(hazards_found) filter (where state = 'completed'), 0) hazards_found,
            coalesce(sum(hazards_removed) filter (where state = 'completed'), 0) hazards_removed,
            min(visit_on) filter (where state = 'scheduled') next_visit_on
        from visit where visit.agency_id = a.agency_id and visit.programme_id = a.programme_id
            and ($2::text[] is null or exists (
                select from enterprise e where e.enterprise_id = visit.enterprise_id and e.place = any($2)))) v
    where a.agency_id = $1
"""


async def reconciliation(pool: Pool) -> dict[str, dict[str, int]]:
    """Exact counts: of the facts heard, by type, and of what they come to, by state; of one snapshot."""
    async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
        facts = await facts_by_type(db)
        return {"facts": facts, "states": {row["what"]: row["count"] for row in await db.fetch(_STATES)}}


async def agency(pool: Pool, agency_id: UUID, provinces: Sequence[str] | None) -> Mapping[str, Any] | None:
    """How one agency's visits stand, in some provinces or in all; None for an agency never heard of."""
    row = await pool.fetchrow(_AGENCY, agency_id, provinces)
    return dict(row) if row else None

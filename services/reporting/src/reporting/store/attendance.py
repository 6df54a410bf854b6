"""Sums up each enterprise's visits, and keeps the counters of the nation by what that changes."""

from collections.abc import Sequence
from typing import Any

from events.contracts.envelope import Received
from events.transport.db import Connection
from reporting.store.changes import MOVED, SHARD, added

# Locked in key order, and made if unknown: whoever changes the enterprise meanwhile waits, and then sees these visits.
_HOLD = """
    insert into enterprise as known (enterprise_id) select id from unnest($1::uuid[]) id order by id
    on conflict (enterprise_id) do update set enterprise_id = known.enterprise_id where false
"""
_COUNTED = added(
    "attendance_count",
    ("programme_id", "place", "sector", "is_target", "is_high_risk", "completed"),
    ("enterprises", "scheduled", "waiting", "missed", "cancelled", "hazards_found", "hazards_removed", "risk_left"),
    f"""
    select {SHARD}, programme_id, coalesce(place, ''), coalesce(sector, ''), is_target, is_high_risk,
        cardinality(completed_on) completed, sum(sign),
        sum(sign) filter (where cardinality(completed_on) + cardinality(waiting_on) > 0),
        sum(sign * cardinality(waiting_on)), sum(sign * cardinality(missed_on)), sum(sign * cancelled),
        sum(sign * hazards_found), sum(sign * hazards_removed), sum(sign) filter (where is_target and risk_left >= 6)
    from moved group by programme_id, place, sector, is_target, is_high_risk, completed
    """,  # noqa: S608 - our own text
)
_DAYS_COUNTED = added(
    "day_count",
    ("programme_id", "day", "what", "nth"),
    ("amount",),
    f"""
    select {SHARD}, programme_id, day, what, nth, sum(sign) from (
        select sign, programme_id, unnest(waiting_on) as day, 'waiting' as what, 0 as nth from moved
        union all select sign, programme_id, unnest(missed_on), 'missed', 0 from moved
        union all select sign, programme_id, day, 'completed', nth
                  from moved, unnest(completed_on) with ordinality made(day, nth)
    ) days group by programme_id, day, what, nth having sum(sign) <> 0
    """,  # noqa: S608 - our own text
)
_SUM_UP = f"""
    with changed as (
        insert into attendance as known (enterprise_id, programme_id, place, sector, is_target, is_high_risk,
            waiting_on, missed_on, completed_on, cancelled, hazards_found, hazards_removed, risk_left)
        select v.enterprise_id, programme_id, place, sector, is_target, is_high_risk,
            coalesce(array_agg(visit_on order by visit_on) filter (where state = 'scheduled'), '{{}}'),
            coalesce(array_agg(outcome_on order by outcome_on) filter (where state = 'missed'), '{{}}'),
            coalesce(array_agg(outcome_on order by outcome_on) filter (where state = 'completed'), '{{}}'),
            count(*) filter (where state = 'cancelled'),
            coalesce(sum(hazards_found) filter (where state = 'completed'), 0),
            coalesce(sum(hazards_removed) filter (where state = 'completed'), 0),
            (array_agg(risk_after order by outcome_on desc, ordinal desc, visit_id)
                filter (where state = 'completed'))[1]
        from visit v join enterprise e using (enterprise_id)
        where enterprise_id = any($1::uuid[])
        group by e.enterprise_id, v.enterprise_id, programme_id order by 1, 2
        on conflict (enterprise_id, programme_id) do update set
            place = excluded.place, sector = excluded.sector,
            is_target = excluded.is_target, is_high_risk = excluded.is_high_risk,
            waiting_on = excluded.waiting_on, missed_on = excluded.missed_on, completed_on = excluded.completed_on,
            cancelled = excluded.cancelled, hazards_found = excluded.hazards_found,
            hazards_removed = excluded.hazards_removed, risk_left = excluded.risk_left
        returning old, new
    ), {MOVED}, counted as ({_COUNTED}) {_DAYS_COUNTED}
"""  # noqa: S608 - our own text
_PLACE = f"""
    with changed as (
        update attendance a set place = e.place, sector = e.sector,
            is_target = e.is_target, is_high_risk = e.is_high_risk
        from enterprise e
        where e.enterprise_id = a.enterprise_id and a.enterprise_id = any($1::uuid[])
            and (e.place, e.sector, e.is_target, e.is_high_risk)
                is distinct from (a.place, a.sector, a.is_target, a.is_high_risk)
        returning old, new
    ), {MOVED} {_COUNTED}
"""  # noqa: S608 - our own text


async def sum_up(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Count again the visits of the enterprises that these facts are about."""
    enterprises = list({received.fact.enterprise_id for received in batch})
    await db.execute(_HOLD, enterprises)
    await db.execute(_SUM_UP, enterprises)


async def place(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Count the visits of the enterprises that these facts are about where the enterprises now belong."""
    await db.execute(_PLACE, list({received.fact.enterprise_id for received in batch}))

"""Counts a programme: cell by cell, day by day, in one snapshot of the database."""

from uuid import UUID

from events.transport.db import Connection, Pool
from reporting.model import Agencies, Cell, Day, Figures, Nation, Plan, Programme
from reporting.store.ledger import pulse

HIGH_RISK = 6  # frequency x severity on the ministry's 3x3 scale: 6 to 9 is high

_CELLS = f"""
    select coalesce(e.province, e.decided_province) province, e.sector,
        count(e.state_version) registered,
        count(*) filter (where e.is_closed) closed,
        count(*) filter (where e.is_eligible) eligible,
        count(*) filter (where not e.is_eligible) ineligible,
        count(*) filter (where (e.is_eligible and not e.is_closed) or a.completed > 0) targeted,
        count(*) filter (where a.scheduled + a.completed > 0) scheduled,
        count(*) filter (where a.completed > 0) visited_once,
        count(*) filter (where a.completed > 1) visited_twice,
        count(*) filter (where a.completed >= $2) reached,
        coalesce(sum(a.scheduled), 0) visits_waiting,
        coalesce(sum(a.completed), 0) visits_completed,
        coalesce(sum(a.missed), 0) visits_missed,
        coalesce(sum(a.cancelled), 0) visits_cancelled,
        coalesce(sum(a.hazards_found), 0) hazards_found,
        coalesce(sum(a.hazards_removed), 0) hazards_removed,
        count(*) filter (where e.risk >= {HIGH_RISK} and e.is_eligible and not e.is_closed) high_risk,
        count(*) filter (where e.risk >= {HIGH_RISK} and e.is_eligible and not e.is_closed
                           and coalesce(a.completed, 0) = 0) high_risk_waiting,
        count(*) filter (where a.risk_left >= {HIGH_RISK} and e.is_closed is not true) high_risk_left
    from enterprise e full join (select * from attendance where programme_id = $1) a using (enterprise_id)
    group by 1, 2
"""  # noqa: S608 - a number of ours
_DAYS = """
    select day, sum(waiting)::integer, sum(completed)::integer, sum(missed)::integer,
           sum(visited_once)::integer, sum(reached)::integer
    from (
        select case state when 'scheduled' then visit_on else outcome_on end,
            count(*) filter (where state = 'scheduled'),
            count(*) filter (where state = 'completed'),
            count(*) filter (where state = 'missed'), 0, 0
        from visit where programme_id = $1 and state <> 'cancelled' group by 1
        union all
        select completed_on[1], 0, 0, 0, count(*), 0
        from attendance where programme_id = $1 and completed > 0 group by 1
        union all
        select completed_on[$2], 0, 0, 0, 0, count(*)
        from attendance where programme_id = $1 and completed >= $2 group by 1
    ) counted(day, waiting, completed, missed, visited_once, reached)
    group by day order by day
"""
_PROGRAMMES = """
    select programme_id, year, window_from, window_until, target_enterprises, minimum_visits, is_synthetic
    from programme
"""
_AGENCIES = """
    select count(*) applied,
        count(*) filter (where state = 'qualified') qualified,
        count(*) filter (where state = 'rejected') rejected
    from agency where programme_id = $1
"""


async def nation(pool: Pool, programme_id: UUID | None) -> Nation:
    """Everything about a programme (the newest one, if none is named), counted in one snapshot."""
    async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
        programme = await _programme(db, programme_id)
        known = programme.programme_id if programme else None
        return Nation(
            programme=programme,
            newest_fact_at=(await pulse(db)).newest_at,
            agencies=Agencies(**(await db.fetch(_AGENCIES, known))[0]),
            managers_trained=await db.fetchval("select count(*) from manager where programme_id = $1", known),
            plan=await _plan(db, known),
            cells=await _cells(db, known, programme.minimum_visits if programme else 1),
            days=await _days(db, known, programme.minimum_visits if programme else 1),
        )


async def programmes(db: Connection | Pool) -> list[Programme]:
    """The programmes heard of, the newest first."""
    return [Programme(**row) for row in await db.fetch(f"{_PROGRAMMES} order by year desc, programme_id")]


async def _programme(db: Connection, programme_id: UUID | None) -> Programme | None:
    row = await db.fetchrow(
        f"{_PROGRAMMES} where $1::uuid is null or programme_id = $1 order by year desc, programme_id limit 1",
        programme_id,
    )
    return Programme(**row) if row else None


async def _plan(db: Connection, programme_id: UUID | None) -> Plan | None:
    row = await db.fetchrow(
        "select published_on, enterprises, visits, unscheduled from plan where programme_id = $1 "
        "order by published_on desc, plan_id limit 1",
        programme_id,
    )
    return Plan(**row) if row else None


async def _cells(db: Connection, programme_id: UUID | None, minimum_visits: int) -> list[Cell]:
    rows = await db.fetch(_CELLS, programme_id, minimum_visits)
    return [Cell(row["province"], row["sector"], Figures(**dict(list(row.items())[2:]))) for row in rows]


async def _days(db: Connection, programme_id: UUID | None, minimum_visits: int) -> list[Day]:
    return [Day(*row) for row in await db.fetch(_DAYS, programme_id, minimum_visits)]

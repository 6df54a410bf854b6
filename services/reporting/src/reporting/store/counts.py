"""Reads the counters of a programme: cell by cell, day by day, in one snapshot of the database."""

from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from events.transport.db import Connection, Pool
from reporting.model import Agencies, Cell, Day, Figures, Nation, Plan, Programme
from reporting.store import mid_year
from reporting.store.ledger import pulse

SEOUL = ZoneInfo("Asia/Seoul")

_CELLS = """
    with known as (
        select place, sector, sum(registered) registered, sum(synthetic) synthetic, sum(closed) closed,
            sum(eligible) eligible, sum(ineligible) ineligible, sum(targeted) targeted, sum(high_risk) high_risk
        from enterprise_count group by place, sector
    ), seen as (
        select place, sector, sum(scheduled) scheduled,
            sum(enterprises) filter (where completed > 0 and not is_target) visited_besides,
            sum(enterprises) filter (where completed > 0) visited_once,
            sum(enterprises) filter (where completed > 1) visited_twice,
            sum(enterprises) filter (where completed >= $2) reached,
            sum(waiting) visits_waiting, sum(enterprises * completed) visits_completed,
            sum(missed) visits_missed, sum(cancelled) visits_cancelled,
            sum(hazards_found) hazards_found, sum(hazards_removed) hazards_removed,
            sum(enterprises) filter (where completed > 0 and is_target and is_high_risk) high_risk_visited,
            sum(risk_left) high_risk_left
        from attendance_count where programme_id = $1 group by place, sector
    )
    select nullif(place, '') province, nullif(sector, '') sector, registered, synthetic, closed, eligible, ineligible,
        coalesce(targeted, 0) + coalesce(visited_besides, 0) targeted, scheduled, visited_once, visited_twice, reached,
        visits_waiting, visits_completed, visits_missed, visits_cancelled, hazards_found, hazards_removed,
        high_risk, coalesce(high_risk, 0) - coalesce(high_risk_visited, 0) high_risk_waiting, high_risk_left
    from known full join seen using (place, sector)
"""
_DAYS = """
    select day,
        sum(amount) filter (where what = 'waiting') waiting,
        sum(amount) filter (where what = 'completed') completed,
        sum(amount) filter (where what = 'missed') missed,
        sum(amount) filter (where what = 'completed' and nth = 1) visited_once,
        sum(amount) filter (where what = 'completed' and nth = $2) reached
    from (select day, what, nth, sum(amount) amount from day_count where programme_id = $1
          group by day, what, nth having sum(amount) <> 0) counted
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
        newest_at = (await pulse(db)).newest_at
        today = newest_at.astimezone(SEOUL).date() if newest_at else None  # the clock would make each rebuild differ
        return Nation(
            programme=programme,
            newest_fact_at=newest_at,
            agencies=Agencies(
                **(await db.fetch(_AGENCIES, known))[0], suspended=await mid_year.suspended_on(db, known, today)
            ),
            managers_trained=await db.fetchval("select count(*) from manager where programme_id = $1", known),
            managers_left=await mid_year.gone_on(db, known, today),
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
    cells = [Cell(row["province"], row["sector"], Figures(**_amounts(row, 2))) for row in rows]
    return [cell for cell in cells if cell.figures != Figures()]


async def _days(db: Connection, programme_id: UUID | None, minimum_visits: int) -> list[Day]:
    rows = await db.fetch(_DAYS, programme_id, minimum_visits)
    return [Day(row["day"], **_amounts(row, 1)) for row in rows]


def _amounts(row: asyncpg.Record, after: int) -> dict[str, int]:
    return {name: int(amount or 0) for name, amount in list(row.items())[after:]}

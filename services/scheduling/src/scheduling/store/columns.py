"""Reading a whole nation into columns: through a cursor, so that it never stands in memory row by row."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

from events.transport.db import Connection

CHUNK = 10_000
_AGENCIES = """
    select agency_id, latitude, longitude, sectors, provinces, qualified_on, licence_until,
           suspended_from, suspended_until
    from agency_now where programme_id = $1 order by agency_id
"""
_MANAGERS = """
    select manager_id, agency_id, latitude, longitude, visits_a_day, trained_on, leave_days, left_on
    from manager_now where programme_id = $1 and agency_id in (select agency_id from agency where programme_id = $1)
    order by manager_id
"""
_SITES = """
    select uuid_send(enterprise_id), e.latitude, e.longitude, d.sector, e.province, coalesce(e.risk, 0),
           e.open_from - date '0001-01-01' + 1, e.open_until - date '0001-01-01' + 1,
           e.closed_weekdays, e.preferred_weekdays, e.closed_days
    from enterprise e join decision d using (enterprise_id)
    where d.is_eligible and d.sector is not null
      and not exists (select from closure c where c.enterprise_id = e.enterprise_id and c.version > e.version)
    order by enterprise_id
"""
_VISITS = """
    select uuid_send(enterprise_id), ordinal, agency_id, manager_id,
           case when state = 'completed' then reported_on else visit_on end - date '0001-01-01' + 1,
           state, version, coalesce(risk_after, 0), is_pinned
    from visit where programme_id = $1 order by enterprise_id, ordinal
"""
_HANDED_BACK = "select uuid_send(enterprise_id), agency_id from handed_back where programme_id = $1"


async def agencies(db: Connection, programme_id: UUID) -> list[Any]:
    return await db.fetch(_AGENCIES, programme_id)


async def managers(db: Connection, programme_id: UUID) -> list[Any]:
    return await db.fetch(_MANAGERS, programme_id)


async def sites(db: Connection) -> AsyncIterator[list[Any]]:
    """Chunks of the enterprises that may be visited, by id; to be read within a transaction."""
    cursor = await db.cursor(_SITES)
    while chunk := await cursor.fetch(CHUNK):
        yield chunk


async def visits(db: Connection, programme_id: UUID) -> AsyncIterator[list[Any]]:
    """Chunks of a programme's visits, by enterprise and ordinal; to be read within a transaction."""
    cursor = await db.cursor(_VISITS, programme_id)
    while chunk := await cursor.fetch(CHUNK):
        yield chunk


async def handed_back(db: Connection, programme_id: UUID) -> list[Any]:
    return await db.fetch(_HANDED_BACK, programme_id)


async def last_reported_on(db: Connection, programme_id: UUID) -> date | None:
    return await db.fetchval("select reported_on from last_report where programme_id = $1", programme_id)

"""Remembers what changes in mid-year, suspensions and departures, and counts those that hold on a day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from events.contracts.envelope import Received
from events.contracts.registry import AgencyReinstated, AgencySuspended, ManagerLeft
from events.transport.db import Connection
from reporting.store.columns import columns

_SUSPENDED = """
    insert into suspension as known (suspended_version, agency_id, programme_id, suspended_from, suspended_until)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::date[], $5::date[])
        heard(version, id) order by id, version desc
    on conflict (agency_id) do update set suspended_version = excluded.suspended_version,
        suspended_from = excluded.suspended_from, suspended_until = excluded.suspended_until
    where excluded.suspended_version > coalesce(known.suspended_version, 0)
"""
_REINSTATED = """
    insert into suspension as known (reinstated_version, agency_id, programme_id, reinstated_from)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::date[]) heard(version, id)
    order by id, version desc
    on conflict (agency_id) do update set
        reinstated_version = excluded.reinstated_version, reinstated_from = excluded.reinstated_from
    where excluded.reinstated_version > coalesce(known.reinstated_version, 0)
"""
_LEFT = """
    insert into departure as known (version, manager_id, programme_id, left_on)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::date[]) heard(version, id)
    order by id, version desc
    on conflict (manager_id) do update set version = excluded.version, left_on = excluded.left_on
    where excluded.version > known.version
"""


async def remember_suspended(db: Connection, batch: Sequence[Received[AgencySuspended]]) -> None:
    """Suspensions, the newest of each agency."""
    fields = ("programme_id", "suspended_from", "suspended_until")
    await db.execute(_SUSPENDED, *columns(batch, "agency_id", *fields))


async def remember_reinstated(db: Connection, batch: Sequence[Received[AgencyReinstated]]) -> None:
    """From when agencies may visit again."""
    await db.execute(_REINSTATED, *columns(batch, "agency_id", "programme_id", "reinstated_from"))


async def remember_left(db: Connection, batch: Sequence[Received[ManagerLeft]]) -> None:
    """Managers who left."""
    await db.execute(_LEFT, *columns(batch, "manager_id", "programme_id", "left_on"))


async def suspended_on(db: Connection, programme_id: UUID | None, day: date | None) -> int:
    """How many agencies are suspended on a day, as far as is known."""
    return await db.fetchval(
        "select count(*) from suspension where programme_id = $1 and suspended_from <= $2 "
        "and coalesce(suspended_until >= $2, true) "
        "and not coalesce(reinstated_version > suspended_version and reinstated_from <= $2, false)",
        programme_id,
        day,
    )


async def gone_on(db: Connection, programme_id: UUID | None, day: date | None) -> int:
    """How many managers have left by a day; a newer version of a manager's state says that they are back."""
    return await db.fetchval(
        "select count(*) from departure d left join manager m using (manager_id) "
        "where d.programme_id = $1 and left_on <= $2 and d.version > coalesce(m.version, 0)",
        programme_id,
        day,
    )

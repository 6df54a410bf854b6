"""Safety managers and their attendance in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from events.transport.db import Connection
from registry.model.managers import Attendance, Enrolment, Manager
from registry.store.agencies import Bounds, within

_FIELDS = (
    "manager_id, agency_id, name, phone, mail, latitude, longitude, visits_a_day, leave_days, is_synthetic, "
    "trained_on, version, left_on"
)
_WHOSE = (
    "($1::text is null or agency_id = $1::uuid) and ($3::text is null or manager_id = $3::uuid) and "  # noqa: S608 - our own texts
    f"($2::text[] is null or agency_id in (select agency_id from agency where {within(2)}))"
)


async def load(db: Connection, ids: Sequence[UUID]) -> dict[UUID, Manager]:
    """The managers of those ids."""
    rows = await db.fetch(
        "select m.*, a.programme_id from manager m join agency a using (agency_id) where manager_id = any($1)",
        ids,
    )
    return {row["manager_id"]: _manager(row) for row in rows}


async def save(db: Connection, managers: Sequence[Manager]) -> None:
    """Keep managers as they are now."""
    await db.executemany(
        f"insert into manager ({_FIELDS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "  # noqa: S608 - our own column names
        "on conflict (manager_id) do update set name = excluded.name, phone = excluded.phone, mail = excluded.mail, "
        "latitude = excluded.latitude, longitude = excluded.longitude, visits_a_day = excluded.visits_a_day, "
        "leave_days = excluded.leave_days, is_synthetic = excluded.is_synthetic, trained_on = excluded.trained_on, "
        "version = excluded.version, left_on = excluded.left_on",
        [_row(manager) for manager in sorted(managers, key=lambda manager: manager.enrolment.manager_id)],
    )


async def attend(db: Connection, said: Sequence[Attendance]) -> None:
    """Keep who was there when; what is said last holds."""
    await db.execute(
        "insert into attendance (manager_id, day, is_attended) "
        "select * from unnest($1::uuid[], $2::date[], $3::bool[]) "
        "on conflict (manager_id, day) do update set is_attended = excluded.is_attended",
        [one.manager_id for one in said],
        [one.day for one in said],
        [one.attended for one in said],
    )


async def attended(db: Connection, ids: Sequence[UUID]) -> dict[UUID, set[date]]:
    """The days on which managers were there."""
    rows = await db.fetch(
        "select manager_id, array_agg(day) days from attendance where is_attended and manager_id = any($1) "
        "group by manager_id",
        ids,
    )
    return {row["manager_id"]: set(row["days"]) for row in rows}


async def page(db: Connection, whose: Bounds, after: UUID, limit: int) -> list[dict[str, Any]]:
    """Managers in the order of their ids, within bounds."""
    rows = await db.fetch(
        f"select {_FIELDS} from manager where {_WHOSE} and manager_id > $4 order by manager_id limit $5",  # noqa: S608 - our own texts
        *(whose.agency_id, whose.provinces, whose.manager_id, after, limit),
    )
    return [dict(row) for row in rows]


async def counts(db: Connection, whose: Bounds) -> dict[str, int]:
    """How many managers are enrolled, trained and gone again, within the same bounds as the rows."""
    row = await db.fetchrow(
        "select count(*) enrolled, count(trained_on) trained, count(left_on) departed "  # noqa: S608 - our own texts
        f"from manager where {_WHOSE}",
        *(whose.agency_id, whose.provinces, whose.manager_id),
    )
    return dict(row) if row else {}


def _manager(row: asyncpg.Record) -> Manager:
    enrolment = Enrolment.model_validate({**dict(row), "synthetic": row["is_synthetic"]})
    return Manager(enrolment, row["programme_id"], row["trained_on"], row["version"], row["left_on"])


def _row(manager: Manager) -> tuple[object, ...]:
    said = manager.enrolment
    return (
        *(said.manager_id, said.agency_id, said.name, said.phone, said.mail, said.latitude, said.longitude),
        *(said.visits_a_day, said.leave_days, said.synthetic, manager.trained_on, manager.version),
        manager.left_on,
    )

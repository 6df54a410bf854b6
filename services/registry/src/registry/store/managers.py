"""Safety managers and their attendance in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from events.transport.db import Connection
from registry.model.managers import Attendance, Enrolment, Manager

_FIELDS = (
    "manager_id, agency_id, name, phone, mail, latitude, longitude, visits_a_day, leave_days, is_synthetic, "
    "trained_on, version, left_on"
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


async def page(
    db: Connection, *, agency_id: str | None, own: str | None, after: UUID, limit: int
) -> list[dict[str, Any]]:
    """Managers in the order of their ids: all, one agency's, or one's own row."""
    rows = await db.fetch(
        f"select {_FIELDS} from manager where manager_id > $1 and ($2::text is null or agency_id = $2::uuid) "  # noqa: S608 - our own column names
        "and ($3::text is null or manager_id = $3::uuid) order by manager_id limit $4",
        after,
        agency_id,
        own,
        limit,
    )
    return [dict(row) for row in rows]


async def counts(db: Connection, agency_id: str | None, own: str | None) -> dict[str, int]:
    """How many managers are enrolled, trained and gone again, within the same bounds as the rows."""
    row = await db.fetchrow(
        "select count(*) enrolled, count(trained_on) trained, count(left_on) departed from manager "
        "where ($1::text is null or agency_id = $1::uuid) and ($2::text is null or manager_id = $2::uuid)",
        agency_id,
        own,
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

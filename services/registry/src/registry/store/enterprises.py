"""Enterprises in the database, by thousands."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from events.transport.db import Connection
from registry.model.enterprises import Enterprise, Known

Kept = tuple[UUID, Known, Enterprise]
STATE = Enterprise._fields
KNOWN = Known._fields
COLUMNS = ("enterprise_id", *STATE, *KNOWN)
_SHOWN = ", ".join(("enterprise_id", *STATE, "version", "is_closed"))
_NEW = ", ".join(f"{column} = arriving.{column}" for column in COLUMNS[1:])


async def known(db: Connection, ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What is held of enterprises, as far as it takes to see whether a row is news."""
    rows = await db.fetch(
        f"select enterprise_id, {', '.join(KNOWN)} from unnest($1::uuid[]) enterprise_id join enterprise using (enterprise_id)",  # noqa: E501, S608 - our own column names
        ids,
    )
    return {row[0]: Known(*row[1:]) for row in rows}


async def provinces(db: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """In which province each enterprise is held to lie."""
    rows = await db.fetch("select enterprise_id, province from enterprise where enterprise_id = any($1)", ids)
    return {row["enterprise_id"]: row["province"] for row in rows}


async def states(db: Connection, ids: Sequence[UUID]) -> dict[UUID, Enterprise]:
    """Everything that is known of enterprises."""
    rows = await db.fetch(
        f"select enterprise_id, {', '.join(STATE)} from enterprise where enterprise_id = any($1)",  # noqa: S608 - our own column names
        ids,
    )
    return {row[0]: _state(row[1:]) for row in rows}


async def add(db: Connection, kept: Iterable[Kept]) -> None:
    """Take up enterprises that were never there."""
    await db.copy_records_to_table("enterprise", columns=COLUMNS, records=map(_row, kept))


async def replace(db: Connection, kept: Iterable[Kept]) -> None:
    """Keep enterprises as they are now."""
    await db.execute("create temporary table if not exists arriving (like enterprise) on commit delete rows")
    await db.copy_records_to_table("arriving", columns=COLUMNS, records=map(_row, kept))
    await db.execute(
        f"update enterprise set {_NEW} from arriving where enterprise.enterprise_id = arriving.enterprise_id"  # noqa: S608 - our own column names
    )


async def close(db: Connection, closed: Sequence[tuple[UUID, int]]) -> None:
    """Mark enterprises as closed, with their new version."""
    await db.execute(
        "update enterprise set is_closed = true, version = said.version "
        "from unnest($1::uuid[], $2::integer[]) said (enterprise_id, version) "
        "where enterprise.enterprise_id = said.enterprise_id",
        [enterprise_id for enterprise_id, _ in closed],
        [version for _, version in closed],
    )


async def find(db: Connection, enterprise_id: UUID) -> dict[str, Any] | None:
    """One enterprise."""
    row = await db.fetchrow(f"select {_SHOWN} from enterprise where enterprise_id = $1", enterprise_id)  # noqa: S608 - our own column names
    return dict(row) if row else None


async def page(db: Connection, *, provinces: Sequence[str] | None, after: UUID, limit: int) -> list[dict[str, Any]]:
    """Enterprises in the order of their ids, of some provinces or of all."""
    rows = await db.fetch(
        f"select {_SHOWN} from enterprise where enterprise_id > $1 and ($2::text[] is null or province = any($2)) "  # noqa: S608 - our own column names
        "order by enterprise_id limit $3",
        after,
        provinces,
        limit,
    )
    return [dict(row) for row in rows]


async def counts(db: Connection, provinces: Sequence[str] | None) -> list[dict[str, Any]]:
    """How many enterprises are open and closed, province by province."""
    rows = await db.fetch(
        "select province, count(*) filter (where not is_closed) open, count(*) filter (where is_closed) closed "
        "from enterprise where $1::text[] is null or province = any($1) group by province order by province",
        provinces,
    )
    return [dict(row) for row in rows]


def _state(columns: Sequence[Any]) -> Enterprise:
    state = Enterprise(*columns)
    return state._replace(closed_days=tuple(state.closed_days))


def _row(kept: Kept) -> tuple[object, ...]:
    enterprise_id, known, state = kept
    return (enterprise_id, *state, *known)

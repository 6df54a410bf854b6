"""Programmes in the database."""

from datetime import datetime
from uuid import UUID

from events.transport.db import Connection
from registry.model.programmes import Programme, Terms


async def add(db: Connection, terms: Terms, opened_at: datetime) -> bool:
    """Keep a programme; false when there is one of that id."""
    added = await db.fetchval(
        "insert into programme (programme_id, terms, standing, opened_at) values ($1, $2, $2, $3) "
        "on conflict do nothing returning true",
        terms.programme_id,
        terms.model_dump_json(),
        opened_at,
    )
    return added is True


async def complete(db: Connection, terms: Terms) -> bool:
    """Of a programme that was read back, learn from its file what no fact tells; false when it is not such a one."""
    completed = await db.fetchval(
        "update programme set terms = $2, is_read_back = false, standing = standing || jsonb_build_object("
        "'inspection', $2::jsonb -> 'inspection', 'opened_on', $2::jsonb -> 'opened_on') "
        "where programme_id = $1 and is_read_back "
        "and terms - 'inspection' - 'opened_on' = $2::jsonb - 'inspection' - 'opened_on' returning true",
        terms.programme_id,
        terms.model_dump_json(),
    )
    return completed is True


async def opened_as(db: Connection, programme_id: UUID) -> Terms | None:
    """The programme of that id as it was opened, whatever has changed since."""
    terms = await db.fetchval("select terms from programme where programme_id = $1", programme_id)
    return Terms.model_validate_json(terms) if terms else None


async def find(db: Connection, programme_id: UUID) -> Terms | None:
    """The programme of that id as it stands now."""
    terms = await db.fetchval("select standing from programme where programme_id = $1", programme_id)
    return Terms.model_validate_json(terms) if terms else None


async def held(db: Connection, programme_id: UUID) -> Programme | None:
    """The programme of that id, held until the transaction ends, so that changes come one after another."""
    row = await db.fetchrow("select standing, version from programme where programme_id = $1 for update", programme_id)
    return Programme(Terms.model_validate_json(row["standing"]), row["version"]) if row else None


async def save(db: Connection, programme: Programme) -> None:
    """Keep a programme as it stands after a change."""
    await db.execute(
        "update programme set standing = $2, version = $3 where programme_id = $1",
        programme.terms.programme_id,
        programme.terms.model_dump_json(),
        programme.version,
    )


async def every(db: Connection) -> list[Terms]:
    """All programmes as they stand now, the newest first."""
    rows = await db.fetch("select standing from programme order by standing ->> 'year' desc, programme_id")
    return [Terms.model_validate_json(row["standing"]) for row in rows]

"""Programmes in the database."""

from datetime import datetime
from uuid import UUID

from events.transport.db import Connection
from registry.model.programmes import Terms


async def add(db: Connection, terms: Terms, opened_at: datetime) -> bool:
    """Keep a programme; false when there is one of that id."""
    added = await db.fetchval(
        "insert into programme (programme_id, terms, opened_at) values ($1, $2, $3) "
        "on conflict do nothing returning true",
        terms.programme_id,
        terms.model_dump_json(),
        opened_at,
    )
    return added is True


async def find(db: Connection, programme_id: UUID) -> Terms | None:
    """The programme of that id."""
    terms = await db.fetchval("select terms from programme where programme_id = $1", programme_id)
    return Terms.model_validate_json(terms) if terms else None


async def every(db: Connection) -> list[Terms]:
    """All programmes, the newest first."""
    rows = await db.fetch("select terms from programme order by terms ->> 'year' desc, programme_id")
    return [Terms.model_validate_json(row["terms"]) for row in rows]

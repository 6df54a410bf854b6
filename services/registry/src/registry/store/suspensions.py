"""Suspensions in the database."""

from collections.abc import Sequence
from uuid import UUID

from events.transport.db import Connection
from registry.model.suspensions import Suspension

_FIELDS = "agency_id, suspended_from, suspended_until, reason, decided_on, reinstated_from, version"


async def of_agency(db: Connection, agency_id: UUID) -> Sequence[Suspension]:
    """An agency's suspensions, the newest last."""
    rows = await db.fetch(f"select {_FIELDS} from suspension where agency_id = $1 order by version", agency_id)  # noqa: S608 - our own column names
    return [Suspension(*row) for row in rows]


async def save(db: Connection, suspension: Suspension) -> None:
    """Keep a suspension as it is now; one that begins on the same day is the same."""
    await db.execute(
        f"insert into suspension ({_FIELDS}) values ($1, $2, $3, $4, $5, $6, $7) "  # noqa: S608 - our own column names
        "on conflict (agency_id, suspended_from) do update set suspended_until = excluded.suspended_until, "
        "reason = excluded.reason, decided_on = excluded.decided_on, reinstated_from = excluded.reinstated_from, "
        "version = excluded.version",
        *(suspension.agency_id, suspension.suspended_from, suspension.suspended_until, suspension.reason),
        *(suspension.decided_on, suspension.reinstated_from, suspension.version),
    )

"""Imports in the database: how far each is, what it came to, and which rows it refused."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.transport.db import Connection, Pool


@dataclass(frozen=True, slots=True)
class Started:
    """An import as it begins."""

    import_id: UUID
    kind: str
    form: str
    encoding: str
    header: Sequence[str]
    ignored_columns: Sequence[str]
    is_dry_run: bool
    started_by: str
    bytes_expected: int | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken, with the reason for its sender."""

    number: int
    columns: str
    reason_ko: str
    reason_en: str
    raw: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    bytes_read: int
    rows_read: int
    rows_refused: int
    outcomes: Mapping[str, int]


async def begin(pool: Pool, started: Started, at: datetime) -> bool:
    """Keep a new import; the same that did not come to its end begins again. False where the id is another's."""
    async with pool.acquire() as db, db.transaction():
        await db.execute(
            "delete from import where import_id = $1 and finished_at is null "
            "and (kind, is_dry_run, started_by) = ($2, $3, $4)",
            *(started.import_id, started.kind, started.is_dry_run, started.started_by),
        )
        done = await db.execute(
            "insert into import (import_id, kind, form, encoding, header, ignored_columns, is_dry_run, started_by, "
            "bytes_expected, started_at, moved_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) "
            "on conflict (import_id) do nothing",
            *(started.import_id, started.kind, started.form, started.encoding, started.header),
            *(started.ignored_columns, started.is_dry_run, started.started_by, started.bytes_expected, at),
        )
    return done == "INSERT 0 1"


async def take_time(db: Connection) -> None:
    """Let this transaction's batch be thought about longer than a consumer's may be: the machine may be busy."""
    await db.execute("set local idle_in_transaction_session_timeout = '50s'")


async def move(db: Connection, import_id: UUID, progress: Progress, at: datetime) -> None:
    """Keep how far an import is."""
    await db.execute(
        "update import set bytes_read = $2, rows_read = $3, rows_refused = $4, outcomes = $5, moved_at = $6 "
        "where import_id = $1",
        import_id,
        progress.bytes_read,
        progress.rows_read,
        progress.rows_refused,
        json.dumps(dict(progress.outcomes)),
        at,
    )


async def refuse(db: Connection, import_id: UUID, refused: Sequence[RefusedRow]) -> None:
    """Keep rows that were not taken."""
    await db.copy_records_to_table(
        "refused_row",
        columns=("import_id", "row_number", "columns", "reason_ko", "reason_en", "raw"),
        records=[(import_id, row.number, row.columns, row.reason_ko, row.reason_en, row.raw) for row in refused],
    )


async def finish(pool: Pool, import_id: UUID, at: datetime) -> None:
    """An import came to its end."""
    await pool.execute("update import set finished_at = $2, moved_at = $2 where import_id = $1", import_id, at)


async def interrupt(pool: Pool, import_id: UUID) -> None:
    """An import broke off; sent again, it goes on."""
    await pool.execute("update import set is_interrupted = true where import_id = $1", import_id)


async def find(pool: Pool, import_id: UUID) -> dict[str, Any] | None:
    """One import."""
    row = await pool.fetchrow("select * from import where import_id = $1", import_id)
    return {**row, "outcomes": json.loads(row["outcomes"])} if row else None


async def newest(pool: Pool, started_by: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest imports, of one sender or of all."""
    rows = await pool.fetch(
        "select * from import where $1::text is null or started_by = $1 order by started_at desc limit $2",
        started_by,
        limit,
    )
    return [{**row, "outcomes": json.loads(row["outcomes"])} for row in rows]


async def refused(pool: Pool, import_id: UUID) -> AsyncGenerator[RefusedRow]:
    """The rows that an import refused, in their order, a page at a time."""
    last = 0
    while True:
        rows = await pool.fetch(
            "select row_number, columns, reason_ko, reason_en, raw from refused_row "
            "where import_id = $1 and row_number > $2 order by row_number limit 1000",
            import_id,
            last,
        )
        for row in rows:
            yield RefusedRow(*row)
        if not rows:
            return
        last = rows[-1]["row_number"]

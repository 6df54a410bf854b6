"""Imports in the database: how far each is, what it came to, and which rows it refused."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from events.transport.db import Connection, Pool


class Sender(NamedTuple):
    """Whose an import is: nobody else sees it or sends it again, whoever bears the same name."""

    name: str
    agency_id: str | None
    provinces: tuple[str, ...]


class Run(NamedTuple):
    """One sending of an import; sent again it has a later one, and an older one writes nothing any more."""

    import_id: UUID
    number: int


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
    sender: Sender
    bytes_expected: int | None

    def is_again(self, found: Mapping[str, Any]) -> bool:
        """Whether an import that was found under this id is this one."""
        this = {"kind": self.kind, "is_dry_run": self.is_dry_run, "sender": self.sender}
        return this.items() <= found.items()


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


_BEGIN = """
    insert into import as kept (import_id, kind, form, encoding, header, ignored_columns, is_dry_run, started_by,
                                agency_id, provinces, bytes_expected, started_at, moved_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
    on conflict (import_id) do update set
        run = kept.run + 1, form = excluded.form, encoding = excluded.encoding, header = excluded.header,
        ignored_columns = excluded.ignored_columns, bytes_expected = excluded.bytes_expected,
        started_at = excluded.started_at, moved_at = excluded.moved_at, is_interrupted = false,
        bytes_read = 0, rows_read = 0, rows_refused = 0, outcomes = '{}'
    where kept.finished_at is null
      and (kept.kind, kept.is_dry_run, kept.started_by, kept.agency_id, kept.provinces) is not distinct from
          (excluded.kind, excluded.is_dry_run, excluded.started_by, excluded.agency_id, excluded.provinces)
    returning run
"""


async def begin(pool: Pool, started: Started, at: datetime) -> Run | None:
    """The run of a new import, or the next one of the same that did not come to its end; None where there is none."""
    async with pool.acquire() as db, db.transaction():
        number = await db.fetchval(
            _BEGIN,
            *(started.import_id, started.kind, started.form, started.encoding, started.header),
            *(started.ignored_columns, started.is_dry_run, *started.sender, started.bytes_expected, at),
        )
        if number is None:
            return None
        await db.execute("delete from refused_row where import_id = $1", started.import_id)
    return Run(started.import_id, number)


async def take_time(db: Connection) -> None:
    """Let this transaction's batch be thought about longer than a consumer's may be: the machine may be busy."""
    await db.execute("set local idle_in_transaction_session_timeout = '50s'")


async def move(db: Connection, run: Run, progress: Progress, at: datetime) -> bool:
    """Keep how far an import is; false where a later run has begun, and this one must write nothing."""
    done = await db.execute(
        "update import set bytes_read = $3, rows_read = $4, rows_refused = $5, outcomes = $6, moved_at = $7 "
        "where (import_id, run) = ($1, $2)",
        *run,
        progress.bytes_read,
        progress.rows_read,
        progress.rows_refused,
        json.dumps(dict(progress.outcomes)),
        at,
    )
    return done == "UPDATE 1"


async def refuse(db: Connection, import_id: UUID, refused: Sequence[RefusedRow]) -> None:
    """Keep rows that were not taken, in the transaction that has moved their import."""
    await db.copy_records_to_table(
        "refused_row",
        columns=("import_id", "row_number", "columns", "reason_ko", "reason_en", "raw"),
        records=[(import_id, row.number, row.columns, row.reason_ko, row.reason_en, row.raw) for row in refused],
    )


async def finish(pool: Pool, run: Run, digest: bytes, at: datetime) -> bool:
    """An import came to its end, with a body of that digest; false where a later run has begun."""
    done = await pool.execute(
        "update import set finished_at = $3, moved_at = $3, digest = $4 where (import_id, run) = ($1, $2)",
        *(*run, at, digest),
    )
    return done == "UPDATE 1"


async def interrupt(pool: Pool, run: Run) -> None:
    """An import broke off; sent again, it goes on."""
    await pool.execute("update import set is_interrupted = true where (import_id, run) = ($1, $2)", *run)


async def find(pool: Pool, import_id: UUID) -> dict[str, Any] | None:
    """One import."""
    row = await pool.fetchrow("select * from import where import_id = $1", import_id)
    return _found(row) if row else None


async def newest(pool: Pool, sender: Sender | None, limit: int) -> list[dict[str, Any]]:
    """The newest imports, of one sender or of all."""
    rows = await pool.fetch(
        "select * from import where $1::text is null "
        "or (started_by, agency_id, provinces) is not distinct from ($1::text, $2::text, $3::text[]) "
        "order by started_at desc limit $4",
        *(sender or (None, None, None)),
        limit,
    )
    return [_found(row) for row in rows]


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


def _found(row: asyncpg.Record) -> dict[str, Any]:
    sender = Sender(row["started_by"], row["agency_id"], tuple(row["provinces"]))
    return {**row, "sender": sender, "outcomes": json.loads(row["outcomes"])}

"""The outbox: facts are written in the transaction that makes them true, in lanes whose number order is commit order.

A reader that trusts one number loses rows, and one that trusts transaction ids swaps facts of a key; why lanes hold
is in docs/decisions/0002-outbox-in-lanes.md.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from hashlib import sha1

from events.contracts.envelope import FACTS, Announcement
from events.transport.db import Connection, Pool
from events.transport.lanes import LANES, lane_of

LARGEST_PAYLOAD = 900_000
"""Bytes; a fact above it is refused by the transaction that says it, not by the relay, which could only stop."""

_COLUMNS = (
    *("id", "aggregatetype", "aggregateid", "type", "payload", "lane", "epoch"),
    *("source", "subject", "sequence", "time", "correlationid", "causationid", "traceparent"),
)
_LOCKS = 0x414E4A45  # the class of our advisory locks: the letters ANJE
_NAMESPACE = FACTS.bytes

Row = tuple[object, ...]


class PayloadTooLargeError(ValueError):
    """A fact is too large to be sent; split it, or say less in it."""


class Transaction:
    """A database transaction that can announce: what it says is published if, and only if, it commits."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._announced: list[Row] = []
        self._streams: list[Iterable[Announcement]] = []

    def announce(self, announcements: Iterable[Announcement]) -> None:
        """Say facts when this transaction commits, in this order, behind what it says in streams."""
        self._announced.extend(_row(announcement) for announcement in announcements)

    def announce_stream(self, announcements: Iterable[Announcement]) -> None:
        """Say very many facts, made one by one while they are written, so that they never stand in memory together."""
        self._streams.append(announcements)

    def post(self, row: Row) -> None:
        """Put one finished outbox row on its way (dead letters, whose bytes are not a fact's)."""
        self._announced.append(row)

    async def flush(self) -> None:
        """Write the outbox rows; the last thing before the commit, because it takes the lanes' locks."""
        for stream in self._streams:
            await self._stage(stream)
        if self._announced:
            epoch = await _take_lanes(self.db, sorted({int(str(row[5])) for row in self._announced}))
            await _copy(self.db, "outbox", "transport", [(*row[:6], epoch, *row[6:]) for row in self._announced])
        self._announced, self._streams = [], []

    async def _stage(self, stream: Iterable[Announcement]) -> None:
        # Rows are made and sent before the lanes are locked, so that other writers wait for one INSERT only.
        await self.db.execute("create temporary table staged (like transport.outbox) on commit drop")
        await self.db.execute("alter table staged alter number drop not null, alter created_at drop not null")
        await self.db.execute("alter table staged add place bigint generated always as identity")
        await _copy(self.db, "staged", None, ((*row[:6], 0, *row[6:]) for row in map(_row, stream)))
        epoch = await _take_lanes(self.db, list(range(LANES)))
        columns = ", ".join(_COLUMNS)
        values = columns.replace("epoch", "$1")
        await self.db.execute(
            f"insert into transport.outbox ({columns}) select {values} from staged order by place",  # noqa: S608 - our own column names
            epoch,
        )
        await self.db.execute("drop table staged")


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncGenerator[Transaction]:
    """One transaction: effects and announcements commit together, or neither does."""
    async with pool.acquire() as connection, transaction_on(connection) as tx:
        yield tx


@asynccontextmanager
async def transaction_on(connection: Connection) -> AsyncGenerator[Transaction]:
    """The same on a connection of the caller's: nothing commits once that has lost the locks it holds."""
    async with connection.transaction():
        tx = Transaction(connection)
        yield tx
        await tx.flush()


async def _take_lanes(db: Connection, lanes: Sequence[int]) -> int:
    """Lock lanes until the commit, in order, and say which epoch this is.

    The lock is what makes number order commit order: a number is drawn only while its lane is held.
    """
    return await db.fetchval(
        "select transport.epoch() "
        "from (select count(pg_advisory_xact_lock($1, lane)) from unnest($2::integer[]) lane) held",
        _LOCKS,
        lanes,
    )


async def _copy(db: Connection, table: str, schema: str | None, rows: Iterable[Row]) -> None:
    await db.copy_records_to_table(table, schema_name=schema, columns=_COLUMNS, records=rows)


def _id_of(name: str) -> str:
    """`str(Announcement.id)`, three times as fast: version 5 of the name, without an object between."""
    digest = sha1(_NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def _row(announcement: Announcement) -> Row:
    # Written for speed, because imports wait for nothing else so long: each text is made once.
    fact, because, key = announcement.fact, announcement.because, announcement.fact.key
    subject = key if fact.subject_field == fact.key_field else fact.subject
    fact_id = _id_of(f"{fact.type}:{subject}:{announcement.sequence}")
    payload = fact.__pydantic_serializer__.to_json(fact)
    if len(payload) > LARGEST_PAYLOAD:
        raise PayloadTooLargeError(f"{fact.type} about {subject} has {len(payload)} bytes; {LARGEST_PAYLOAD} may be")
    return (
        *(fact_id, fact.topic, key, fact.type, payload, lane_of(key.encode())),
        *(fact.source, subject, str(announcement.sequence)),
        announcement.occurred_at.astimezone(UTC).isoformat(),
        because.correlationid if because else fact_id,
        because.id if because else None,
        because.traceparent if because else None,
    )

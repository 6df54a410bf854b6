"""The ledger of facts heard: each once, however often it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.contracts.envelope import Received
from events.transport.db import Connection, Pool


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far the read model has come; equal as long as nothing was heard in between."""

    batches: int
    newest_at: datetime | None


async def enter(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Enter facts that are not in it yet."""
    await db.execute(
        "insert into heard (fact_id, type) select * from unnest($1::uuid[], $2::text[]) on conflict do nothing",
        [UUID(received.envelope.id) for received in batch],
        [received.envelope.type for received in batch],
    )


async def beat(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Note that facts came, and when the newest of them came about."""
    await db.execute(
        """insert into pulse (shard, occurred_at, batches) values (pg_backend_pid() % 64, $1, 1)
           on conflict (shard) do update set batches = pulse.batches + 1,
               occurred_at = greatest(pulse.occurred_at, excluded.occurred_at)""",
        max(received.envelope.occurred_at for received in batch),
    )


async def pulse(db: Connection | Pool) -> Pulse:
    """How far the read model has come."""
    row = await db.fetchrow("select coalesce(sum(batches), 0)::bigint, max(occurred_at) from pulse")
    return Pulse(*row) if row else Pulse(0, None)


async def facts_by_type(db: Connection | Pool) -> dict[str, int]:
    """How many different facts of each type were heard."""
    rows = await db.fetch("select type, count(*) from heard group by type order by type")
    return {row["type"]: row["count"] for row in rows}

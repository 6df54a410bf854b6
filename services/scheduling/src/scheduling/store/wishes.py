"""Wishes of agencies and sites, from the asking to the answer."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from events.transport.db import Connection, Pool
from scheduling.model import Wish, WishAnswer


async def keep(db: Connection, wish: Wish) -> bool:
    """False when a wish of this id is kept already."""
    done = await db.execute(
        """insert into wish (wish_id, programme_id, kind, enterprise_id, visit_id, agency_id, manager_id, province,
                             days, said, digest, asked_at, asked_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (wish_id) do nothing""",
        *(wish.wish_id, wish.programme_id, wish.kind, wish.enterprise_id, wish.visit_id, wish.agency_id),
        *(wish.manager_id, wish.province, wish.days, wish.said, wish.digest, wish.asked_at, wish.asked_by),
    )
    return done == "INSERT 0 1"


async def find(db: Pool | Connection, wish_id: UUID) -> Wish | None:
    row = await db.fetchrow("select * from wish where wish_id = $1", wish_id)
    return _wish(row) if row else None


async def waiting(db: Connection, programme_id: UUID) -> list[Wish]:
    """In the order in which they were asked."""
    rows = await db.fetch(
        "select * from wish where programme_id = $1 and state = 'waiting' order by asked_at, wish_id", programme_id
    )
    return [_wish(row) for row in rows]


async def answer(db: Connection, plan_id: UUID, answers: Sequence[WishAnswer], at: datetime) -> None:
    await db.execute(
        """update wish w set state = n.state, visits = n.visits::jsonb, reason = n.reason::jsonb, plan_id = $1,
                  answered_at = $2
           from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) n(wish_id, state, visits, reason)
           where w.wish_id = n.wish_id and w.state = 'waiting'""",
        plan_id,
        at,
        [one.wish.wish_id for one in answers],
        ["refused" if one.because else "done" for one in answers],
        [json.dumps(one.visits, default=str) for one in answers],
        [json.dumps(asdict(one.because), ensure_ascii=False) if one.because else None for one in answers],
    )


async def remember_handed_back(db: Connection, wishes: Iterable[Wish]) -> None:
    """Those agencies do not get those enterprises again."""
    await db.executemany(
        "insert into handed_back values ($1, $2, $3) on conflict do nothing",
        [(wish.programme_id, wish.enterprise_id, wish.agency_id) for wish in wishes],
    )


async def handed_back(db: Connection, enterprise_ids: Iterable[UUID]) -> set[tuple[UUID, UUID, UUID]]:
    """Programme, enterprise and agency: which of them do not get these enterprises again."""
    rows = await db.fetch(
        "select programme_id, enterprise_id, agency_id from handed_back where enterprise_id = any($1)",
        list(set(enterprise_ids)),
    )
    return {(row["programme_id"], row["enterprise_id"], row["agency_id"]) for row in rows}


def _wish(row: asyncpg.Record) -> Wish:
    said: dict[str, Any] = {name: row[name] for name in Wish.__dataclass_fields__}
    said["visits"] = json.loads(row["visits"])
    said["reason"] = json.loads(row["reason"]) if row["reason"] else None
    said["days"] = tuple(row["days"])
    return Wish(**said)

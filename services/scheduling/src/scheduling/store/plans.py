"""Plans from their request to their publication; the attempt number fences a planner that lost its lease."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from events.transport.db import Connection, Pool
from scheduling.model import Because, PlanOutcome, PlanRow, Visit
from scheduling.reasons import FAULTS
from scheduling.store.visits import COLUMNS

BOOKING = 0x424F4F4B
"""Advisory lock of whoever gives visits their days: a planner while it lives, a booking for its transaction."""


async def is_nobody_at_work(db: Connection) -> bool:
    """Whether nobody gives out days just now; then nobody else does until this transaction ends."""
    return await db.fetchval("select pg_try_advisory_xact_lock($1)", BOOKING)


_ASK = """
    insert into plan (plan_id, programme_id, state, requested_at, requested_by, not_before, is_preview, most_moved,
                      most_dropped)
    {rows}
    on conflict (programme_id, is_preview, not_before, most_moved, most_dropped) where state = 'requested'
        do update set requested_by = plan.requested_by
    returning plan_id
"""
# The update of nothing locks the request until the commit: it is not taken before what asks for it can be seen.


async def request_plan(db: Connection, plan: PlanRow, requested_by: str) -> UUID:
    """The new plan's id, or that of the one that is asked for in the same terms already."""
    return await db.fetchval(
        _ASK.format(rows="values ($1, $2, 'requested', $3, $4, $5, $6, $7, $8)"),
        plan.plan_id,
        plan.programme_id,
        plan.requested_at,
        requested_by,
        plan.not_before,
        plan.is_preview,
        plan.most_moved,
        plan.most_dropped,
    )


async def request_again(db: Connection, programme_id: UUID, at: datetime, requested_by: str) -> None:
    """Asks for another plan of a programme that has been planned: what changed is planned anew, nothing is begun."""
    await db.execute(
        _ASK.format(
            rows="""select gen_random_uuid(), $1::uuid, 'requested', $2::timestamptz, $3::text, null::date, false,
                           null::integer, null::integer
                    where exists (select from plan where programme_id = $1 and state <> 'refused' and not is_preview)"""
        ),
        programme_id,
        at,
        requested_by,
    )


async def newest(pool: Pool, programme_id: UUID, most: int) -> list[PlanRow]:
    """A programme's plans, the last one asked for first."""
    rows = await pool.fetch(
        "select * from plan where programme_id = $1 order by requested_at desc, plan_id limit $2", programme_id, most
    )
    return [_plan(row) for row in rows]


async def find(pool: Pool | Connection, plan_id: UUID) -> PlanRow | None:
    row = await pool.fetchrow("select * from plan where plan_id = $1", plan_id)
    return _plan(row) if row else None


async def that_stand(db: Connection) -> list[PlanRow]:
    """Each programme's last published plan; of the programme that begins first, or was planned first, before others."""
    rows = await db.fetch(
        """select p.* from programme g
           cross join lateral (select * from plan where programme_id = g.programme_id and state = 'published'
                               order by published_at desc limit 1) p
           cross join lateral (select min(published_at) as at from plan where programme_id = g.programme_id) first
           order by g.window_from, first.at, g.programme_id"""
    )
    return [_plan(row) for row in rows]


async def ask_again(pool: Pool, wait_seconds: float) -> list[UUID]:
    """Asks again for plans refused through a fault of ours, and for those that wishes wait for; of which programmes.

    Later and later while it does not help, at least every six hours. Plans asked for in terms of their own are left to
    whoever asked.
    """
    rows = await pool.fetch(
        """insert into plan (plan_id, programme_id, state, requested_at, requested_by)
           select gen_random_uuid(), l.programme_id, 'requested', clock_timestamp(), 'again ' || l.plan_id
           from (select distinct on (programme_id) * from plan
                 where not is_preview and not_before is null and most_moved is null and most_dropped is null
                 order by programme_id, requested_at desc) l
           cross join lateral (select count(*) n from plan p
                               where p.programme_id = l.programme_id and p.requested_by like 'again %'
                                 and p.requested_at > coalesce((select max(o.published_at) from plan o
                                     where o.programme_id = l.programme_id), '-infinity')) tried
           where l.state in ('published', 'refused')
             and coalesce(l.lease_until, l.requested_at)
                 + make_interval(secs => least(21600, $1 * 2 ^ least(tried.n, 20))) < clock_timestamp()
             and (l.state = 'refused' and exists (
                      select from jsonb_array_elements(l.reasons) r where r ->> 'code' = any($2::text[]))
                  or exists (select from wish w where w.programme_id = l.programme_id and w.state = 'waiting'))
           on conflict do nothing returning programme_id""",
        wait_seconds,
        list(FAULTS),
    )
    return [row["programme_id"] for row in rows]


async def take(pool: Pool, lease_seconds: float) -> PlanRow | None:
    """The next plan asked for, or one whose planner went silent; none where another instance takes one just now."""
    try:
        return await _take(pool, lease_seconds)
    except asyncpg.UniqueViolationError:
        return None


async def _take(pool: Pool, lease_seconds: float) -> PlanRow | None:
    row = await pool.fetchrow(
        """update plan set state = 'planning', attempt = attempt + 1,
                  lease_until = clock_timestamp() + make_interval(secs => $1)
           where plan_id = (
               select plan_id from plan p
               where (state = 'planning' and lease_until < clock_timestamp())
                  or (state = 'requested' and not exists (
                      select from plan o where o.programme_id = p.programme_id and o.state = 'planning'))
               order by state, requested_at for update skip locked limit 1)
           returning *""",
        lease_seconds,
    )
    return _plan(row) if row else None


async def prolong(pool: Pool, plan: PlanRow, lease_seconds: float) -> None:
    await pool.execute(
        """update plan set lease_until = clock_timestamp() + make_interval(secs => $3)
           where plan_id = $1 and attempt = $2 and state = 'planning'""",
        plan.plan_id,
        plan.attempt,
        lease_seconds,
    )


async def give_back(pool: Pool, plan: PlanRow) -> None:
    """The planner ended without an answer: somebody may take the plan at once."""
    await pool.execute(
        "update plan set lease_until = '-infinity' where plan_id = $1 and attempt = $2 and state = 'planning'",
        plan.plan_id,
        plan.attempt,
    )


async def refuse(
    db: Pool | Connection, plan: PlanRow, reasons: Sequence[Because], difference: Mapping[str, Any] | None = None
) -> bool:
    """False when this attempt has lost the plan to another."""
    done = await db.execute(
        """update plan set state = 'refused', reasons = $3, difference = $4
           where plan_id = $1 and attempt = $2 and state = 'planning'""",
        plan.plan_id,
        plan.attempt,
        json.dumps([asdict(reason) for reason in reasons], ensure_ascii=False),
        json.dumps(difference) if difference else None,
    )
    return done == "UPDATE 1"


async def finish(db: Connection, plan: PlanRow, outcome: PlanOutcome, at: datetime) -> bool:
    """Marks the plan as published, or as previewed; False when this attempt has lost it to another."""
    done = await db.execute(
        """update plan set state = case when is_preview then 'previewed' else 'published' end,
                  version = version + 1, published_at = case when is_preview then null else $3::timestamptz end,
                  enterprises = $4, visits = $5, unscheduled = $6, seconds = $7, difference = $8
           where plan_id = $1 and attempt = $2 and state = 'planning'""",
        plan.plan_id,
        plan.attempt,
        at,
        outcome.enterprises,
        outcome.visits,
        outcome.unscheduled,
        outcome.seconds,
        json.dumps(outcome.difference),
    )
    return done == "UPDATE 1"


async def take_time(db: Connection) -> None:
    """A nation's publication takes longer than other transactions may; it is computed while its rows are sent."""
    # A running transaction's timer is not set anew by another value: it has to be stopped and started.
    await db.execute("set local transaction_timeout = 0")
    await db.execute("set local transaction_timeout = '15min'")
    await db.execute("set local idle_in_transaction_session_timeout = '2min'")


async def stamp_published(db: Connection) -> None:
    """Notes, once a publication can be seen, which transactions may still run that could not see it."""
    await db.execute(
        """update plan set sweep_after = pg_snapshot_xmax(pg_current_snapshot())
           where state = 'published' and not is_swept and sweep_after is null"""
    )


async def sweep(db: Connection) -> list[Visit]:
    """Open visits to enterprises that ceased to qualify while their plan was being made; locked.

    Only once every transaction that ran beside the publication has ended: neither could see what the other wrote.
    """
    rows = await db.fetch(
        f"""with swept as (
                update plan set is_swept = true
                where state = 'published' and not is_swept
                  and sweep_after <= pg_snapshot_xmin(pg_current_snapshot()) returning plan_id)
            select {", ".join(f"v.{name}" for name in COLUMNS.split(", "))}
            from visit v
            left join enterprise e on e.enterprise_id = v.enterprise_id
            left join closure c on c.enterprise_id = v.enterprise_id and c.version > coalesce(e.version, 0)
            left join decision d on d.enterprise_id = v.enterprise_id
            where v.plan_id in (select plan_id from swept) and v.state in ('scheduled', 'missed')
              and (c.enterprise_id is not null or not coalesce(d.is_eligible, false))
            order by v.visit_id for update of v"""  # noqa: S608 - our own column names
    )
    return [Visit(**row) for row in rows]


def _plan(row: asyncpg.Record) -> PlanRow:
    said: dict[str, Any] = {name: row[name] for name in PlanRow.__dataclass_fields__}
    said["difference"] = json.loads(row["difference"]) if row["difference"] else None
    return PlanRow(**said | {"reasons": json.loads(row["reasons"])})

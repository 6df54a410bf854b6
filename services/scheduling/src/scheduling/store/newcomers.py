"""Enterprises that came after the plan, until they have days, and the prices by which these are chosen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from events.transport.db import Connection
from scheduling.model import PlanRow

_KNOWN = """
    from newcomer n join enterprise e using (enterprise_id) join decision d using (enterprise_id)
    where d.is_eligible and d.sector is not null
      and not exists (select from closure c where c.enterprise_id = e.enterprise_id and c.version > e.version)
"""
_READY = f"{_KNOWN} and n.left_at is null"


Awaited = Literal["programme", "facts", "days", "plan"]
"""What newcomers wait for: a programme that is planned, to be known well enough, days, the next plan."""


class Waiting(NamedTuple):
    """How many wait for the same, and how long the first of them has."""

    enterprises: int
    longest_seconds: float


class Gathered(NamedTuple):
    """How many are ready; whether the first has waited for others long enough, and whether no more are coming."""

    ready: int
    has_waited: bool
    is_quiet: bool


async def remember(db: Connection, enterprise_ids: Iterable[UUID]) -> None:
    """Those of the enterprises that qualify wait for days; whoever has some is settled before any are given out."""
    await db.execute(
        """insert into newcomer (enterprise_id)
           select enterprise_id from decision where enterprise_id = any($1) and is_eligible
           order by enterprise_id on conflict do nothing""",
        list(set(enterprise_ids)),
    )


async def is_anybody_here(db: Connection) -> bool:
    return await db.fetchval("select exists (select from newcomer)")


async def waiting(db: Connection, *, is_planned: bool) -> dict[Awaited, Waiting]:
    """Who waits, by what for, if there is a plan to come into or if there is none.

    Of those who waited before newcomers were remembered nobody knows how long.
    """
    rows = await db.fetch(
        f"""select case when not $1 then 'programme'
                        when known.enterprise_id is null then 'facts'
                        when left_at is null then 'days' else 'plan' end,
                   count(*), coalesce(extract(epoch from clock_timestamp()
                       - min(arrived_at) filter (where isfinite(arrived_at))), 0)::float8
            from newcomer left join (select n.enterprise_id {_KNOWN}) known using (enterprise_id) group by 1""",  # noqa: S608 - own texts
        is_planned,
    )
    return {awaited: Waiting(*told) for awaited, *told in rows}


async def lock(db: Connection, enterprise_ids: Iterable[UUID]) -> set[UUID]:
    """Those of them who still wait; nobody forgets them before the commit. In key order."""
    rows = await db.fetch(
        "select enterprise_id from newcomer where enterprise_id = any($1) order by enterprise_id for update",
        list(enterprise_ids),
    )
    return {row["enterprise_id"] for row in rows}


async def forget(db: Connection, enterprise_ids: Iterable[UUID]) -> None:
    """They wait no more. Locked in key order."""
    await db.execute(
        """with mine as (select enterprise_id from newcomer where enterprise_id = any($1)
                         order by enterprise_id for update)
           delete from newcomer n using mine where n.enterprise_id = mine.enterprise_id""",
        list(enterprise_ids),
    )


async def settle(db: Connection, plan: PlanRow) -> None:
    """Forgets those who have days in the plan's programme or have had all their visits, and whom the plan explains."""
    await db.execute(
        """with known as (
               select enterprise_id from newcomer n
               where exists (select from visit v where v.enterprise_id = n.enterprise_id and v.programme_id = $1
                             group by v.enterprise_id
                             having bool_or(v.state in ('scheduled', 'missed')) or bool_and(v.state = 'completed'))
                  or n.arrived_at < $3 and exists (select from unscheduled u
                                                   where u.plan_id = $2 and u.enterprise_id = n.enterprise_id)
               order by enterprise_id for update of n skip locked)
           delete from newcomer n using known where n.enterprise_id = known.enterprise_id""",
        plan.programme_id,
        plan.plan_id,
        plan.published_at,
    )


async def ready(db: Connection) -> list[UUID]:
    """Whoever waits to be given days between plans and is known well enough, longest first."""
    rows = await db.fetch(f"select enterprise_id {_READY} order by n.arrived_at, enterprise_id")
    return [row["enterprise_id"] for row in rows]


async def gathered(db: Connection, seconds: float, most_seconds: float) -> Gathered:
    """Who is ready after so many seconds of waiting; it is quiet when nobody came for so long, or at most this long."""
    [row] = await db.fetch(
        f"""with since as (select clock_timestamp() - make_interval(secs => $1) as short,
                                  clock_timestamp() - make_interval(secs => $2) as long)
            select count(*), coalesce(min(n.arrived_at) <= (select short from since), false),
                   coalesce((select max(arrived_at) from newcomer) <= (select short from since)
                            or min(n.arrived_at) <= (select long from since), false)
            {_READY}""",  # noqa: S608 - own texts
        seconds,
        most_seconds,
    )
    return Gathered(*row)


async def leave_to_plan(db: Connection, enterprise_ids: Iterable[UUID]) -> None:
    """They are not tried again between plans."""
    await db.execute(
        "update newcomer set left_at = clock_timestamp() where enterprise_id = any($1)", list(enterprise_ids)
    )


async def leave_all_to_plan_now(db: Connection) -> None:
    """A plan is asked for at once for all who are ready; nobody else would be seen by it."""
    await db.execute(
        f"""with mine as (select n.enterprise_id {_READY} order by n.enterprise_id for update of n)
            update newcomer n set left_at = '-infinity' from mine where n.enterprise_id = mine.enterprise_id"""  # noqa: S608 - own texts
    )


async def due(db: Connection, seconds: float) -> bool:
    """Whether the first of those who were left to a plan has waited so long; then the wait begins anew."""
    done = await db.execute(
        f"""with mine as (select n.enterprise_id, n.left_at {_KNOWN} and n.left_at is not null
                          order by n.enterprise_id for update of n)
            update newcomer n set left_at = clock_timestamp() from mine
            where n.enterprise_id = mine.enterprise_id
              and (select min(left_at) from mine) <= clock_timestamp() - make_interval(secs => $1)""",  # noqa: S608 - own texts
        seconds,
    )
    return done != "UPDATE 0"


async def prices(db: Connection, programme_id: UUID, since: datetime) -> dict[UUID, float]:
    """Kilometres by manager, if they were found since then."""
    rows = await db.fetch(
        "select manager_id, km from price where programme_id = $1 and found_at > $2", programme_id, since
    )
    return {row["manager_id"]: row["km"] for row in rows}


async def keep_prices(db: Connection, programme_id: UUID, km: Mapping[UUID, float], found_at: datetime) -> None:
    """Instead of those found before."""
    async with db.transaction():
        await db.execute("delete from price where programme_id = $1", programme_id)
        rows = [(programme_id, manager_id, price, found_at) for manager_id, price in km.items()]
        await db.copy_records_to_table("price", records=rows)

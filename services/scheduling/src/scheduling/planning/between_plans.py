"""Between plans: newcomers get their days from a process of their own; whom it finds none for, a plan is asked for."""

import asyncio
from datetime import UTC, datetime
from typing import get_args

import structlog
from prometheus_client import Gauge

from events.transport.db import Pool
from events.transport.outbox import transaction
from scheduling.planning.desk import Desk, see_to_its_end, start
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.standing import plan_for_newcomers
from scheduling.store import newcomers, plans

_log = structlog.get_logger(__name__)
MOST_AT_ONCE = 2_000
"""More newcomers than that are better bundled by a plan than placed one by one."""
MOST_FAILURES = 3
"""After so many rounds that failed in a row, whoever is ready is left to a plan."""
REST = 4
"""After a round nobody is placed for so many times as long as it took: bookings and plans have their turn."""
TOLD_EVERY_SECONDS = 10
"""To count a nation that waits for its first plan takes a tenth of a second."""
WAITING = Gauge("newcomers_waiting", "Enterprises that came after the plan and have no days yet", ["awaits"])
LONGEST_WAIT = Gauge("newcomers_longest_wait_seconds", "How long the first of them has waited", ["awaits"])


async def keep_telling(pool: Pool, desk: Desk) -> None:
    """Tells how many newcomers wait, for ever."""
    while True:
        await tell_waiting(pool, desk)
        await asyncio.sleep(TOLD_EVERY_SECONDS)


async def tell_waiting(pool: Pool, desk: Desk) -> None:
    """Tells how many newcomers wait, what for, and how long the first of them has."""
    async with pool.acquire() as db:
        plan = await plan_for_newcomers(db, _order(desk))
        found = await newcomers.waiting(db, is_planned=plan is not None)
    for awaited in get_args(newcomers.Awaited):
        enterprises, longest_seconds = found.get(awaited, newcomers.Waiting(0, 0))
        WAITING.labels(awaited).set(enterprises)
        LONGEST_WAIT.labels(awaited).set(longest_seconds)


async def keep_placing(pool: Pool, desk: Desk) -> None:
    """Places newcomers as they gather, for ever; after failures ever later."""
    clock, failures = asyncio.get_running_loop().time, 0
    while True:
        if not await is_time(pool, desk):
            await asyncio.sleep(1)
            continue
        began = clock()
        if await place_newcomers(desk):
            failures = 0
            await asyncio.sleep(REST * (clock() - began))
            continue
        failures += 1
        if failures >= MOST_FAILURES:
            await leave_to_a_plan(pool, desk)
        await asyncio.sleep(min(desk.lease_seconds * 2 ** min(failures, 20), desk.replan_seconds))


async def is_time(pool: Pool, desk: Desk) -> bool:
    """Whether newcomers have gathered who are to be placed now; a plan is asked for where that is better.

    Not while days are given out: a process that waits for its turn would only hold memory.
    """
    async with transaction(pool) as tx:
        if not await newcomers.is_anybody_here(tx.db) or not await plans.is_nobody_at_work(tx.db):
            return False
        plan = await plan_for_newcomers(tx.db, _order(desk))
        if plan is None:
            return False
        await newcomers.settle(tx.db, plan)
        ready, has_waited, is_quiet = await newcomers.gathered(tx.db, desk.gather_seconds, desk.replan_seconds)
        if ready > MOST_AT_ONCE and is_quiet:
            await newcomers.leave_all_to_plan_now(tx.db)
        if await newcomers.due(tx.db, desk.replan_seconds):
            await plans.request_again(tx.db, plan.programme_id, datetime.now(UTC), "newcomers")
        return has_waited and ready <= MOST_AT_ONCE


async def leave_to_a_plan(pool: Pool, desk: Desk) -> None:
    """Asks for a plan for everybody who is ready."""
    async with transaction(pool) as tx:
        await newcomers.leave_all_to_plan_now(tx.db)
    await is_time(pool, desk)


async def place_newcomers(desk: Desk) -> bool:
    """Whether the process that places them came to its end."""
    process = await start("scheduling.planning.placer", _order(desk))
    status = await see_to_its_end(process, desk.round_seconds)
    if status != 0:
        _log.warning("placer_died", status=status)
    return status == 0


def _order(desk: Desk) -> PlacingOrder:
    return PlacingOrder(database_url=desk.database_url, books_after=desk.books_after, freeze_days=desk.freeze_days)

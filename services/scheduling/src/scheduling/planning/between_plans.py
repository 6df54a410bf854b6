"""Between plans: newcomers get their days from a process of their own; whom it finds none for, a plan is asked for."""

import asyncio
from datetime import UTC, datetime

import structlog

from events.transport.db import Pool
from events.transport.outbox import transaction
from scheduling.planning.desk import Desk, see_to_its_end, start
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.standing import plan_for_newcomers
from scheduling.store import newcomers, plans

_log = structlog.get_logger(__name__)
MOST_AT_ONCE = 2_000
"""More newcomers than that are better bundled by a plan than placed one by one."""


async def keep_placing(pool: Pool, desk: Desk) -> None:
    """Places newcomers as they gather, for ever; after a failure later."""
    while True:
        done = not await is_time(pool, desk) or await place_newcomers(desk)
        await asyncio.sleep(1 if done else desk.lease_seconds)


async def is_time(pool: Pool, desk: Desk) -> bool:
    """Whether newcomers have gathered who are to be placed now; a plan is asked for where that is better."""
    async with transaction(pool) as tx:
        plan = await plan_for_newcomers(tx.db, _order(desk))
        if plan is None:
            return False
        await newcomers.settle(tx.db, plan)
        count = await newcomers.gathered(tx.db, desk.gather_seconds)
        if count > MOST_AT_ONCE:
            await newcomers.leave_all_to_plan_now(tx.db)
        if await newcomers.due(tx.db, desk.replan_seconds):
            await plans.request_again(tx.db, plan.programme_id, datetime.now(UTC), "newcomers")
        return 0 < count <= MOST_AT_ONCE


async def place_newcomers(desk: Desk) -> bool:
    """Whether the process that places them came to its end."""
    process = await start("scheduling.planning.placer", _order(desk))
    status = await see_to_its_end(process, desk.deadline_seconds)
    if status != 0:
        _log.warning("placer_died", status=status)
    return status == 0


def _order(desk: Desk) -> PlacingOrder:
    return PlacingOrder(database_url=desk.database_url, books_after=desk.books_after, freeze_days=desk.freeze_days)

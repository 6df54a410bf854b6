"""The process that gives newcomers their days: `python -m scheduling.planning.placer`."""

import asyncio
import sys
from collections.abc import Container, Sequence, Set
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

import numpy as np
import structlog

from events.transport.db import Connection, open_pool
from events.transport.outbox import transaction_on
from scheduling.model import PlanRow, Visit
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.picture import Picture, Reals
from scheduling.planning.placing import in_need, place, prices_of
from scheduling.planning.publishing import scheduled, visits_of
from scheduling.planning.reading import Known, read_picture
from scheduling.planning.standing import plan_for_newcomers
from scheduling.planning.verification import broken_rules
from scheduling.planning.wishes import can_move
from scheduling.planning.worker import die_with_the_service, sole_use
from scheduling.store import newcomers, publication
from scheduling.store.visits import mark_misplaced, of_whom_was_heard, take_news

_log = structlog.get_logger(__name__)
PRICES_LAST = timedelta(days=1)
"""Prices are found anew after a plan, and so often: every newcomer makes them a little less true."""


def main() -> None:
    """Places those who wait, unless the service that ordered it goes away."""
    order = PlacingOrder.model_validate_json(sys.stdin.readline())
    Thread(target=die_with_the_service, daemon=True).start()
    asyncio.run(place_all(order))


async def place_all(order: PlacingOrder) -> None:
    """Everybody who waits gets days or is left to a plan; never beside a planner, or both would use the same hours."""
    pool = await open_pool(order.database_url, most=1)
    try:
        async with sole_use(pool) as db:
            async with db.transaction():  # what is heard from now on is news to the picture
                if news := await take_news(db):
                    await mark_misplaced(db, news)
            plan, names = await plan_for_newcomers(db, order), await newcomers.ready(db)
            if plan and names:
                await _place(db, plan, (order, names))
    finally:
        await pool.close()


async def _place(db: Connection, plan: PlanRow, asked: tuple[PlacingOrder, Sequence[UUID]]) -> None:
    order, names = asked
    picture = await read_picture(db, plan, Known(order.today, order.freeze_days))
    places, visits = in_need(picture, names), list[Visit]()
    if places and can_move(picture):
        price = await _prices(db, plan, picture)
        proposal = await asyncio.to_thread(place, picture, list(places.values()), price)
        if broken := await asyncio.to_thread(broken_rules, picture, proposal):
            # A plan will have to do; whoever looks for the mistake finds its rules here.
            _log.error("newcomers_not_valid", rules=[(rule.rule, rule.count, rule.keys) for rule in broken])
        else:
            visits = list(visits_of(picture, proposal, proposal.placed))
    await _publish(db, plan, (names, places), visits)


async def _prices(db: Connection, plan: PlanRow, picture: Picture) -> Reals:
    """As of the last plan while they are young, and of the same managers; else found now, and kept."""
    now, ids = datetime.now(UTC), picture.managers.ids
    known = await newcomers.prices(db, plan.programme_id, max(now - PRICES_LAST, plan.published_at or now))
    if known.keys() != set(ids):
        found = await asyncio.to_thread(prices_of, picture)
        known = dict(zip(ids, found.tolist(), strict=True))
        await newcomers.keep_prices(db, plan.programme_id, known, now)
    return np.array([known[manager_id] for manager_id in ids], np.float64)


async def _publish(
    db: Connection, plan: PlanRow, asked: tuple[Sequence[UUID], Container[UUID]], visits: Sequence[Visit]
) -> None:
    """In one transaction or not at all; whoever fell away meanwhile is no newcomer any more and gets nothing.

    Nor does anybody for whom news of the site or of a manager came too late for the picture: they wait for the next
    round. News that comes behind this is looked at when it is over.
    On the connection that holds the lock: without it, others may have used the same hours.
    """
    now, (names, in_need) = datetime.now(UTC), asked
    await db.execute("reset all")  # the patience for waiting and reading ends here
    async with transaction_on(db) as tx:
        here = await newcomers.lock(tx.db, names)
        here -= _outdated(visits, await of_whom_was_heard(tx.db))
        visits = [visit for visit in visits if visit.enterprise_id in here]
        again = await publication.schedule_again(tx.db, plan.plan_id, [v for v in visits if v.version > 1])
        await publication.insert_visits(tx.db, plan.plan_id, [v for v in visits if v.version == 1])
        placed = {visit.enterprise_id for visit in visits}
        await mark_misplaced(tx.db, placed)
        await newcomers.forget(tx.db, [name for name in here if name in placed or name not in in_need])
        await newcomers.leave_to_plan(tx.db, here)
        tx.announce(scheduled(visit, now) for visit in visits if visit.version == 1 or visit.visit_id in again)
    _log.info("newcomers_placed", asked=len(names), placed=len(placed))


def _outdated(visits: Sequence[Visit], news: Set[UUID]) -> set[UUID]:
    """The enterprises of whom, or of whose manager, something new was heard."""
    late = {visit.enterprise_id for visit in visits if visit.manager_id in news}
    return late | news


if __name__ == "__main__":
    main()

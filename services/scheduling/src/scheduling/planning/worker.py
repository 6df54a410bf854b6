"""A planner's process: read the picture, compute, check, publish or refuse; `python -m scheduling.planning.worker`."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from threading import Thread
from time import perf_counter
from typing import Any, cast

import numpy as np

from events.transport.db import Connection, Pool, open_pool
from events.transport.outbox import transaction
from scheduling import reasons
from scheduling.model import Because, PlanRow, Wish, WishAnswer
from scheduling.planning.difference import beyond_limits, counted, measured
from scheduling.planning.making_way import propose_with_way
from scheduling.planning.orders import Order
from scheduling.planning.picture import NOBODY, REASONS, Picture, Planner, Proposal
from scheduling.planning.publishing import Finished, LostPlanError, answer_wishes, publish, show
from scheduling.planning.reading import Known, read_picture
from scheduling.planning.verification import broken_rules
from scheduling.planning.wishes import can_move, carry_out, harmless, propose_with_wishes
from scheduling.store import plans, wishes

PATIENCE_SECONDS = 86_400.0
"""Of a planner that waits for its turn; whoever has started it sets its deadline."""
PLANNERS = {"plain": "scheduling.planning.plain", "national": "scheduling.planning.national"}
NOBODY_GOES = "nobody goes"
"""In the place of a planner: everything but the wishes stays without a day, which soon shows what these break."""


def main() -> None:
    """Sees one plan through, unless the service that ordered it goes away."""
    order = Order.model_validate_json(sys.stdin.readline())
    Thread(target=die_with_the_service, daemon=True).start()
    asyncio.run(see_through(order))


def die_with_the_service() -> None:
    """Ends this process when the pipe to its service closes."""
    sys.stdin.read()
    os._exit(1)


async def see_through(order: Order) -> None:
    """Publish the plan or refuse it; nothing when it is not this attempt's any more."""
    pool = await open_pool(order.database_url, most=2)
    try:
        async with sole_use(pool) as db:
            plan = await plans.find(db, order.plan_id)
            if plan and (plan.state, plan.attempt) == ("planning", order.attempt):
                await _plan(pool, db, plan, order)
    finally:
        await pool.close()


@asynccontextmanager
async def sole_use(pool: Pool) -> AsyncGenerator[Connection]:
    """Nobody else gives out days meanwhile; the lock goes with the connection when this process is killed."""
    async with pool.acquire() as db:
        await db.execute("set lock_timeout = 0")
        # The waiting is a transaction too, and another planner may take longer than any of those may.
        await db.execute("set transaction_timeout = 0")
        await db.execute("select pg_advisory_lock($1)", plans.BOOKING, timeout=PATIENCE_SECONDS)
        try:
            yield db
        finally:
            await db.execute("select pg_advisory_unlock($1)", plans.BOOKING)


@dataclass(frozen=True)
class Draft:
    """A plan as computed: what it comes to, what became of the wishes, and what the verifier has against it.

    `is_awaited` where a wish has no answer yet: it needs the plan after this one.
    """

    picture: Picture
    proposal: Proposal
    difference: Mapping[str, Any]
    answers: list[WishAnswer]
    broken: list[Because]
    is_awaited: bool = False


async def _plan(pool: Pool, db: Connection, plan: PlanRow, order: Order) -> None:
    started = perf_counter()
    picture = await read_picture(db, plan, Known(order.today, order.freeze_days))
    # A plan that begins on a later day cannot tell what becomes of a wish before it: wishes have a plan of their own.
    asked = [] if plan.not_before else await wishes.waiting(db, plan.programme_id)
    if (missing := not_enough(picture)) and not (asked and can_move(picture)):
        await _refuse(pool, plan, carry_out(picture, asked).answers, missing)
        return
    draft = await asyncio.to_thread(compute, order.planner, picture, asked)
    if not len(draft.picture.needs) and not len(draft.picture.dropped):
        await _refuse(pool, plan, draft.answers, [reasons.NOTHING_TO_PLAN])
    elif refused := [*beyond_limits(plan, draft.difference), *draft.broken]:
        await plans.refuse(db, plan, refused, draft.difference)
    else:
        finished = Finished(plan, draft.picture, draft.proposal, draft.difference, draft.answers, started)
        await (show if plan.is_preview else publish)(pool, replace(finished, is_awaited=draft.is_awaited))


async def _refuse(pool: Pool, plan: PlanRow, answers: Sequence[WishAnswer], because: list[Because]) -> None:
    """Nothing is published; what was wished for and cannot be is told all the same, unless it was only looked at."""
    async with transaction(pool) as tx:
        if not await plans.refuse(tx.db, plan, because):
            raise LostPlanError(f"{plan.plan_id} is no longer attempt {plan.attempt}'s")
        if not plan.is_preview:
            await answer_wishes(tx, plan, answers, datetime.now(UTC))


def compute(planner: str, picture: Picture, asked: Sequence[Wish]) -> Draft:
    """Wishes that would break a rule are refused rather than the plan, and the others are carried out.

    Where the plan breaks a rule without any wish they wait for a better one.
    """
    draft = _compute(planner, picture, asked)
    if not draft.broken or not asked:
        return draft
    without = _compute(planner, picture, [])
    if without.broken:
        return replace(without, is_awaited=True)
    good = harmless(lambda wishes: bool(_compute(NOBODY_GOES, picture, wishes).broken), [], asked)
    if 0 < len(good) < len(asked):
        draft = _compute(planner, picture, good)
    if draft.broken:
        good, draft = [], without
    kept = {wish.wish_id for wish in good}
    refused = [WishAnswer(wish, because=reasons.WISH_NOT_VALID) for wish in asked if wish.wish_id not in kept]
    return replace(draft, answers=[*draft.answers, *refused])


def _compute(planner: str, picture: Picture, asked: Sequence[Wish]) -> Draft:
    around = partial(propose_with_way, partial(propose, planner))
    after, proposal, answers = propose_with_wishes(around, picture, asked)
    difference = counted(after, proposal) | (measured(after, proposal) if len(after.days) else {})
    return Draft(after, proposal, difference, answers, not_valid(after, proposal), len(answers) < len(asked))


def propose(planner: str, picture: Picture) -> Proposal:
    """The planner's proposal; nothing but cancellations where nobody is left to visit, or no day."""
    if planner != NOBODY_GOES and len(picture.days) and picture.managers.ids and len(picture.needs):
        return cast("Planner", import_module(PLANNERS[planner]).plan)(picture)
    nobody = np.full(len(picture.needs), NOBODY, np.int64)
    return Proposal(nobody, nobody, np.full(len(picture.needs), REASONS.index("nobody_available")))


def not_valid(picture: Picture, proposal: Proposal) -> list[Because]:
    """What the verifier has against a proposal."""
    broken = broken_rules(picture, proposal)
    return [reasons.not_valid((rule.rule, rule.count, rule.keys) for rule in broken)] if broken else []


def not_enough(picture: Picture) -> list[Because]:
    """What is missing for a plan to be worth computing; visits that cannot stay have to go all the same."""
    if picture.needs.is_freed.any() or len(picture.dropped):
        return []
    missing = {
        reasons.NO_WORKING_DAYS: not len(picture.days),
        reasons.NOBODY_TRAINED: not picture.managers.ids,
        reasons.NOTHING_TO_PLAN: not len(picture.needs),
    }
    return [because for because, is_missing in missing.items() if is_missing]


if __name__ == "__main__":
    main()

"""Planning beside everything else: requested plans are taken one by one, each by a process of its own on a lease.

The process dies with the service, and a plan whose process died is taken again: its attempt number keeps the dead out.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from typing import Literal

import structlog
from prometheus_client import Counter

from events.transport.db import Pool
from scheduling import reasons
from scheduling.model import BooksAfter, PlanRow
from scheduling.planning.orders import Order, PlacingOrder
from scheduling.store import plans

_log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 5
AGAIN_SECONDS = 300.0
"""After a plan that failed it is asked for again; twice as long after each failure that follows."""
REFUSED = Counter("plans_refused", "Plans that ended with nothing published", ["reason"])


@dataclass(frozen=True, slots=True)
class Desk:
    """How plans are computed here."""

    database_url: str
    planner: Literal["plain", "national"]
    books_after: BooksAfter
    lease_seconds: float
    freeze_days: int = 0
    deadline_seconds: float = 1_200
    """A planner that is not done by then hangs."""
    round_seconds: float = 300
    """A round of newcomers that is not done by then hangs."""
    gather_seconds: float = 10
    replan_seconds: float = 21_600
    """Newcomers wait so long for company before they are placed, and for a plan if they found no day."""


async def keep_planning(pool: Pool, desk: Desk) -> None:
    """Takes plans as they are asked for, and asks again for those that failed, for ever."""
    clock, looked_at = asyncio.get_running_loop().time, 0.0
    while True:
        if await plan_next(pool, desk):
            continue
        if clock() - looked_at > AGAIN_SECONDS / 10:
            await plans.ask_again(pool, AGAIN_SECONDS)
            looked_at = clock()
        await asyncio.sleep(0.5)


async def plan_next(pool: Pool, desk: Desk) -> bool:
    """Sees one plan through, if one is asked for."""
    plan = await plans.take(pool, desk.lease_seconds)
    if plan is None:
        return False
    if plan.attempt > MOST_ATTEMPTS:
        await plans.refuse(pool, plan, [reasons.PLANNING_FAILED])
    else:
        await _see_through(pool, desk, plan)
    await _tell(pool, plan)
    return True


async def _see_through(pool: Pool, desk: Desk, plan: PlanRow) -> None:
    process = await start_planner(desk, plan)
    try:
        await _attend(pool, desk, plan, process)
    finally:
        await _end(process)


async def see_to_its_end(process: Process, seconds: float) -> int | None:
    """How a process ended; killed when it takes longer, or when whoever waits for it is stopped."""
    try:
        async with asyncio.timeout(seconds):
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


async def _tell(pool: Pool, plan: PlanRow) -> None:
    """A plan that was refused is counted; for one that nobody looks at the log is the only place to learn of it."""
    now = await plans.find(pool, plan.plan_id)
    if now is None or now.state != "refused":
        return
    codes = [reason["code"] for reason in now.reasons]
    for code in codes:
        REFUSED.labels(code).inc()
    say = _log.error if reasons.FAULTS & set(codes) else _log.info
    say("plan_refused", plan_id=str(plan.plan_id), requested_by=plan.requested_by, reasons=codes)


async def start_planner(desk: Desk, plan: PlanRow) -> Process:
    """The process of a planner for this plan."""
    order = Order(
        database_url=desk.database_url,
        plan_id=plan.plan_id,
        attempt=plan.attempt,
        planner=desk.planner,
        books_after=desk.books_after,
        freeze_days=desk.freeze_days,
    )
    return await start("scheduling.planning.worker", order)


async def start(module: str, order: PlacingOrder) -> Process:
    """A process with an order; it lives no longer than the pipe to it."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=PIPE)
    if process.stdin:
        process.stdin.write(order.model_dump_json().encode() + b"\n")
        await process.stdin.drain()
    return process


async def _attend(pool: Pool, desk: Desk, plan: PlanRow, process: Process) -> None:
    ending, clock = asyncio.ensure_future(process.wait()), asyncio.get_running_loop().time
    deadline = clock() + desk.deadline_seconds
    while not (await asyncio.wait({ending}, timeout=desk.lease_seconds / 3))[0]:
        if clock() > deadline and process.returncode is None:
            _log.error("planner_hangs", plan_id=str(plan.plan_id), attempt=plan.attempt)
            process.kill()
        await plans.prolong(pool, plan, desk.lease_seconds)
    if ending.result() != 0:
        _log.warning("planner_died", plan_id=str(plan.plan_id), attempt=plan.attempt, status=ending.result())
        await plans.give_back(pool, plan)

"""Plans over HTTP: ask for one, see what became of it, see who got no visit and why."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from access.caller import Caller
from access.problems import RefusedError
from access.routes import allowed, allowed_for_the_nation
from events.transport.db import Pool
from events.transport.outbox import transaction
from scheduling.api.places import AfterUnscheduled
from scheduling.api.problems import NO_PLAN, NO_PROGRAMME
from scheduling.model import PlanRow
from scheduling.store import picture, plans, reads

router = APIRouter()
Officer = Annotated[Caller, Depends(allowed_for_the_nation("officer"))]
Watcher = Annotated[Caller, Depends(allowed_for_the_nation("officer", "service"))]
Reader = Annotated[Caller, Depends(allowed("officer", "service"))]


class PlanAsked(BaseModel):
    """What an officer may say of a plan; nothing is enough.

    The first day on which it may place visits, whether it is only to be looked at, and how many published visits it
    may move or drop before it is refused as a whole.
    """

    model_config = ConfigDict(extra="forbid")

    not_before: date | None = None
    preview: bool = False
    most_moved: int | None = Field(default=None, ge=0, le=10_000_000)
    most_dropped: int | None = Field(default=None, ge=0, le=10_000_000)


@router.post("/programmes/{programme_id}/plans", status_code=202)
async def ask_for_a_plan(
    request: Request, response: Response, programme_id: UUID, caller: Officer, asked: PlanAsked | None = None
) -> dict[str, str]:
    pool: Pool = request.app.state.pool
    plan = _plan(programme_id, asked or PlanAsked())
    async with transaction(pool) as tx:
        if not await picture.programmes(tx.db, [programme_id]):
            raise RefusedError(NO_PROGRAMME)
        plan_id = await plans.request_plan(tx.db, plan, caller.subject)
    response.headers["Location"] = f"/plans/{plan_id}"
    return {"plan_id": str(plan_id), "state": "requested"}


def _plan(programme_id: UUID, asked: PlanAsked) -> PlanRow:
    now = datetime.now(UTC)
    limits = {"is_preview": asked.preview, "most_moved": asked.most_moved, "most_dropped": asked.most_dropped}
    return PlanRow(uuid4(), programme_id, "requested", now, asked.not_before, 0, *(None,) * 5, reasons=[], **limits)


@router.get("/programmes/{programme_id}/plans")
async def newest(
    request: Request, programme_id: UUID, _: Watcher, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, Any]:
    """The last plans of a programme, who or what asked for them, and why they were refused."""
    rows = await plans.newest(request.app.state.pool, programme_id, limit)
    return {"plans": [asdict(plan) for plan in rows]}


@router.get("/plans/{plan_id}")
async def a_plan(request: Request, plan_id: UUID, _: Watcher) -> dict[str, Any]:
    plan = await plans.find(request.app.state.pool, plan_id)
    if plan is None:
        raise RefusedError(NO_PLAN)
    return asdict(plan)


@router.get("/plans/{plan_id}/unscheduled")
async def unscheduled(
    request: Request,
    plan_id: UUID,
    caller: Reader,
    after: AfterUnscheduled,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000,
) -> dict[str, Any]:
    """Who has no visit, and why, within the caller's provinces."""
    pool: Pool = request.app.state.pool
    if await plans.find(pool, plan_id) is None:
        raise RefusedError(NO_PLAN)
    rows = await reads.unscheduled(pool, (plan_id, caller.provinces or None), after, limit)
    last = f"{rows[-1]['enterprise_id']}:{rows[-1]['ordinal']}" if len(rows) == limit else None
    return {"unscheduled": [dict(row) for row in rows], "after": last}


@router.get("/programmes/{programme_id}/picture")
async def heard(request: Request, programme_id: UUID, _: Watcher) -> dict[str, int]:
    """How many agencies, managers, enterprises and decisions have arrived."""
    return dict(await picture.heard(request.app.state.pool, programme_id))

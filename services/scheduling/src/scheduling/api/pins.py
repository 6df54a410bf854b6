"""Pins over HTTP: a visit that a person has fixed makes way for no other."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from access.caller import Caller
from access.problems import OUT_OF_SCOPE, RefusedError
from access.routes import allowed
from events.transport.outbox import transaction
from scheduling.api.problems import NO_VISIT, NOT_SCHEDULED
from scheduling.policy import may_see
from scheduling.store import visits

router = APIRouter()
Fixer = Annotated[Caller, Depends(allowed("officer", "agency"))]


@router.put("/visits/{visit_id}/pin")
async def pin(request: Request, visit_id: UUID, caller: Fixer) -> dict[str, Any]:
    """Fixes a scheduled visit on its day; only what its own agency, manager or site cannot keep moves it."""
    return await _set(request, visit_id, caller, is_pinned=True)


@router.delete("/visits/{visit_id}/pin")
async def unpin(request: Request, visit_id: UUID, caller: Fixer) -> dict[str, Any]:
    """The visit may make way again."""
    return await _set(request, visit_id, caller, is_pinned=False)


async def _set(request: Request, visit_id: UUID, caller: Caller, *, is_pinned: bool) -> dict[str, Any]:
    async with transaction(request.app.state.pool) as tx:
        visit = next((one for one in await visits.with_siblings(tx.db, [visit_id]) if one.visit_id == visit_id), None)
        if visit is None:
            raise RefusedError(NO_VISIT)
        if not may_see(caller, visit):
            raise RefusedError(OUT_OF_SCOPE)
        if visit.state != "scheduled":
            raise RefusedError(NOT_SCHEDULED)
        await visits.save(tx.db, [replace(visit, is_pinned=is_pinned)])
    return {"visit_id": str(visit_id), "is_pinned": is_pinned}

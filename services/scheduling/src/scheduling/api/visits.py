"""Reading visits over HTTP, everything within what is the caller's to see: rows, counts and exports alike."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from access.caller import Caller
from access.problems import OUT_OF_SCOPE, RefusedError
from access.routes import allowed
from events.transport.db import Pool
from scheduling.api.places import AfterVisit
from scheduling.model import State
from scheduling.store import reads
from scheduling.store.reads import Wanted

router = APIRouter()
Reader = Annotated[Caller, Depends(allowed("officer", "agency", "manager", "service"))]
PAGE_OF_EXPORT = 10_000


class Asked(BaseModel):
    """The filters of a query, all of them optional."""

    model_config = ConfigDict(extra="ignore")

    programme_id: UUID | None = None
    first: date | None = Field(default=None, alias="from")
    until: date | None = None
    agency_id: UUID | None = None
    manager_id: UUID | None = None
    state: State | None = None


async def wanted(caller: Reader, asked: Annotated[Asked, Query()]) -> Wanted:
    """What was asked for, narrowed to what the caller may see; what lies outside is refused, not emptied."""
    whose = (asked.agency_id, asked.manager_id)
    if not caller.sees_every_agency:
        whose = _own(caller, *whose)
    return Wanted(asked.programme_id, asked.first, asked.until, *whose, asked.state, caller.provinces)


def _own(caller: Caller, agency_id: UUID | None, manager_id: UUID | None) -> tuple[UUID, UUID | None]:
    try:
        agency = UUID(caller.agency_id or "")
        myself = None if "agency" in caller.roles else UUID(caller.subject)
    except ValueError:
        raise RefusedError(OUT_OF_SCOPE) from None
    if agency_id not in (None, agency) or (myself and manager_id not in (None, myself)):
        raise RefusedError(OUT_OF_SCOPE)
    return agency, myself or manager_id


Scope = Annotated[Wanted, Depends(wanted)]


@router.get("/visits")
async def visits(
    request: Request,
    scope: Scope,
    after: AfterVisit,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 500,
) -> dict[str, Any]:
    found = await reads.page(request.app.state.pool, scope, after, limit)
    last = f"{found[-1]['visit_on']}:{found[-1]['visit_id']}" if len(found) == limit else None
    return {"visits": [dict(row) for row in found], "after": last}


@router.get("/visits/counts")
async def counts(request: Request, scope: Scope) -> dict[str, int]:
    found = await reads.counts(request.app.state.pool, scope)
    states: tuple[State, ...] = ("scheduled", "completed", "missed", "cancelled")
    return {state: found.get(state, 0) for state in states} | {"total": sum(found.values())}


@router.get("/visits/export")
async def export(request: Request, scope: Scope) -> StreamingResponse:
    """NDJSON, one visit a line, by id."""
    return StreamingResponse(_pages(request.app.state.pool, scope), media_type="application/x-ndjson")


async def _pages(pool: Pool, scope: Wanted) -> AsyncGenerator[bytes]:
    # Page by page instead of one cursor: a slow reader then holds neither a connection nor a transaction.
    told, after = await reads.lines(pool, scope, None, PAGE_OF_EXPORT)
    yield told
    while after:
        told, after = await reads.lines(pool, scope, after, PAGE_OF_EXPORT)
        yield told


@router.get("/enterprises/{enterprise_id}/visits")
async def visits_to_an_enterprise(request: Request, enterprise_id: UUID, caller: Reader) -> dict[str, Any]:
    scope = replace(await wanted(caller, Asked()), enterprise_id=enterprise_id)
    found = await reads.to_an_enterprise(request.app.state.pool, scope)
    return {"visits": [dict(row) for row in found]}

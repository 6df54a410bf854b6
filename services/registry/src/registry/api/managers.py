"""Safety managers are enrolled by their agency, and shown to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from access.caller import Caller
from events.transport.outbox import Transaction, transaction
from registry.api.asked import (
    FIRST,
    After,
    Anybody,
    Limit,
    Office,
    agency_meant,
    answer,
    bounds_of,
    outside,
    page_of,
    pool_of,
)
from registry.api.problems import refused
from registry.api.sheets import ImportQuery, SheetTaker, import_sheet
from registry.model.agencies import Agency
from registry.model.managers import Enrolment, Manager
from registry.policy import managers as policy
from registry.store import agencies, recall, turns
from registry.store import managers as store

router = APIRouter()


async def take(tx: Transaction, said: Sequence[Enrolment], caller: Caller) -> list[str]:
    """Take enrolments: for each what came of it, or the code of why it cannot be taken."""
    await turns.take(tx.db, "managers")
    known = await store.load(tx.db, [one.manager_id for one in said])
    employers = await agencies.load(tx.db, sorted({one.agency_id for one in said}))
    stored = dict(known)
    forgotten = await recall.versions(tx.db, "manager", [one.manager_id for one in said])
    verdicts = [outside(caller, one.agency_id, employers) or _decide(one, known, employers, forgotten) for one in said]
    changed = [manager for manager_id, manager in known.items() if stored.get(manager_id) != manager]
    await store.save(tx.db, changed)
    now = datetime.now(UTC)
    tx.announce(
        policy.trained_fact(manager, manager.trained_on, now)
        for manager in changed
        if manager.trained_on and manager.version > stored[manager.enrolment.manager_id].version
    )
    return verdicts


def _decide(
    said: Enrolment, known: dict[UUID, Manager], employers: dict[UUID, Agency], forgotten: dict[UUID, int]
) -> str:
    if said.agency_id not in employers:
        return "unknown_agency"
    before = known.get(said.manager_id)
    programme_id = employers[said.agency_id].programme_id
    after = policy.enrolled(said, programme_id, before, forgotten.get(said.manager_id, 0))
    if not isinstance(after, Manager):
        return after or "unchanged"
    known[said.manager_id] = after
    return "changed" if before else "enrolled"


@router.post("/managers", status_code=201)
async def enrol(said: Enrolment, request: Request, caller: Office) -> JSONResponse:
    """An agency enrols a manager; said again it changes nothing, and it may be corrected."""
    async with transaction(pool_of(request)) as tx:
        (verdict,) = await take(tx, [said], caller)
    if verdict not in ("enrolled", "changed", "unchanged"):
        raise refused(verdict)
    return answer(verdict, {"manager_id": str(said.manager_id)}, ("enrolled",))


@router.post("/managers/import")
async def import_managers(request: Request, caller: Office, asked: ImportQuery) -> JSONResponse:
    """Enrolments by file."""
    taker = SheetTaker("managers", Enrolment, partial(take, caller=caller))
    return await import_sheet(request, caller, taker, asked)


@router.get("/managers")
async def list_managers(
    request: Request,
    caller: Anybody,
    after: After = FIRST,
    limit: Limit = 100,
    agency_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, object]:
    """Managers with their personal data; an agency sees its own, a manager nobody but themselves."""
    whose = bounds_of(caller)
    async with pool_of(request).acquire() as db:
        if agency_id:
            await agency_meant(db, agency_id, caller)
            whose = replace(whose, agency_id=str(agency_id))
        rows = await store.page(db, whose, after, limit)
    return page_of(rows, "manager_id", limit)

"""Agencies apply, one by one or by file, and are shown."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
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
    On,
    Programme,
    agency_meant,
    answer,
    bounds_of,
    outside,
    page_of,
    pool_of,
)
from registry.api.problems import refused
from registry.api.sheets import ImportQuery, SheetTaker, import_sheet
from registry.model.agencies import Agency, Application, Status
from registry.model.programmes import Terms
from registry.policy import agencies as policy
from registry.store import agencies as store
from registry.store import recall, suspensions, turns

router = APIRouter()


async def take(
    tx: Transaction, said: Sequence[Application], caller: Caller, programme: Terms, today: date
) -> list[str]:
    """Take applications to a programme: for each what came of it, or the code of why it cannot be taken."""
    await turns.take(tx.db, "agencies")
    known = await store.load(tx.db, [one.agency_id for one in said])
    numbers = await store.taken_numbers(tx.db, programme.programme_id, [one.business_number for one in said])
    changed: dict[UUID, Agency] = {}
    forgotten = await recall.versions(tx.db, "agency", [one.agency_id for one in said])
    meant = (programme.programme_id, forgotten)
    verdicts = [
        outside(caller, one.agency_id, known, one) or _decide(one, meant, known, numbers, changed) for one in said
    ]
    await store.save(tx.db, list(changed.values()))
    now = datetime.now(UTC)
    tx.announce(policy.application_fact(agency, today, now) for agency in changed.values())
    return verdicts


def _decide(
    said: Application,
    meant: tuple[UUID, dict[UUID, int]],
    known: dict[UUID, Agency],
    numbers: dict[str, UUID],
    changed: dict[UUID, Agency],
) -> str:
    """`meant`: the programme, and the versions of those who were forgotten."""
    programme_id, forgotten = meant
    if numbers.setdefault(said.business_number, said.agency_id) != said.agency_id:
        return "number_taken"
    before = known.get(said.agency_id)
    after = policy.applied(said, programme_id, before, forgotten.get(said.agency_id, 0))
    if not isinstance(after, Agency):
        return after or "unchanged"
    if said.agency_id in changed:  # named twice in one file: what is said last holds, and is said once
        after = Agency(said, programme_id, "applied", changed[said.agency_id].version)
    known[said.agency_id] = changed[said.agency_id] = after
    return "changed" if before else "applied"


@router.post("/agencies", status_code=201)
async def apply(said: Application, request: Request, caller: Office, programme: Programme, on: On) -> JSONResponse:
    """An agency applies; said again it changes nothing, and until its inspection it may be corrected."""
    async with transaction(pool_of(request)) as tx:
        (verdict,) = await take(tx, [said], caller, programme, on)
    if verdict not in ("applied", "changed", "unchanged"):
        raise refused(verdict)
    return answer(verdict, {"agency_id": str(said.agency_id)}, ("applied",))


@router.post("/agencies/import")
async def import_agencies(
    request: Request, caller: Office, asked: ImportQuery, programme: Programme, on: On
) -> JSONResponse:
    """Applications by file."""
    taken = partial(take, caller=caller, programme=programme, today=on)
    return await import_sheet(request, caller, SheetTaker("agencies", Application, taken), asked)


@router.get("/agencies")
async def list_agencies(
    request: Request,
    caller: Anybody,
    after: After = FIRST,
    limit: Limit = 100,
    status: Annotated[Status | None, Query()] = None,
) -> dict[str, object]:
    """Agencies in the order of their ids, within the caller's provinces; an agency's people see their own."""
    async with pool_of(request).acquire() as db:
        rows = await store.page(db, bounds_of(caller), status=status, after=after, limit=limit)
    return page_of(rows, "agency_id", limit)


@router.get("/agencies/{agency_id}")
async def show_agency(agency_id: UUID, request: Request, caller: Anybody) -> dict[str, object]:
    """One agency with its inspections and suspensions."""
    async with pool_of(request).acquire() as db:
        found = await agency_meant(db, agency_id, caller)
        inspections = (await store.inspections(db, [agency_id])).get(agency_id, ())
        suspended = await suspensions.of_agency(db, agency_id)
    return {
        **found.application.model_dump(),
        "programme_id": found.programme_id,
        "status": found.status,
        "inspections": inspections,
        "suspensions": suspended,
    }

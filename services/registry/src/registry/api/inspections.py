"""Qualification inspections: points in, qualified or rejected out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from access.caller import Caller
from events.contracts.envelope import Announcement
from events.transport.outbox import Transaction, transaction
from registry.api.asked import Officer, answer, outside, pool_of
from registry.api.problems import refused
from registry.api.sheets import ImportQuery, SheetTaker, import_sheet
from registry.model.agencies import Agency, Inspection
from registry.model.programmes import Terms
from registry.policy import agencies as policy
from registry.policy.agencies import Inspected
from registry.store import agencies as store
from registry.store import programmes, turns

router = APIRouter()


async def take(tx: Transaction, said: Sequence[Inspection], caller: Caller) -> list[str]:
    """Take inspections: for each how it came out, or the code of why it cannot be taken."""
    await turns.take(tx.db, "agencies")
    ids = [one.agency_id for one in said]
    known, before = await store.load(tx.db, ids), await store.inspections(tx.db, ids)
    terms = {one.programme_id: one for one in await programmes.every(tx.db)}
    kept: list[tuple[Inspection, float, bool]] = []
    announcements: list[Announcement] = []
    now = datetime.now(UTC)
    verdicts: list[str] = []
    for one in said:
        found = outside(caller, one.agency_id, known) or _decide(one, known, before, terms)
        verdicts.append(found.status if isinstance(found, Inspected) else found)
        if isinstance(found, Inspected):
            kept.append((one, found.score, found.status == "qualified"))
            announcements.append(Announcement(found.fact, known[one.agency_id].version, now))
    await store.keep_inspections(tx.db, kept)
    await store.save(tx.db, [known[agency_id] for agency_id in {one.agency_id for one, _, _ in kept}])
    tx.announce(announcements)
    return verdicts


def _decide(
    said: Inspection,
    known: dict[UUID, Agency],
    before: dict[UUID, tuple[Inspection, ...]],
    terms: dict[UUID, Terms],
) -> Inspected | str:
    agency = known.get(said.agency_id)
    if agency is None:
        return "unknown_agency"
    earlier = before.get(said.agency_id, ())
    found = policy.inspected(agency, said, terms[agency.programme_id].inspection, earlier)
    if not isinstance(found, Inspected):
        return found or "unchanged"
    known[said.agency_id] = replace(agency, status=found.status, version=agency.version + 1)
    before[said.agency_id] = (*earlier, said)
    return found


@router.post("/inspections", status_code=201)
async def inspect(said: Inspection, request: Request, caller: Officer) -> JSONResponse:
    """An agency was inspected: it qualifies with the programme's pass mark or more."""
    async with transaction(pool_of(request)) as tx:
        (verdict,) = await take(tx, [said], caller)
    if verdict not in ("qualified", "rejected", "unchanged"):
        raise refused(verdict)
    return answer(verdict, {"agency_id": str(said.agency_id)}, ("qualified", "rejected"))


@router.post("/inspections/import")
async def import_inspections(request: Request, caller: Officer, asked: ImportQuery) -> JSONResponse:
    """Inspections by file."""
    taker = SheetTaker("inspections", Inspection, partial(take, caller=caller))
    return await import_sheet(request, caller, taker, asked)

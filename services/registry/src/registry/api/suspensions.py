"""An agency is suspended in mid-year, and reinstated."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse

from access.caller import Caller
from events.transport.outbox import Transaction, transaction
from registry.api.asked import Officer, On, agency_meant, answer, pool_of
from registry.api.problems import not_found, refused
from registry.model.suspensions import Reinstatement, Suspension, SuspensionOrder
from registry.policy import suspensions as policy
from registry.policy.suspensions import Standing
from registry.store import agencies, programmes, turns
from registry.store import suspensions as store

router = APIRouter()


@router.post("/agencies/{agency_id}/suspension", status_code=201)
async def suspend(agency_id: UUID, said: SuspensionOrder, request: Request, caller: Officer, on: On) -> JSONResponse:
    """Nobody of the agency visits meanwhile; with the same first day again, its end or reason changes."""
    async with transaction(pool_of(request)) as tx:
        standing = await _standing(tx, agency_id, caller)
        after = await _kept(tx, standing, policy.suspended(standing, said, on))
    return answer("suspended" if after else "unchanged", _shown(agency_id, after or standing.newest), ("suspended",))


@router.post("/agencies/{agency_id}/reinstatement", status_code=201)
async def reinstate(agency_id: UUID, said: Reinstatement, request: Request, caller: Officer) -> JSONResponse:
    """The agency's managers visit again from a day on; on the suspension's first day, it never took place."""
    async with transaction(pool_of(request)) as tx:
        standing = await _standing(tx, agency_id, caller)
        after = await _kept(tx, standing, policy.reinstated(standing, said.first_day))
    return answer("reinstated" if after else "unchanged", _shown(agency_id, after or standing.newest), ("reinstated",))


async def _standing(tx: Transaction, agency_id: UUID, caller: Caller) -> Standing:
    await turns.take(tx.db, "agencies")
    agency = await agency_meant(tx.db, agency_id, caller)
    programme = await programmes.find(tx.db, agency.programme_id)
    if programme is None:
        raise not_found("사업", "programme")
    before = await store.of_agency(tx.db, agency_id)
    return Standing(agency, programme.window_until, before[-1] if before else None)


async def _kept(tx: Transaction, standing: Standing, found: Suspension | str | None) -> Suspension | None:
    if isinstance(found, str):
        raise refused(found)
    if found:
        await store.save(tx.db, found)
        await agencies.save(tx.db, [replace(standing.agency, version=found.version)])
        tx.announce([policy.fact_of(found, standing.agency.programme_id, datetime.now(UTC))])
    return found


def _shown(agency_id: UUID, suspension: Suspension | None) -> dict[str, object]:
    return {"agency_id": str(agency_id), "suspension": jsonable_encoder(suspension)}

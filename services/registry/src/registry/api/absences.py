"""What keeps a manager from visiting in mid-year: leave, and leaving."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse

from access.caller import Caller
from events.transport.outbox import Transaction, transaction
from registry.api import attendance
from registry.api.asked import Employer, agency_meant, answer, pool_of
from registry.api.problems import not_found, refused
from registry.model.managers import Departure, Leave, Manager
from registry.policy import managers as policy
from registry.store import managers as store
from registry.store import programmes, turns

router = APIRouter()


@router.put("/managers/{manager_id}/leave")
async def take_leave(manager_id: UUID, said: Leave, request: Request, caller: Employer) -> JSONResponse:
    """All the days on which a manager is on leave, in place of those known so far."""
    async with transaction(pool_of(request)) as tx:
        before = await _meant(tx, manager_id, caller)
        after = await _kept(tx, before, policy.on_leave(before, said.days))
    return _answer("changed" if after else "unchanged", after or before)


@router.post("/managers/{manager_id}/departure", status_code=201)
async def depart(manager_id: UUID, said: Departure, request: Request, caller: Employer) -> JSONResponse:
    """A manager leaves: no visits from that day on; another day corrects it."""
    async with transaction(pool_of(request)) as tx:
        before = await _meant(tx, manager_id, caller)
        terms = {one.programme_id: one for one in await programmes.every(tx.db)}
        last_day = terms[before.programme_id].window_until
        after = await _kept(tx, before, policy.departed(before, said.on, last_day))
    return _answer("departed" if after else "unchanged", after or before)


@router.delete("/managers/{manager_id}/departure")
async def come_back(manager_id: UUID, request: Request, caller: Employer) -> JSONResponse:
    """A departure is taken back: the manager visits as if they had never left."""
    async with transaction(pool_of(request)) as tx:
        before = await _meant(tx, manager_id, caller)
        after = await _kept(tx, before, policy.returned(before))
        await attendance.finish(tx, {manager_id: after} if after else {})
    return _answer("returned" if after else "unchanged", after or before)


async def _meant(tx: Transaction, manager_id: UUID, caller: Caller) -> Manager:
    await turns.take(tx.db, "managers")
    manager = (await store.load(tx.db, [manager_id])).get(manager_id)
    if manager is None:
        raise not_found("안전관리자", "manager")
    await agency_meant(tx.db, manager.enrolment.agency_id, caller)
    return manager


async def _kept(tx: Transaction, before: Manager, found: Manager | str | None) -> Manager | None:
    if isinstance(found, str):
        raise refused(found)
    if found:
        await store.save(tx.db, [found])
        tx.announce(policy.facts_of(before, found, datetime.now(UTC)))
    return found


def _answer(outcome: str, manager: Manager) -> JSONResponse:
    said = manager.enrolment
    shown = {"manager_id": said.manager_id, "agency_id": said.agency_id, "leave_days": said.leave_days}
    return answer(outcome, jsonable_encoder({**shown, "left_on": manager.left_on}), ("departed",))

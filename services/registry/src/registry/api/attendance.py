"""Attendance of the training days; whoever was there on all of them is trained."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from access.caller import Caller
from events.transport.outbox import Transaction, transaction
from registry.api.asked import Officer, answer, outside, pool_of
from registry.api.problems import refused
from registry.api.sheets import ImportQuery, SheetTaker, import_sheet
from registry.model.agencies import Agency
from registry.model.managers import Attendance, Manager
from registry.policy import managers as policy
from registry.store import agencies, programmes, turns
from registry.store import managers as store

router = APIRouter()
TrainingDays = dict[UUID, tuple[date, ...]]


async def take(tx: Transaction, said: Sequence[Attendance], caller: Caller) -> list[str]:
    """Take attendance: `recorded`, `trained` where a manager's last missing day came, or why it cannot be taken."""
    await turns.take(tx.db, "managers")
    ids = sorted({one.manager_id for one in said})
    known = await store.load(tx.db, ids)
    employers = await agencies.load(tx.db, sorted({one.enrolment.agency_id for one in known.values()}))
    days = await _training_days(tx)
    verdicts = [_outside(caller, known.get(one.manager_id), employers) or _verdict(one, known, days) for one in said]
    recorded = [one for one, verdict in zip(said, verdicts, strict=True) if verdict == "recorded"]
    await store.attend(tx.db, list({(one.manager_id, one.day): one for one in recorded}.values()))
    trained = await finish(tx, {one.manager_id: known[one.manager_id] for one in recorded})
    last = {one.manager_id: at for at, one in enumerate(said)}
    for manager_id in trained:
        verdicts[last[manager_id]] = "trained"
    return verdicts


async def _training_days(tx: Transaction) -> TrainingDays:
    return {one.programme_id: one.training_days for one in await programmes.every(tx.db)}


def _outside(caller: Caller, manager: Manager | None, employers: dict[UUID, Agency]) -> str | None:
    return outside(caller, manager.enrolment.agency_id, employers) if manager else None


def _verdict(said: Attendance, known: dict[UUID, Manager], days: TrainingDays) -> str:
    manager = known.get(said.manager_id)
    if manager is None:
        return "unknown_manager"
    return policy.refusal_of(said, manager, days[manager.programme_id]) or "recorded"


async def finish(tx: Transaction, known: Mapping[UUID, Manager]) -> list[UUID]:
    """Whoever has attended every day now is trained, whether or not their agency has qualified yet."""
    days = await _training_days(tx)
    attended = await store.attended(tx.db, list(known))
    finished: list[UUID] = []
    changed: list[Manager] = []
    now = datetime.now(UTC)
    for manager_id, manager in known.items():
        trained = policy.trained(manager, attended.get(manager_id, set()), days[manager.programme_id])
        if trained and trained.trained_on:
            finished.append(manager_id)
            changed.append(trained)
            tx.announce([policy.trained_fact(trained, trained.trained_on, now)])
    await store.save(tx.db, changed)
    return finished


@router.post("/attendance", status_code=201)
async def attend(said: Attendance, request: Request, caller: Officer) -> JSONResponse:
    """A manager was there on a training day, or was not."""
    async with transaction(pool_of(request)) as tx:
        (verdict,) = await take(tx, [said], caller)
    if verdict not in ("recorded", "trained"):
        raise refused(verdict)
    return answer(verdict, {"manager_id": str(said.manager_id)}, ("recorded", "trained"))


@router.post("/attendance/import")
async def import_attendance(request: Request, caller: Officer, asked: ImportQuery) -> JSONResponse:
    """Attendance by file."""
    taker = SheetTaker("attendance", Attendance, partial(take, caller=caller))
    return await import_sheet(request, caller, taker, asked)

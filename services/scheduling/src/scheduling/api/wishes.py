"""Wishes over HTTP: an agency hands an enterprise back, a site asks for another day; the next plan answers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from access.caller import Caller
from access.problems import OUT_OF_SCOPE, RefusedError
from access.routes import allowed
from events.transport.outbox import Transaction, transaction
from scheduling.api.problems import NO_VISIT, NO_WISH, NOT_SCHEDULED, WISH_ID_TAKEN
from scheduling.model import Visit, Wish
from scheduling.policy import may_see
from scheduling.store import plans, visits, wishes

router = APIRouter()
Agency = Annotated[Caller, Depends(allowed("officer", "agency"))]
Anyone = Annotated[Caller, Depends(allowed("officer", "agency", "manager"))]
Reader = Annotated[Caller, Depends(allowed("officer", "agency", "manager", "service"))]
Text = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]  # PostgreSQL keeps no NUL


class HandBack(BaseModel):
    """The wish's own id makes saying it again harmless."""

    model_config = ConfigDict(extra="forbid")

    wish_id: UUID
    reason: Text = Field(min_length=1)
    programme_id: UUID | None = None


class AnotherDay(BaseModel):
    """Days one by one, or all from a day until another."""

    model_config = ConfigDict(extra="forbid")

    wish_id: UUID
    reason: Text = ""
    days: tuple[date, ...] = Field(default=(), max_length=400)
    first: date | None = Field(default=None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _says_which_days(self) -> "AnotherDay":
        if bool(self.days) == bool(self.first and self.until) or bool(self.first) != bool(self.until):
            raise ValueError("say either days, or from and until")
        if self.first and self.until and not timedelta() <= self.until - self.first <= timedelta(days=400):
            raise ValueError("until lies before from, or more than 400 days behind it")
        return self

    @property
    def wanted(self) -> tuple[date, ...]:
        if not (self.first and self.until):
            return tuple(sorted(set(self.days)))
        return tuple(self.first + timedelta(days=n) for n in range((self.until - self.first).days + 1))


@dataclass(frozen=True)
class _Asked:
    """Who asks for what about which enterprise or visit."""

    caller: Caller
    about: UUID
    said: HandBack | AnotherDay

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(f"{self.about} {self.said.model_dump_json()}".encode()).digest()[:16]


@router.post("/enterprises/{enterprise_id}/hand-back", status_code=202)
async def hand_back(
    request: Request, response: Response, enterprise_id: UUID, caller: Agency, said: HandBack
) -> dict[str, str]:
    """The agency that serves it gives an enterprise back; another one takes over the visits still to be made."""
    asked = _Asked(caller, enterprise_id, said)
    async with transaction(request.app.state.pool) as tx:
        wish = await _known(tx, asked) or await _keep(tx, asked, await visits.open_visits_to(tx.db, [enterprise_id]))
    return _acknowledged(response, wish)


@router.post("/visits/{visit_id}/another-day", status_code=202)
async def another_day(
    request: Request, response: Response, visit_id: UUID, caller: Anyone, said: AnotherDay
) -> dict[str, str]:
    """A site asks for another day for one visit."""
    asked = _Asked(caller, visit_id, said)
    async with transaction(request.app.state.pool) as tx:
        wish = await _known(tx, asked) or await _keep(tx, asked, await _one(tx, visit_id))
    return _acknowledged(response, wish)


async def _one(tx: Transaction, visit_id: UUID) -> list[Visit]:
    found = [visit for visit in await visits.with_siblings(tx.db, [visit_id]) if visit.visit_id == visit_id]
    if not found:
        raise RefusedError(NO_VISIT)
    return found


@router.get("/wishes/{wish_id}")
async def a_wish(request: Request, wish_id: UUID, caller: Reader) -> dict[str, Any]:
    """Waiting, done with the visits' new days, or refused with the reason in both languages."""
    wish = await wishes.find(request.app.state.pool, wish_id)
    if wish is None:
        raise RefusedError(NO_WISH)
    if not may_see(caller, wish):
        raise RefusedError(OUT_OF_SCOPE)
    names = ("wish_id", "kind", "state", "programme_id", "enterprise_id", "visit_id", "days", "asked_at", "answered_at")
    return {name: getattr(wish, name) for name in (*names, "plan_id", "visits", "reason")} | {"said": wish.said}


async def _known(tx: Transaction, asked: _Asked) -> Wish | None:
    """Said again a wish is what it was, whatever has become of the visits since."""
    wish = await wishes.find(tx.db, asked.said.wish_id)
    if wish and (wish.digest != asked.digest or not may_see(asked.caller, wish)):
        raise RefusedError(WISH_ID_TAKEN)
    return wish


async def _keep(tx: Transaction, asked: _Asked, about: Sequence[Visit]) -> Wish:
    """The wish, kept and on its way to a plan."""
    programme_id = asked.said.programme_id if isinstance(asked.said, HandBack) else None
    scheduled = [visit for visit in about if visit.state == "scheduled" and programme_id in (None, visit.programme_id)]
    own = [visit for visit in scheduled if may_see(asked.caller, visit)]
    if not own:
        raise RefusedError(OUT_OF_SCOPE if scheduled else NOT_SCHEDULED)
    wish = _wish(asked, own[0])
    if not await wishes.keep(tx.db, wish):
        return await _asked_beside(tx, asked)
    await plans.request_again(tx.db, wish.programme_id, wish.asked_at, f"wish {wish.wish_id}")
    return wish


async def _asked_beside(tx: Transaction, asked: _Asked) -> Wish:
    """The wish of this id that another request has kept since this one looked: said again it is the same."""
    wish = await _known(tx, asked)
    if wish is None:
        raise RefusedError(WISH_ID_TAKEN)
    return wish


def _wish(asked: _Asked, visit: Visit) -> Wish:
    said = asked.said
    is_day = isinstance(said, AnotherDay)
    return Wish(
        wish_id=said.wish_id,
        programme_id=visit.programme_id,
        kind="another_day" if is_day else "hand_back",
        enterprise_id=visit.enterprise_id,
        visit_id=visit.visit_id if is_day else None,
        agency_id=visit.agency_id,
        manager_id=visit.manager_id if is_day else None,
        province=visit.province,
        days=said.wanted if is_day else (),
        said=said.reason,
        digest=asked.digest,
        asked_at=datetime.now(UTC),
        asked_by=asked.caller.subject,
    )


def _acknowledged(response: Response, wish: Wish) -> dict[str, str]:
    response.headers["Location"] = f"/wishes/{wish.wish_id}"
    return {"wish_id": str(wish.wish_id), "state": wish.state}

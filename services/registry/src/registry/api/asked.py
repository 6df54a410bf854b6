"""What routes ask of a request: the caller, the pool, the programme that is meant, the day, a page."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from starlette.responses import JSONResponse

from access.caller import Caller
from access.routes import allowed, allowed_for_the_nation
from events.transport.db import Connection, Pool
from registry.api.problems import ProblemError, not_found, refused
from registry.model.agencies import Agency, Application
from registry.model.programmes import Terms
from registry.policy.agencies import lies_within
from registry.store import agencies, programmes
from registry.store.agencies import Bounds
from registry.store.imports import Sender

SEOUL = ZoneInfo("Asia/Seoul")
FIRST = UUID(int=0)

Officer = Annotated[Caller, Depends(allowed("officer"))]
OfficerOfAll = Annotated[Caller, Depends(allowed_for_the_nation("officer"))]
Nation = Annotated[Caller, Depends(allowed("officer", "service"))]
Office = Annotated[Caller, Depends(allowed("officer", "service", "agency"))]
Employer = Annotated[Caller, Depends(allowed("officer", "agency"))]
Anybody = Annotated[Caller, Depends(allowed("officer", "service", "agency", "manager"))]

After = Annotated[UUID, Query(description="the `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1_000)]


def pool_of(request: Request) -> Pool:
    """The service's database."""
    return request.app.state.pool


async def programme_meant(request: Request, programme_id: UUID | None = None) -> Terms:
    """The programme that is named, or the only one there is."""
    pool = pool_of(request)
    if programme_id:
        async with pool.acquire() as db:
            terms = await programmes.find(db, programme_id)
        if terms is None:
            raise not_found("사업", "programme")
        return terms
    async with pool.acquire() as db:
        every = await programmes.every(db)
    if len(every) != 1:
        raise ProblemError(
            422,
            "programme-not-named",
            f"사업이 {len(every)}개입니다. 요청에 ?programme_id=…를 넣으십시오 (없으면 먼저 사업을 여십시오)",
            f"there are {len(every)} programmes; say which with ?programme_id=…, or open one first",
        )
    return every[0]


def day_meant(on: date | None = None) -> date:
    """The day of what is said, where it names none itself: `?on=2023-04-12`, else today in Korea."""
    return on or datetime.now(SEOUL).date()


Programme = Annotated[Terms, Depends(programme_meant)]
On = Annotated[date, Depends(day_meant)]


def outside(
    caller: Caller, agency_id: UUID, known: Mapping[UUID, Agency], said: Application | None = None
) -> str | None:
    """Why a caller has no say about an agency, as it is held and as it is said to be; None for who has."""
    if not caller.may_see_agency(agency_id):
        return "not_your_agency"
    held = known[agency_id].application if agency_id in known else None
    if not caller.provinces or all(lies_within(one, caller.provinces) for one in (held, said) if one):
        return None
    return "agency_elsewhere"


async def agency_meant(db: Connection, agency_id: UUID, caller: Caller) -> Agency:
    """The agency of that id, if there is one and it is the caller's affair."""
    known = await agencies.load(db, [agency_id])
    if why := outside(caller, agency_id, known):
        raise refused(why)
    if agency_id not in known:
        raise not_found("기관", "agency")
    return known[agency_id]


def sender_of(caller: Caller) -> Sender:
    """As whose a caller's imports are kept."""
    return Sender(caller.subject, caller.agency_id, tuple(sorted(caller.provinces)))


def bounds_of(caller: Caller) -> Bounds:
    """The agency, the provinces and, for one who is only a manager, the person to whom a caller's view is bound."""
    agency_id = None if caller.sees_every_agency else str(caller.agency_id)
    return Bounds(agency_id, caller.provinces or None, caller.subject if caller.is_only_a_manager else None)


def page_of(rows: Sequence[Mapping[str, Any]], key: str, limit: int) -> dict[str, object]:
    """A page and where the next one begins; `next` is null on the last."""
    return {"items": rows, "next": rows[-1][key] if len(rows) == limit else None}


def answer(outcome: str, body: Mapping[str, object], new: Sequence[str]) -> JSONResponse:
    """201 for something new, 200 for what was known or changed."""
    return JSONResponse({"outcome": outcome, **body}, 201 if outcome in new else 200)

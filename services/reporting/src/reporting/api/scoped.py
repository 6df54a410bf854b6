"""What only some may see: an agency's own progress, and the exact counts that the books are checked by."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from access.caller import Caller
from access.problems import OUT_OF_SCOPE, RefusedError
from access.routes import allowed, allowed_for_the_nation
from reporting.api.problems import NO_SUCH_AGENCY
from reporting.store import inquiries

router = APIRouter(prefix="/api")
AgencyReader = Annotated[Caller, Depends(allowed("officer", "agency", "service"))]


@router.get("/reconciliation", dependencies=[Depends(allowed_for_the_nation("officer", "operator", "service"))])
async def reconciliation(request: Request) -> dict[str, dict[str, int]]:
    """Exact counts from the read model: facts heard by type, and states that they come to."""
    return await inquiries.reconciliation(request.app.state.pool)


@router.get("/agencies/{agency_id}/progress")
async def agency_progress(request: Request, agency_id: UUID, caller: AgencyReader) -> dict[str, Any]:
    """How one agency's visits stand, within the caller's provinces: for the agency itself, and for officers."""
    if not caller.may_see_agency(agency_id):
        raise RefusedError(OUT_OF_SCOPE)
    found = await inquiries.agency(request.app.state.pool, agency_id, caller.provinces or None)
    if found is None:
        raise RefusedError(NO_SUCH_AGENCY)
    return dict(found)

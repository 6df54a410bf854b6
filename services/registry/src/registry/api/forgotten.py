"""What must be handed in again after the database was restored to an older state."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from access.caller import Caller
from access.routes import allowed_for_the_nation
from registry.api.asked import pool_of
from registry.store import recall

router = APIRouter()
Officer = Annotated[Caller, Depends(allowed_for_the_nation("officer"))]


@router.get("/forgotten")
async def show_forgotten(request: Request, caller: Officer) -> dict[str, Any]:
    """Agencies and managers with what was said of them last, programmes, and how many enterprises lack a name."""
    async with pool_of(request).acquire() as db:
        found = await recall.to_hand_in(db)
    read = [{**row, "fact": json.loads(row["fact"]) if row["fact"] else None} for row in found["forgotten"]]
    return {**found, "forgotten": read}

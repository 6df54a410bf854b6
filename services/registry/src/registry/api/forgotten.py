"""What must be handed in again after the database was restored to an older state."""

import json
from typing import Any

from fastapi import APIRouter, Request

from registry.api.asked import OfficerOfAll, pool_of
from registry.store import recall

router = APIRouter()


@router.get("/forgotten")
async def show_forgotten(request: Request, caller: OfficerOfAll) -> dict[str, Any]:
    """Agencies and managers with what was said of them last, programmes, and how many enterprises lack a name."""
    async with pool_of(request).acquire() as db:
        found = await recall.to_hand_in(db)
    read = [{**row, "fact": json.loads(row["fact"]) if row["fact"] else None} for row in found["forgotten"]]
    return {**found, "forgotten": read}

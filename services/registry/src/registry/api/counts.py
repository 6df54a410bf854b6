"""Counts, within the same bounds as the rows."""

from fastapi import APIRouter, Request

from registry.api.asked import Anybody, bounds_of, pool_of
from registry.store import agencies, enterprises, managers

router = APIRouter()


@router.get("/counts")
async def counts(request: Request, caller: Anybody) -> dict[str, object]:
    """How many agencies, managers and enterprises there are for this caller."""
    whose = bounds_of(caller)
    async with pool_of(request).acquire() as db:
        by_province = await enterprises.counts(db, whose.provinces) if caller.sees_every_agency else []
        return {
            "agencies": await agencies.counts(db, whose),
            "managers": await managers.counts(db, whose),
            "enterprises": {
                "open": sum(row["open"] for row in by_province),
                "closed": sum(row["closed"] for row in by_province),
                "by_province": by_province,
            },
        }

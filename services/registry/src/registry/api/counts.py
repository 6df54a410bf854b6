"""Counts, within the same bounds as the rows."""

from fastapi import APIRouter, Request

from registry.api.asked import Anybody, own_agency, own_self, pool_of, provinces_of
from registry.store import agencies, enterprises, managers

router = APIRouter()


@router.get("/counts")
async def counts(request: Request, caller: Anybody) -> dict[str, object]:
    """How many agencies, managers and enterprises there are for this caller."""
    agency, self_only = own_agency(caller), own_self(caller)
    async with pool_of(request).acquire() as db:
        by_province = await enterprises.counts(db, provinces_of(caller)) if "manager" not in caller.roles else []
        return {
            "agencies": await agencies.counts(db, agency),
            "managers": await managers.counts(db, agency, self_only),
            "enterprises": {
                "open": sum(row["open"] for row in by_province),
                "closed": sum(row["closed"] for row in by_province),
                "by_province": by_province,
            },
        }

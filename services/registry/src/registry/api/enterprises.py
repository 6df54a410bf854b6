"""Enterprises: by file in, by page out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from access.problems import OUT_OF_SCOPE, RefusedError
from registry.api.asked import FIRST, After, Anybody, Limit, Nation, On, page_of, pool_of
from registry.api.problems import not_found
from registry.api.sheets import ImportQuery, import_sheet
from registry.api.taking import EnterpriseTaker
from registry.model.checks import Province
from registry.store import enterprises as store

router = APIRouter()


@router.post("/enterprises/import")
async def import_enterprises(request: Request, caller: Nation, asked: ImportQuery, on: On) -> JSONResponse:
    """Enterprises by file: our own template, or the National Pension Service's list as it is downloaded."""
    return await import_sheet(request, caller, EnterpriseTaker(on, caller), asked)


@router.get("/enterprises")
async def list_enterprises(
    request: Request,
    caller: Nation,
    after: After = FIRST,
    limit: Limit = 100,
    province: Annotated[Province | None, Query(description="ISO 3166-2:KR")] = None,
) -> dict[str, object]:
    """Enterprises in the order of their ids, within the caller's provinces."""
    if province and not caller.may_see_province(province):
        raise RefusedError(OUT_OF_SCOPE)
    provinces = [province] if province else caller.provinces or None
    async with pool_of(request).acquire() as db:
        rows = await store.page(db, provinces=provinces, after=after, limit=limit)
    return page_of(rows, "enterprise_id", limit)


@router.get("/enterprises/{enterprise_id}")
async def show_enterprise(enterprise_id: UUID, request: Request, caller: Anybody) -> dict[str, object]:
    """One enterprise; an agency's people find its id in their visits, which are scheduling's to show."""
    async with pool_of(request).acquire() as db:
        found = await store.find(db, enterprise_id)
    if found is None:
        raise not_found("사업장", "enterprise")
    if not caller.may_see_province(found["province"]):
        raise RefusedError(OUT_OF_SCOPE)
    return found

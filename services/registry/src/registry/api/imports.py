"""Imports: how far they are, what they came to, and the rows they refused, as a file to mend and send again."""

import csv
import io
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from access.caller import Caller
from access.problems import OUT_OF_SCOPE, RefusedError
from events.transport.db import Pool
from registry.api.asked import Limit, Nation, Office, pool_of, sender_of
from registry.api.problems import not_found
from registry.api.progress import shown
from registry.policy.sheets.columns import ADDED
from registry.store import imports
from registry.store.imports import RefusedRow

router = APIRouter()


@router.get("/imports")
async def list_imports(request: Request, caller: Nation, limit: Limit = 20) -> list[dict[str, object]]:
    """The newest imports that the caller may see."""
    sender = None if _sees_all(caller) else sender_of(caller)
    return [shown(found) for found in await imports.newest(pool_of(request), sender, limit)]


@router.get("/imports/{import_id}")
async def show_import(import_id: UUID, request: Request, caller: Office) -> dict[str, object]:
    """One import, also while it runs."""
    return shown(await _found(pool_of(request), import_id, caller))


@router.get("/imports/{import_id}/refused.csv")
async def refused_rows(import_id: UUID, request: Request, caller: Office) -> StreamingResponse:
    """The refused rows as they came, with the reasons behind them; mended, the file can be sent in as it is."""
    pool = pool_of(request)
    found = await _found(pool, import_id, caller)
    return StreamingResponse(
        _written(pool, import_id, found["header"]),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="refused-{import_id}.csv"'},
    )


async def _found(pool: Pool, import_id: UUID, caller: Caller) -> dict[str, Any]:
    found = await imports.find(pool, import_id)
    if found is None:
        raise not_found("가져오기", "import")
    if not _sees_all(caller) and found["sender"] != sender_of(caller):
        raise RefusedError(OUT_OF_SCOPE)
    return found


def _sees_all(caller: Caller) -> bool:
    """An import is of the whole country: whoever is bound to an agency or to provinces sees only what they sent."""
    return caller.sees_every_agency and not caller.provinces


async def _written(pool: Pool, import_id: UUID, header: Sequence[str]) -> AsyncGenerator[bytes]:
    kept = [at for at, name in enumerate(header) if name.strip() not in ADDED]
    yield ("\ufeff" + _line([*(header[at] for at in kept), *ADDED])).encode()  # the mark tells spreadsheets of UTF-8
    async for row in imports.refused(pool, import_id):
        cells = _cells(row)
        cells = [cells[at] for at in kept] if len(cells) == len(header) else (cells + [""] * len(kept))[: len(kept)]
        yield _line([*cells, str(row.number), row.columns, row.reason_ko, row.reason_en]).encode()


def _cells(row: RefusedRow) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(row.raw)), [])
    except csv.Error:
        return [row.raw]


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()

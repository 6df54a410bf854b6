"""The nation's progress, for anyone: as a document, as a stream of documents, and as a table to take away."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from access.problems import RefusedError
from access.routes import open_to_anyone
from reporting.api.board import Board, Posted
from reporting.api.problems import NO_SUCH_PROGRAMME
from reporting.api.table import Language, table_of
from reporting.model import Programme
from reporting.store import counts

PUBLIC = "national figures by province and sector are public by decision; they name no agency, person or enterprise"
router = APIRouter(prefix="/api")


@router.get("/programmes")
@open_to_anyone(PUBLIC)
async def programmes(request: Request) -> list[Programme]:
    """The programmes there are, the newest first."""
    return await counts.programmes(request.app.state.pool)


@router.get("/progress")
@open_to_anyone(PUBLIC)
async def progress(request: Request, programme_id: UUID | None = None) -> Response:
    """The progress document of a programme; of the newest, if none is named."""
    posted = await _posted(request, programme_id)
    tag = f'"{posted.tag}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(posted.document, media_type="application/json", headers=headers)


@router.get("/progress.csv")
@open_to_anyone(PUBLIC)
async def table(request: Request, programme_id: UUID | None = None, lang: Language = "ko") -> Response:
    """Province by sector as CSV that spreadsheets open."""
    posted = await _posted(request, programme_id)
    programme = posted.progress.programme
    name = f"anjeon-{programme.year if programme else 'empty'}-{lang}.csv"
    return Response(
        table_of(posted.progress, lang),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/progress/stream")
@open_to_anyone(PUBLIC)
async def stream(request: Request, programme_id: UUID | None = None) -> StreamingResponse:
    """Server-sent events: the document now, and again whenever it changed, at most once a second."""
    await _posted(request, programme_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_messages(request, programme_id), media_type="text/event-stream", headers=headers)


async def _messages(request: Request, programme_id: UUID | None) -> AsyncGenerator[bytes]:
    yield b"retry: 2000\n\n"
    async for posted in _board(request).changes(programme_id):
        if _is_stopping(request.app.state):
            return
        if posted is None:
            yield b": still here\n\n"
        else:
            yield b"id: %s\nevent: progress\ndata: %s\n\n" % (posted.tag.encode(), posted.document)


def _is_stopping(state: Any) -> bool:
    stopping = getattr(state, "stopping", None)
    return stopping is not None and stopping.is_set()


def _board(request: Request) -> Board:
    state = request.app.state
    if not hasattr(state, "board"):
        state.board = Board(state.pool)
    return state.board


async def _posted(request: Request, programme_id: UUID | None) -> Posted:
    posted = await _board(request).newest(programme_id)
    if programme_id is not None and posted.progress.programme is None:
        raise RefusedError(NO_SUCH_PROGRAMME)
    return posted

"""Serves the page that web/build.py made: one HTML file and its assets, whose names change with their content."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from access.problems import RefusedError
from access.routes import open_to_anyone
from reporting.api.problems import NO_PAGE

DIST = Path(str(files("reporting"))) / "web" / "dist"
ASSETS = "/assets"
# Nothing is loaded from elsewhere; the charts set style attributes on their own elements.
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
router = APIRouter()


class _Assets(StaticFiles):
    """Files that may be kept for ever: another content has another name."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


@router.get("/", include_in_schema=False)
@open_to_anyone("the page shows public figures only")
async def page() -> FileResponse:
    """The page."""
    index = DIST / "index.html"
    if not index.is_file():
        raise RefusedError(NO_PAGE)
    return FileResponse(index, headers=_HEADERS)


def add_page(app: FastAPI) -> None:
    """Give the app the page and its assets."""
    app.include_router(router)
    app.mount(ASSETS, _Assets(directory=DIST / "assets", check_dir=False))

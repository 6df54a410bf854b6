"""The gate before a service's door: who may have forgotten what it has said takes nothing in until it has looked."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from events.transport.recall import Recall

_READS = {"GET", "HEAD", "OPTIONS"}


def gated(app: ASGIApp, recall: Recall) -> ASGIApp:
    """The door, which answers questions and refuses everything else while nothing may be written."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        is_shut = recall.closed and scope["type"] == "http" and scope["method"] not in _READS
        await (_refusal(scope["path"], recall.closed or "") if is_shut else app)(scope, receive, send)

    return door


def _refusal(path: str, why: str) -> JSONResponse:
    body = {
        "type": "urn:anjeon:problem:not-yet-open",
        "title": "This service does not yet take anything in",
        "title_ko": "아직 접수할 수 없습니다",
        "status": 503,
        "detail": f"Nothing was kept; send it again in a moment. The reason: {why}.",
        "detail_ko": "아무것도 저장되지 않았습니다. 이미 알린 사실과 대조하는 중이니 잠시 후 다시 보내십시오.",
        "instance": path,
    }
    return JSONResponse(body, 503, {"Retry-After": "5"}, media_type="application/problem+json")

"""Refusals of whole requests, in Korean and English, saying what to do."""

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from access.problems import Problem, RefusedError, refusal

NO_PROGRAMME = Problem(
    "programme-unknown",
    404,
    "사업을 찾을 수 없습니다",
    "No such programme",
    "사업 번호를 확인하거나, 사업이 막 개설되었다면 잠시 뒤 다시 요청하십시오.",
    "Check the programme's id; if it has just been opened, ask again in a moment.",
)
NO_PLAN = Problem(
    "plan-unknown",
    404,
    "계획을 찾을 수 없습니다",
    "No such plan",
    "계획 번호를 확인하십시오.",
    "Check the plan's id.",
)
BAD_REQUEST = Problem(
    "request-not-understood",
    422,
    "요청을 이해할 수 없습니다",
    "The request cannot be understood",
    "다음을 고쳐 다시 보내십시오: {needed}",
    "Mend this and send it again: {needed}",
)
TOO_MANY_REPORTS = Problem(
    "too-many-reports",
    413,
    "한 번에 보낼 수 있는 보고 수를 넘었습니다",
    "Too many reports in one request",
    "한 요청에 2,000건까지 나누어 보내십시오.",
    "Send at most 2,000 in one request.",
)


NO_VISIT = Problem(
    "visit-unknown",
    404,
    "방문을 찾을 수 없습니다",
    "No such visit",
    "방문 번호를 확인하십시오.",
    "Check the visit's id.",
)
NO_WISH = Problem(
    "wish-unknown",
    404,
    "요청을 찾을 수 없습니다",
    "No such wish",
    "요청 번호를 확인하십시오.",
    "Check the wish's id.",
)
NOT_SCHEDULED = Problem(
    "nothing-scheduled",
    409,
    "예정된 방문이 없습니다",
    "No visit is scheduled",
    "이미 방문했거나 취소된 방문은 옮길 수 없습니다. 방문의 현재 상태를 확인하십시오.",
    "A visit that was made or cancelled cannot be moved. Look up its state.",
)
WISH_ID_TAKEN = Problem(
    "wish-id-taken",
    409,
    "같은 요청 번호로 다른 내용이 이미 접수되었습니다",
    "A wish with this id asks for something else",
    "새 요청 번호를 쓰십시오.",
    "Use a new wish id.",
)


async def not_understood(request: Request, error: Exception) -> Response:
    """FastAPI's complaints, in the form of all our refusals."""
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = tuple(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
    return refusal(request, RefusedError(BAD_REQUEST, wrong))

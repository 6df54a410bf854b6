"""Refusals that say what to do, in Korean and English (RFC 9457, application/problem+json)."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse


@dataclass(frozen=True, slots=True)
class Problem:
    """One way of being refused."""

    name: str
    status: int
    title_ko: str
    title_en: str
    advice_ko: str
    advice_en: str


NO_TOKEN = Problem(
    "token-missing",
    401,
    "인증 토큰이 없습니다",
    "No access token",
    "요청에 'Authorization: Bearer <토큰>' 머리글을 넣어 다시 보내십시오.",
    "Send the request again with the header 'Authorization: Bearer <token>'.",
)
EXPIRED = Problem(
    "token-expired",
    401,
    "인증 토큰의 유효 시간이 지났습니다",
    "The access token has expired",
    "다시 로그인하여 새 토큰을 받으십시오.",
    "Sign in again to get a new token.",
)
NOT_OURS = Problem(
    "token-refused",
    401,
    "인증 토큰을 확인할 수 없습니다",
    "The access token cannot be verified",
    "이 시스템에서 발급한 토큰인지 확인하고 새 토큰을 받으십시오.",
    "Check that the token was issued for this system, and get a new one.",
)
NOT_ALLOWED = Problem(
    "role-not-allowed",
    403,
    "이 역할로는 할 수 없는 일입니다",
    "Your role may not do this",
    "필요한 역할: {needed}. 담당자에게 권한을 요청하십시오.",
    "It takes one of these roles: {needed}. Ask your programme officer for it.",
)
OUT_OF_SCOPE = Problem(
    "outside-your-scope",
    403,
    "담당 범위 밖의 자료입니다",
    "This lies outside what is yours to see",
    "소속 기관과 담당 지역의 자료만 볼 수 있습니다.",
    "You can see what belongs to your own agency and provinces.",
)

NATION_WIDE = Problem(
    "nation-wide",
    403,
    "전국을 대상으로 하는 일은 담당 지역이 정해진 사람이 할 수 없습니다",
    "This is of the whole country, and you are bound to provinces",
    "담당 지역의 자료만 조회하거나, 지역 제한이 없는 담당자에게 요청하십시오.",
    "Ask for what lies in your provinces instead, or ask an officer of the whole country.",
)


class RefusedError(Exception):
    """A call that is refused, and why; `needed` names the roles that would do."""

    def __init__(self, problem: Problem, needed: tuple[str, ...] = ()) -> None:
        super().__init__(problem.title_en)
        self.problem = problem
        self.needed = needed


def refusal(connection: HTTPConnection, refused: Exception) -> JSONResponse:
    """The answer to a refused call."""
    if not isinstance(refused, RefusedError):
        raise refused
    problem, needed = refused.problem, " | ".join(refused.needed)
    body = {
        "type": f"urn:anjeon:problem:{problem.name}",
        "title": problem.title_en,
        "title_ko": problem.title_ko,
        "status": problem.status,
        "detail": problem.advice_en.format(needed=needed),
        "detail_ko": problem.advice_ko.format(needed=needed),
        "instance": connection.url.path,
    }
    challenge = {"WWW-Authenticate": 'Bearer realm="anjeon"'} if problem.status == 401 else {}
    return JSONResponse(body, problem.status, challenge, media_type="application/problem+json")

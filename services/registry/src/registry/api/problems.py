"""Refusals that say what to do, in Korean and English (RFC 9457, application/problem+json)."""

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from access.problems import OUT_OF_SCOPE, RefusedError
from registry.policy.sentences import OUTSIDE, REFUSALS, named, of_fault


class ProblemError(Exception):
    """A call that cannot be done: what is wrong and what to do about it, in both languages."""

    def __init__(self, status: int, name: str, korean: str, english: str, **more: object) -> None:
        super().__init__(english)
        self.status = status
        self.name = name
        self.korean = korean
        self.english = english
        self.more = more


def add(app: FastAPI) -> None:
    """Let an app answer problems as problems."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)


def refused(code: str) -> ProblemError | RefusedError:
    """The problem of something that policy does not take, or not of this caller."""
    if code in OUTSIDE:
        return RefusedError(OUT_OF_SCOPE)
    korean, english = REFUSALS[code]
    return ProblemError(409, code.replace("_", "-"), korean, english)


def not_found(what_ko: str, what_en: str) -> ProblemError:
    """The problem of something that is not there."""
    return ProblemError(
        404,
        "not-found",
        f"{what_ko} 식별자를 확인하십시오: 그런 것이 없습니다",
        f"check the id: there is no such {what_en}",
    )


def _problem(request: Request, problem: Exception) -> JSONResponse:
    if not isinstance(problem, ProblemError):
        raise problem
    return _answer(request, problem.status, problem.name, (problem.korean, problem.english), problem.more)


def _invalid(request: Request, problem: Exception) -> JSONResponse:
    if not isinstance(problem, RequestValidationError):
        raise problem
    faults = [(named(fault["loc"][1:]), *of_fault(fault)) for fault in problem.errors()]
    listed = [{"field": name, "reason": english, "reason_ko": korean} for name, korean, english in faults]
    texts = (
        "; ".join(f"{name}: {korean}" for name, korean, _ in faults),
        "; ".join(f"{name}: {english}" for name, _, english in faults),
    )
    return _answer(request, 422, "not-readable", texts, {"errors": listed})


def _answer(
    request: Request, status: int, name: str, texts: tuple[str, str], more: Mapping[str, object]
) -> JSONResponse:
    korean, english = texts
    body = {
        "type": f"urn:anjeon:problem:{name}",
        "title": english,
        "title_ko": korean,
        "status": status,
        "detail": english,
        "detail_ko": korean,
        "instance": request.url.path,
        **more,
    }
    return JSONResponse(body, status, media_type="application/problem+json")

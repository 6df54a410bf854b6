"""What eligibility serves: a decision with its reasons, the dated rules, and counts within the caller's provinces."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from access.caller import Caller
from access.problems import OUT_OF_SCOPE, Problem, RefusedError
from access.routes import allowed
from eligibility import store
from eligibility.model import Count, Decision, RuleBook, RuleSet

Officer = Annotated[Caller, Depends(allowed("officer", "service"))]
Anybody = Annotated[Caller, Depends(allowed("officer", "agency", "manager", "operator", "service"))]

NOT_DECIDED = Problem(
    "not-decided",
    404,
    "이 사업장에 대한 판정이 없습니다",
    "Nothing has been decided about this enterprise",
    "사업장 식별자를 확인하십시오. 방금 등록했다면 잠시 후 다시 조회하십시오.",
    "Check the enterprise's id; if it was registered just now, ask again in a moment.",
)


def routes(rules: RuleBook) -> APIRouter:
    """All routes; the rule book is the one that the handlers decide by."""
    router = APIRouter()

    @router.get("/decisions/{enterprise_id}")
    async def _decision(enterprise_id: UUID, request: Request, caller: Officer) -> Decision:
        standing = (await store.standings(request.app.state.pool, [enterprise_id])).get(enterprise_id)
        if standing is None or not standing.version:
            raise RefusedError(NOT_DECIDED)
        if not caller.may_see_province(standing.decision.province):
            raise RefusedError(OUT_OF_SCOPE)
        return standing.decision

    @router.get("/counts")
    async def _counts(request: Request, caller: Officer) -> list[Count]:
        return await store.counts(request.app.state.pool, caller.provinces)

    @router.get("/rules")
    async def _rules(caller: Anybody) -> tuple[RuleSet, ...]:
        return rules.rule_sets

    return router

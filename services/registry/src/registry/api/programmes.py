"""Programme years: opened from a file, once, and changed in mid-year."""

import tomllib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import yaml
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse

from events.transport.outbox import Transaction, transaction
from registry.api.asked import Anybody, OfficerOfAll, On, pool_of
from registry.api.problems import ProblemError, not_found, refused
from registry.model.programmes import Change, Terms
from registry.policy import programmes as policy
from registry.policy.sentences import REFUSALS, named, of_fault
from registry.store import programmes as store

LARGEST_FILE = 65_536
router = APIRouter()


@router.post("/programmes", status_code=201)
async def open_programme(request: Request, caller: OfficerOfAll) -> JSONResponse:
    """Open the programme of a TOML or YAML file; the same file again changes nothing, another one is refused."""
    terms = _terms(_parsed(await _body(request)))
    if wrong := policy.misdated(terms):
        raise ProblemError(422, "programme-not-valid", *REFUSALS[wrong])
    occurred_at = datetime.now(UTC)
    async with transaction(pool_of(request)) as tx:
        is_new = await _opened(tx, terms, occurred_at)
        standing = await store.find(tx.db, terms.programme_id) or terms
    return JSONResponse(_shown(standing, "opened" if is_new else "unchanged"), 201 if is_new else 200)


@router.post("/programmes/{programme_id}/changes")
async def change_programme(
    programme_id: UUID, said: Change, request: Request, caller: OfficerOfAll, on: On
) -> JSONResponse:
    """Temporary holidays, days worked besides, another window; what stands already changes nothing."""
    async with transaction(pool_of(request)) as tx:
        standing, outcome = await _changed(tx, programme_id, said, on)
    return JSONResponse(_shown(standing, outcome))


@router.get("/programmes")
async def list_programmes(request: Request, caller: Anybody) -> list[Terms]:
    """All programmes, the newest year first."""
    async with pool_of(request).acquire() as db:
        return await store.every(db)


@router.get("/programmes/{programme_id}")
async def show_programme(programme_id: UUID, request: Request, caller: Anybody) -> Terms:
    """One programme."""
    async with pool_of(request).acquire() as db:
        terms = await store.find(db, programme_id)
    if terms is None:
        raise not_found("사업", "programme")
    return terms


async def _opened(tx: Transaction, terms: Terms, occurred_at: datetime) -> bool:
    is_new = await store.add(tx.db, terms, occurred_at)
    if is_new:
        tx.announce([policy.opened(terms, occurred_at)])
        return True
    if await store.complete(tx.db, terms):
        return False
    opened_as = await store.opened_as(tx.db, terms.programme_id)
    differs = policy.differences(opened_as, terms) if opened_as else {}
    if differs:
        listed = {term: {"opened_as": before, "file_says": now} for term, (before, now) in differs.items()}
        raise ProblemError(
            409,
            "programme-differs",
            f"이미 열린 사업과 다릅니다: {', '.join(differs)}. 새 사업이면 다른 programme_id를 쓰십시오",
            f"differs from the programme as it was opened: {', '.join(differs)}; a new one needs its own programme_id",
            differs=listed,
        )
    return False


async def _changed(tx: Transaction, programme_id: UUID, said: Change, changed_on: date) -> tuple[Terms, str]:
    before = await store.held(tx.db, programme_id)
    if before is None:
        raise not_found("사업", "programme")
    after = policy.changed(before, said, changed_on)
    if isinstance(after, str):
        raise refused(after)
    if after is None:
        return before.terms, "unchanged"
    await store.save(tx.db, after)
    tx.announce([policy.changed_fact(after, changed_on, datetime.now(UTC))])
    return after.terms, "changed"


async def _body(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FILE:
            raise ProblemError(413, "file-too-large", "사업 파일이 64KB보다 큽니다", "the programme file is over 64 KB")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProblemError(422, "file-not-readable", "UTF-8 파일이 아닙니다", "the file is not UTF-8") from None


def _parsed(text: str) -> dict[str, Any]:
    """TOML if it is, else YAML (of which JSON is a part)."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as toml_fault:
        try:
            said = yaml.safe_load(text)
        except yaml.YAMLError:
            said = None
        if not isinstance(said, dict):
            raise ProblemError(
                422,
                "file-not-readable",
                f"TOML도 YAML도 아닙니다: {toml_fault}",
                f"is neither TOML nor YAML: {toml_fault}",
            ) from None
        return {str(term): value for term, value in said.items()}


def _terms(said: dict[str, Any]) -> Terms:
    try:
        return Terms.model_validate(said)
    except ValidationError as error:
        faults = [(named(fault["loc"]), *of_fault(fault)) for fault in error.errors()]
        raise ProblemError(
            422,
            "programme-not-valid",
            "; ".join(f"{name}: {korean}" for name, korean, _ in faults),
            "; ".join(f"{name}: {english}" for name, _, english in faults),
        ) from None


def _shown(terms: Terms, outcome: str) -> dict[str, object]:
    return {"outcome": outcome, **terms.model_dump(mode="json")}

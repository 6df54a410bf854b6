"""Visit reports over HTTP: up to 2,000 a request, JSON or NDJSON, one answer a row, said again without effect."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from access.caller import Caller
from access.problems import RefusedError
from access.routes import allowed
from events.contracts.scheduling import MissedReason
from events.transport.outbox import transaction
from scheduling.api.problems import BAD_REQUEST, TOO_MANY_REPORTS
from scheduling.model import SEOUL, Because, Report
from scheduling.reporting import Answer, receive

router = APIRouter()
Reporter = Annotated[Caller, Depends(allowed("manager", "agency", "service"))]
MOST = 2_000
MOST_BYTES = 4_000_000


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    report_id: UUID
    visit_id: UUID


class Completed(_Row):
    """The visit took place."""

    outcome: Literal["completed"]
    visited_on: date
    risk_before: int = Field(ge=1, le=9)
    risk_after: int = Field(ge=1, le=9)
    hazards_found: int = Field(ge=0, le=10_000)
    hazards_removed: int = Field(ge=0, le=10_000)

    @model_validator(mode="after")
    def _no_more_removed_than_found(self) -> "Completed":
        if self.hazards_removed > self.hazards_found:
            raise ValueError("hazards_removed is more than hazards_found")
        return self


class Missed(_Row):
    """The visit did not take place."""

    outcome: Literal["missed"]
    missed_on: date
    reason: MissedReason


_ROWS: TypeAdapter[Completed | Missed] = TypeAdapter(Annotated[Completed | Missed, Field(discriminator="outcome")])


@router.post("/visits/reports")
async def report_visits(request: Request, caller: Reporter) -> dict[str, Any]:
    rows = _rows(await _body(request), ndjson="ndjson" in request.headers.get("content-type", ""))
    read = [_read(row) for row in rows]
    now = datetime.now(UTC)
    async with transaction(request.app.state.pool) as tx:
        good = [report for report in read if isinstance(report, Report)]
        answers = iter(await receive(tx, good, caller, (now, now.astimezone(SEOUL).date())))
    each: list[Answer] = [next(answers) if isinstance(report, Report) else report for report in read]
    told = [_told(row, answer) for row, answer in zip(rows, each, strict=True)]
    counts = {kind: sum(row["answer"] == kind for row in told) for kind in ("accepted", "repeated", "refused")}
    return counts | {"rows": told}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise RefusedError(TOO_MANY_REPORTS)
    return bytes(body)


def _rows(body: bytes, *, ndjson: bool) -> Sequence[object]:
    try:
        said: object = _lines(body) if ndjson else json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(BAD_REQUEST, (str(error),)) from None
    rows = said["reports"] if isinstance(said, dict) and "reports" in said else said
    if not isinstance(rows, list):
        raise RefusedError(BAD_REQUEST, ('{"reports": [...]}',))
    if len(rows) > MOST:
        raise RefusedError(TOO_MANY_REPORTS)
    return rows


def _lines(body: bytes) -> list[object]:
    return [_line(number, line) for number, line in enumerate(body.splitlines(), start=1) if line.strip()]


def _line(number: int, line: bytes) -> object:
    """The row of a line, or why it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return Because(
            "not_understood",
            f"{number}번째 줄이 JSON이 아닙니다. 한 줄에 보고 하나를 적어 그 줄만 다시 보내십시오",
            f"Line {number} is no JSON: write one report on the line, and send that line again",
        )


def _read(row: object) -> Report | Because:
    if isinstance(row, Because):
        return row
    try:
        said = _ROWS.validate_python(row)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()[:3])
        return Because(
            "not_understood", f"보고를 읽을 수 없습니다. 고쳐 다시 보내십시오: {wrong}", f"Mend this: {wrong}"
        )
    digest = hashlib.sha256(said.model_dump_json().encode()).digest()[:16]
    more = said.model_dump(exclude={"visited_on", "missed_on"})
    return Report(on=said.visited_on if isinstance(said, Completed) else said.missed_on, digest=digest, **more)


def _told(row: object, answer: Answer | Because) -> dict[str, Any]:
    ids = row if isinstance(row, dict) else {}
    told: dict[str, Any] = {name: _said_back(ids.get(name)) for name in ("visit_id", "report_id")}
    if isinstance(answer, Because):
        return told | {"answer": "refused", "reason": answer.code, "reason_ko": answer.ko, "reason_en": answer.en}
    return told | {"answer": answer}


def _said_back(name: object) -> str | None:
    return name if isinstance(name, str) and name.isprintable() else None  # half a letter is in no answer

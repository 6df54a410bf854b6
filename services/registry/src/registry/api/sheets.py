"""Sheets sent to a route: what may be asked with them, and the answer when they are in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic
from uuid import UUID, uuid4

from fastapi import Depends, Request
from starlette.responses import JSONResponse

from access.caller import Caller
from events.transport.outbox import Transaction
from registry.api.asked import pool_of
from registry.api.intake import Intake, Numbered, Taker, Verdict
from registry.api.problems import ProblemError
from registry.api.progress import shown
from registry.policy.sentences import REFUSALS
from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import Bound, Row
from registry.policy.sheets.forms import sheet_of
from registry.store import imports


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked with a sheet: an id of the caller's own to watch it by, and whether it is only to be tried."""

    import_id: UUID
    is_dry_run: bool


def _asked(import_id: UUID | None = None, dry_run: bool = False) -> Asked:
    return Asked(import_id or uuid4(), dry_run)


ImportQuery = Annotated[Asked, Depends(_asked)]


class SheetTaker(Generic[Row]):
    """Takes the rows of a sheet of nouns by the function that takes them one by one, too."""

    def __init__(
        self,
        kind: str,
        noun: type[Row],
        take: Callable[[Transaction, Sequence[Row]], Awaitable[list[str]]],
    ) -> None:
        self.kind = kind
        self.sheets = (sheet_of(noun, kind),)
        self._take = take

    def begin(self, bound: Bound[Row]) -> None:
        """Nothing hangs on the header."""

    def put_off(self) -> Sequence[Numbered[Row]]:
        """Nothing is put off."""
        return ()

    async def take(self, tx: Transaction, rows: Sequence[Numbered[Row]]) -> list[Verdict]:
        """What comes of each, as if it had been sent alone."""
        return [verdict_of(verdict) for verdict in await self._take(tx, [row.said for row in rows])]


def verdict_of(verdict: str) -> Verdict:
    """What came of a row, or the sentences of why it cannot be taken."""
    return UnreadableError(*REFUSALS[verdict], "row") if verdict in REFUSALS else verdict


async def import_sheet(request: Request, caller: Caller, taker: Taker[Any], asked: Asked) -> JSONResponse:
    """Take in the request's body, and show the import; one that came to its end before is only shown."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise ProblemError(
            415,
            "send-the-file-itself",
            "파일을 양식 데이터가 아니라 요청 본문으로 보내십시오 (Content-Type: text/csv)",
            "send the file as the body itself (Content-Type: text/csv), not as form data",
        )
    pool = pool_of(request)
    await Intake(pool, taker, asked.import_id, is_dry_run=asked.is_dry_run).run(request, caller)
    return JSONResponse(shown(await imports.find(pool, asked.import_id) or {}))

"""Taking in a sheet while it arrives: read row by row, decided and kept by thousands, and never whole in memory."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Generic, NamedTuple, Protocol
from uuid import UUID

from starlette.requests import Request

from access.caller import Caller
from events.transport.db import Pool
from events.transport.outbox import Transaction, transaction
from registry.api.asked import sender_of
from registry.api.problems import ProblemError, refused
from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import Bound, Row, Sheet, bind
from registry.policy.sheets.lines import Line, Lines
from registry.store import imports
from registry.store.imports import Progress, RefusedRow, Run, Started

BATCH = 5_000
Verdict = str | UnreadableError
"""What came of a row: a word that is counted, or why it was not taken; empty: that will be known later."""


class Numbered(NamedTuple, Generic[Row]):
    """A row that was read, with the line it came from."""

    line: Line
    said: Row


class Taker(Protocol[Row]):
    """What is done with the rows of one kind of sheet."""

    @property
    def kind(self) -> str:
        """What the rows are of."""
        ...

    @property
    def sheets(self) -> Sequence[Sheet[Row]]:
        """The headers that are understood."""
        ...

    def begin(self, bound: Bound[Row]) -> None:
        """Told once, when the header is known."""
        ...

    async def take(self, tx: Transaction, rows: Sequence[Numbered[Row]]) -> list[Verdict]:
        """Decide about rows, keep and announce; a verdict for each."""
        ...

    def put_off(self) -> Sequence[Numbered[Row]]:
        """The rows that can be decided about only now that all are read."""
        ...


class Intake(Generic[Row]):
    """One sheet on its way in.

    Without a run its import came to its end before: then it is only seen whether the body is the same.
    """

    def __init__(self, pool: Pool, taker: Taker[Row], import_id: UUID, *, is_dry_run: bool) -> None:
        self._pool = pool
        self._taker = taker
        self._id = import_id
        self._is_dry_run = is_dry_run
        self._lines = Lines()
        self._digest = hashlib.blake2b(digest_size=16)
        self._bound: Bound[Row] | None = None
        self._run: Run | None = None
        self._rows: list[Numbered[Row]] = []
        self._refused: list[RefusedRow] = []
        self._outcomes: Counter[str] = Counter()
        self._bytes = self._read = self._refused_before = 0

    async def run(self, request: Request, caller: Caller) -> None:
        """Take in a request's body; what was taken before a break stays, and the rest comes when it is sent again."""
        try:
            async for chunk in request.stream():
                self._bytes += len(chunk)
                self._digest.update(chunk)
                await self._lines_read(self._lines.feed(chunk), request, caller)
            await self._lines_read(self._lines.close(), request, caller)
            await self._end()
        except UnreadableError as fault:
            raise ProblemError(422, "file-not-readable", fault.korean, fault.english) from None
        except BaseException:
            # Also when the caller hangs up or the service stops: whoever looks must see that the import broke off.
            if self._run:
                await asyncio.shield(imports.interrupt(self._pool, self._run))
            raise

    async def _lines_read(self, lines: Iterator[Line], request: Request, caller: Caller) -> None:
        for line in lines:
            if self._bound is None:
                await self._begin(line, request, caller)
            elif self._run:
                self._row(self._bound, line)
                if len(self._rows) + len(self._refused) >= BATCH:
                    await self._commit(self._run)

    async def _begin(self, line: Line, request: Request, caller: Caller) -> None:
        if line.fault:
            raise line.fault
        self._bound = bind(self._taker.sheets, line.cells)
        self._taker.begin(self._bound)
        started = self._started(self._bound, request, caller)
        self._run = await imports.begin(self._pool, started, datetime.now(UTC))
        if self._run is None and not started.is_again(await imports.find(self._pool, self._id) or {}):
            raise refused("import_id_taken")

    def _started(self, bound: Bound[Row], request: Request, caller: Caller) -> Started:
        length = request.headers.get("content-length", "")
        return Started(
            import_id=self._id,
            kind=self._taker.kind,
            form=bound.sheet.form,
            encoding=self._lines.encoding,
            header=bound.header,
            ignored_columns=bound.ignored,
            is_dry_run=self._is_dry_run,
            sender=sender_of(caller),
            bytes_expected=int(length) if length.isdecimal() else None,
        )

    def _row(self, bound: Bound[Row], line: Line) -> None:
        self._read += 1
        try:
            if line.fault:
                raise line.fault
            self._rows.append(Numbered(line, bound.read(line.cells)))
        except UnreadableError as fault:
            self._refuse(line, fault)

    def _refuse(self, line: Line, fault: UnreadableError) -> None:
        self._refused.append(RefusedRow(line.number, fault.columns, fault.korean, fault.english, line.raw))

    async def _commit(self, run: Run) -> None:
        """One transaction for a batch: what comes of its rows, how far the import is, and what is refused."""
        rows, self._rows = self._rows, []
        async with transaction(self._pool) as tx:
            await imports.take_time(tx.db)
            verdicts = await (self._try(tx, rows) if self._is_dry_run else self._taker.take(tx, rows))
            for row, verdict in zip(rows, verdicts, strict=True):
                if isinstance(verdict, UnreadableError):
                    self._refuse(row.line, verdict)
                elif verdict:
                    self._outcomes[verdict] += 1
            self._refused_before += len(self._refused)
            progress = Progress(self._bytes, self._read, self._refused_before, self._outcomes)
            if not await imports.move(tx.db, run, progress, datetime.now(UTC)):
                raise refused("import_sent_again")
            await imports.refuse(tx.db, self._id, self._refused)
        self._refused = []

    async def _try(self, tx: Transaction, rows: Sequence[Numbered[Row]]) -> list[Verdict]:
        """What would come of rows: everything is done as ever, and undone; nothing is announced."""
        savepoint = tx.db.transaction()
        await savepoint.start()
        try:
            return await self._taker.take(Transaction(tx.db), rows)
        finally:
            await savepoint.rollback()

    async def _end(self) -> None:
        if self._bound is None:
            raise UnreadableError("파일이 비어 있습니다", "the file is empty", "file")
        if self._run is None:
            await self._compare()
            return
        await self._commit(self._run)
        late = self._taker.put_off()
        for at in range(0, len(late), BATCH):
            self._rows = list(late[at : at + BATCH])
            await self._commit(self._run)
        if not await imports.finish(self._pool, self._run, self._digest.digest(), datetime.now(UTC)):
            raise refused("import_sent_again")

    async def _compare(self) -> None:
        """Refuse a body that is not the one with which the import came to its end, or it would be lost in silence."""
        found = await imports.find(self._pool, self._id)
        if found and found["digest"] not in (None, self._digest.digest()):
            raise refused("another_file")

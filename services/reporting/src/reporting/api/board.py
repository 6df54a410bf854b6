"""The board: the newest progress document, counted anew only when facts came, at most once a second."""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter

from events.transport.db import Pool
from reporting import policy
from reporting.model import Progress
from reporting.store import counts, ledger

SECONDS_BETWEEN = 1.0
SHARE_OF_TIME = 0.2  # counting a large nation again and again must leave the database to the facts that come
_DOCUMENT = TypeAdapter(Progress)


@dataclass(frozen=True, slots=True)
class Posted:
    """A document as it hangs on the board; `tag` tells two contents apart."""

    progress: Progress
    document: bytes
    tag: str
    pulse: ledger.Pulse


class Board:
    """Documents by programme; None is the newest programme."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._posted: dict[UUID | None, Posted] = {}
        self._good_until: dict[UUID | None, float] = {}
        self._counting = asyncio.Lock()

    async def newest(self, programme_id: UUID | None) -> Posted:
        """The document, at most a second behind, or a little more while facts flow into a very large nation."""
        async with self._counting:
            posted = self._posted.get(programme_id)
            if posted and time.monotonic() < self._good_until[programme_id]:
                return posted
            return await self._look(programme_id, posted)

    async def changes(self, programme_id: UUID | None) -> AsyncGenerator[Posted | None]:
        """The document now and whenever it has changed; None in between, so that silence can be told from death."""
        seen = None
        while True:
            posted = await self.newest(programme_id)
            yield posted if posted.tag != seen else None
            seen = posted.tag
            await asyncio.sleep(SECONDS_BETWEEN)

    async def _look(self, programme_id: UUID | None, posted: Posted | None) -> Posted:
        began = time.monotonic()
        pulse = await ledger.pulse(self._pool)
        if posted is None or posted.pulse != pulse:
            progress = policy.progress_of(await counts.nation(self._pool, programme_id))
            posted = posted_of(progress, pulse)
        ended = time.monotonic()
        if progress_is_of(posted, programme_id):
            self._posted[programme_id] = posted
            self._good_until[programme_id] = ended + max(SECONDS_BETWEEN, (ended - began) / SHARE_OF_TIME)
        return posted


def posted_of(progress: Progress, pulse: ledger.Pulse) -> Posted:
    """A document with its tag."""
    document = _DOCUMENT.dump_json(progress)
    return Posted(progress, document, hashlib.sha256(document).hexdigest()[:20], pulse)


def progress_is_of(posted: Posted, programme_id: UUID | None) -> bool:
    """Whether the document is about the programme that was asked for; one never heard of takes no room on the board."""
    return programme_id is None or posted.progress.programme is not None

"""Locks: sessions whose program stands still in the middle of a COPY or of reading an answer, and keeps others waiting.

None of PostgreSQL's timeouts ends such a session, because it is active and waits for its client; the client's kernel
still answers for it, so that TCP notices nothing either. Whoever waits ends it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from events.transport import metrics
from events.transport.db import Pool

_log = structlog.get_logger(__name__)
FROZEN_SECONDS = 8.0
"""As long as a session may be idle in a transaction: slower than any live program sends its next rows."""
_HOLDING = """
    select distinct b.pid, b.backend_start, b.query_start, b.wait_event, coalesce(p.bytes_processed, 0) as bytes
    from pg_stat_activity w
    cross join lateral unnest(pg_blocking_pids(w.pid)) blocking(pid)
    join pg_stat_activity b on b.pid = blocking.pid
    left join pg_stat_progress_copy p on p.pid = b.pid
    where w.wait_event_type = 'Lock' and w.datname = current_database()
      and b.datname = current_database() and b.usename = current_user
      and b.state = 'active' and b.wait_event in ('ClientRead', 'ClientWrite')
"""
_END = """
    select pg_terminate_backend(b.pid) from pg_stat_activity b
    left join pg_stat_progress_copy p on p.pid = b.pid
    where b.pid = $1 and b.backend_start = $2 and b.query_start = $3 and b.state = 'active' and b.wait_event = $4
      and coalesce(p.bytes_processed, 0) = $5
"""


@dataclass(frozen=True, slots=True)
class _Standstill:
    """A session in one statement, at one byte of it: the same again means that nothing has moved."""

    pid: int
    backend_start: datetime
    query_start: datetime
    wait_event: str
    bytes: int


class FrozenSessions:
    """Ends sessions of our own role that hold up another and have not moved for `FROZEN_SECONDS`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[_Standstill, float] = {}

    async def end(self, pool: Pool) -> int:
        """Look once, about every second; how many sessions were ended."""
        found = [_Standstill(*row) for row in await pool.fetch(_HOLDING)]
        now = self._clock()
        self._seen = {session: self._seen.get(session, now) for session in found}
        frozen = [session for session, since in self._seen.items() if now - since >= FROZEN_SECONDS]
        return sum([await _end(pool, session) for session in frozen])


async def _end(pool: Pool, session: _Standstill) -> bool:
    about = (session.pid, session.backend_start, session.query_start, session.wait_event, session.bytes)
    ended = bool(await pool.fetchval(_END, *about))
    if ended:
        metrics.SESSIONS_ENDED.inc()
        _log.warning("frozen_session_ended", pid=session.pid, waits_for=session.wait_event)
    return ended

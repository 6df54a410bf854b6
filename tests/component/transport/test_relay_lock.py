"""A relay that stands still gives its lock away, whatever it was about."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from events.transport.locks import FrozenSessions
from events.transport.parts import keep_at
from events.transport.relay import Relay

READS_FOR_EVER = """
import asyncio, sys, asyncpg
from events.transport.publishing import waiting_rows
from events.transport.relay import Relay

async def main(dsn):
    async with Relay(dsn, "nowhere")._session() as db:
        while True:
            await waiting_rows(db, 1_000)

asyncio.run(main(sys.argv[1]))
"""
FILL = """
    insert into transport.outbox
        (id, aggregatetype, aggregateid, type, payload, lane, epoch, source, subject, sequence, time, correlationid)
    select '', '', '', '', convert_to(repeat('x', 2000), 'UTF8'), lane, 1, '', '', '', '', ''
    from generate_series(0, 11) lane, generate_series(1, 300)
"""
HOLDERS = """
    select l.pid, a.state = 'active' and a.wait_event = 'ClientWrite' as is_telling
    from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.granted and a.datname = current_database()
"""


async def holder(notebook: Any) -> tuple[int, bool] | None:
    """The session that has the relay's lock, and whether the server waits for it to take an answer."""
    row = await notebook.pool.fetchrow(HOLDERS)
    return row and (row["pid"], bool(row["is_telling"]))


@asynccontextmanager
async def stopped_while_it_reads(notebook: Any) -> AsyncGenerator[int]:
    """The session of a relay whose process is under SIGSTOP in the middle of an answer."""
    await notebook.pool.execute(FILL)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", READS_FOR_EVER, notebook.dsn)
    try:
        async with asyncio.timeout(60):
            while True:
                await asyncio.sleep(0.02)
                process.send_signal(signal.SIGSTOP)
                await asyncio.sleep(0.1)
                found = await holder(notebook)
                if found and found[1]:
                    break
                process.send_signal(signal.SIGCONT)
        yield found[0]
    finally:
        process.kill()
        await process.wait()


async def test_a_relay_stopped_while_it_reads_makes_way_for_another(notebook: Any) -> None:
    async with stopped_while_it_reads(notebook) as frozen:
        hurried = FrozenSessions(lambda: 5 * time.monotonic())
        tasks = [
            asyncio.create_task(Relay(notebook.dsn, "127.0.0.1:1").run()),
            asyncio.create_task(keep_at("frozen_sessions", hurried.end, notebook.pool)),
        ]
        async with asyncio.timeout(60):
            while (found := await holder(notebook)) and found[0] == frozen:
                await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

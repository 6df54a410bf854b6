"""The page in a real browser: it shows what the read model counts, in Korean and English."""

import asyncio
import shutil
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import uvicorn

from access.keys import Keys
from events.contracts.envelope import Envelope, Received
from events.contracts.registry import ProgrammeOpened
from events.contracts.scheduling import VisitScheduled
from events.transport.db import Pool, open_pool
from events.transport.outbox import transaction
from reporting.api import page
from reporting.handlers import HEARS
from reporting.main import door

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=4000", "--dump-dom"),
)
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not (page.DIST / "index.html").is_file(), reason="the page is not built"),
]


@pytest.fixture
async def address(migrated_database: Callable[[str], Awaitable[str]]) -> AsyncGenerator[str]:
    """Where a reporting service answers that has heard of one programme and one visit."""
    pool = await open_pool(await migrated_database("reporting"))
    await open_and_plan(pool)
    app = door(Keys.generate().public)
    app.state.pool = pool
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    await serving
    await pool.close()


async def open_and_plan(pool: Pool) -> None:
    opened = ProgrammeOpened(
        programme_id=UUID(int=7), year=2023, window_from=date(2023, 4, 12), window_until=date(2023, 12, 29),
        target_enterprises=200_000, minimum_visits=2, spacing_days=28, visits_a_day=4,
        training_days=(date(2023, 4, 11),), is_synthetic=True,
    )  # fmt: skip
    at = "2023-04-01T00:00:00+00:00"
    booked = VisitScheduled(
        programme_id=opened.programme_id, visit_id=UUID(int=9), enterprise_id=UUID(int=10), ordinal=1,
        agency_id=UUID(int=11), manager_id=UUID(int=12), visit_on=date(2023, 4, 12),
    )  # fmt: skip
    async with transaction(pool) as tx:
        for number, fact in enumerate((opened, booked), start=20):
            envelope = Envelope(str(UUID(int=number)), fact.type, fact.source, fact.subject, at, 1, fact.key, "none")
            await HEARS[type(fact)](tx, [Received(fact, envelope)])


async def seen(address: str, profile: Path) -> str:
    """The document as the browser has it once the page has settled."""
    assert BROWSER is not None
    browser = await asyncio.create_subprocess_exec(
        *(BROWSER, *FLAGS, f"--user-data-dir={profile}", address),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(browser.communicate(), 120)
    return out.decode()


async def test_the_page_shows_the_programme_in_korean(address: str, tmp_path: Path) -> None:
    shown = await seen(f"{address}?lang=ko", tmp_path)
    assert '<html lang="ko"' in shown
    assert "사업 목표 200,000곳 · 2회 이상 방문한 사업장 0곳" in shown
    assert "아직 방문 자료가 없습니다" in shown
    assert "합성 자료" in shown
    assert 'data-state="ready"' in shown


async def test_the_page_shows_the_programme_in_english(address: str, tmp_path: Path) -> None:
    shown = await seen(f"{address}?lang=en", tmp_path)
    assert '<html lang="en"' in shown
    assert "0 worksites visited 2 times or more · programme target 200,000" in shown
    assert 'id="synthetic" class="synthetic">' in shown
    assert "<svg" in shown.partition('id="weeks"')[2]

"""The door: what anyone may see, what only some may, and the page."""

import asyncio
import re
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import ASGITransport, AsyncClient

from events.transport import metrics
from reporting.api import page

AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OPEN = ("/api/programmes", "/api/progress", "/api/progress.csv", "/api/progress.csv?lang=en", "/api/freshness")


@pytest.mark.parametrize("path", OPEN)
async def test_national_figures_are_open_and_name_nobody(reporting: Any, year: Any, path: str) -> None:
    office, log = await reporting(), year()
    await office.hear(log.said)
    answer = await office.get(path)
    assert answer.status_code == 200
    assert set(AN_ID.findall(answer.text)) <= {str(log.programme_id)}


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 401), ("agency", 403), ("manager", 403), ("officer", 200), ("operator", 200), ("service", 200)],
)
async def test_the_books_are_for_those_who_keep_them(reporting: Any, role: Any, status: int) -> None:
    agency = {"agency_id": str(uuid4())} if role in ("agency", "manager") else {}
    assert (await (await reporting()).get("/api/reconciliation", role, **agency)).status_code == status


async def test_the_books_of_the_nation_are_not_for_who_is_bound_to_provinces(reporting: Any) -> None:
    answer = await (await reporting()).get("/api/reconciliation", "officer", provinces=("KR-11",))
    assert answer.status_code == 403


async def test_an_agency_sees_its_own_progress_and_no_other(reporting: Any, year: Any) -> None:
    office, log = await reporting(), year()
    await office.hear(log.said)
    north = next(received.fact.agency_id for received in log.said if "visit" in received.fact.type)
    own = await office.get(f"/api/agencies/{north}/progress", "agency", agency_id=str(north))
    assert own.json()["visits_completed"] == (await office.get("/api/progress")).json()["nation"]["visits_completed"]
    assert (await office.get(f"/api/agencies/{north}/progress", "officer")).json() == own.json()
    assert (await office.get(f"/api/agencies/{north}/progress", "agency", agency_id=str(uuid4()))).status_code == 403
    assert (await office.get(f"/api/agencies/{north}/progress")).status_code == 401
    assert (await office.get(f"/api/agencies/{uuid4()}/progress", "officer")).status_code == 404


async def test_an_agencys_progress_is_told_within_the_callers_provinces(reporting: Any, log: Any) -> None:
    office = await reporting()
    log.open_programme()
    log.agency("north")
    for name, province in (("bakery", "KR-11"), ("garage", "KR-26"), ("mill", "KR-26")):
        log.enterprise(name, province=province)
        log.decision(name)
        log.visit(name, 1, "completed", date(2023, 4, 19))
    await office.hear(log.said)
    north = next(received.fact.agency_id for received in log.said if "visit" in received.fact.type)
    path = f"/api/agencies/{north}/progress"
    for provinces, amount in (((), 3), (("KR-11",), 1), (("KR-11", "KR-26"), 3), (("KR-41",), 0)):
        for role, claims in (("officer", {}), ("agency", {"agency_id": str(north)})):
            told = (await office.get(path, role, provinces=provinces, **claims)).json()
            assert (told["visits_completed"], told["enterprises"], told["hazards_found"]) == (
                amount,
                amount,
                4 * amount,
            )


@pytest.mark.parametrize("role", ["manager", "operator"])
async def test_an_agencys_progress_is_not_for_managers_and_operators(reporting: Any, role: Any) -> None:
    office, agency_id = await reporting(), uuid4()
    claims = {"agency_id": str(agency_id)} if role == "manager" else {}
    assert (await office.get(f"/api/agencies/{agency_id}/progress", role, **claims)).status_code == 403


@pytest.fixture
def no_consumer() -> Generator[None]:
    """A process as it is before it consumes: consumers of other tests have told what they measured."""
    metrics.LAG.clear()
    metrics.KAFKA_AWAY.set(0)
    yield
    metrics.LAG.clear()
    metrics.KAFKA_AWAY.set(0)


@pytest.mark.usefixtures("no_consumer")
async def test_how_far_the_figures_are_behind_is_what_the_consumer_measures(reporting: Any) -> None:
    office = await reporting()
    assert (await office.get("/api/freshness")).json() == {"unheard": None, "is_cut_off": False}
    for partition, lag in (("0", 40), ("1", 2)):
        metrics.LAG.labels("registry.enterprise.v1", partition).set(lag)
    metrics.KAFKA_AWAY.set(1)
    assert (await office.get("/api/freshness")).json() == {"unheard": 42, "is_cut_off": True}


async def test_an_unknown_programme_is_refused_in_both_languages(reporting: Any) -> None:
    office = await reporting()
    for path in ("/api/progress", "/api/progress.csv", "/api/progress/stream"):
        answer = await office.get(f"{path}?programme_id={uuid4()}")
        assert answer.status_code == 404
        assert {"detail", "detail_ko"} <= set(answer.json())


async def test_a_stream_ends_when_the_service_stops(reporting: Any) -> None:
    office = await reporting()
    office.app.state.stopping = asyncio.Event()
    office.app.state.stopping.set()
    answer = await office.get("/api/progress/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_a_document_that_the_reader_has_is_not_sent(reporting: Any) -> None:
    office = await reporting()
    tag = (await office.get("/api/progress")).headers["etag"]
    async with AsyncClient(transport=ASGITransport(office.app), base_url="http://test") as client:
        answer = await client.get("/api/progress", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_the_page_is_served_with_its_files_and_asks_nobody_else(reporting: Any) -> None:
    if not (page.DIST / "index.html").is_file():
        pytest.skip("the page has not been built: .venv/bin/python services/reporting/web/build.py")
    office = await reporting()
    answer = await office.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    files = re.findall(r'(?:href|src)="(assets/[^"]+)"', answer.text)
    assert len(files) == 2
    for file in files:
        assert "immutable" in (await office.get(f"/{file}")).headers["cache-control"]
    assert "//" not in re.sub(r"data:image/svg\+xml,[^\"]*", "", answer.text)


async def test_a_page_that_is_not_built_says_how_to_build_it(
    reporting: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "DIST", tmp_path)
    answer = await (await reporting()).get("/")
    assert answer.status_code == 503
    assert "services/reporting/web/build.py" in answer.json()["detail"]

"""The registry's door on a real database, those who call at it, and files to send."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from access.caller import Role
from access.keys import Keys
from events.contracts.envelope import CATALOGUE, Fact
from events.transport.db import Pool
from registry.main import build
from registry.settings import Settings

Send = Callable[..., Awaitable[dict[str, Any]]]
PROGRAMME = """
programme_id = "00000000-0000-0000-0000-000000000001"
year = 2023
window_from = 2023-04-12
window_until = 2023-12-29
target_enterprises = 200000
minimum_visits = 2
spacing_days = 28
visits_a_day = 4
training_days = [2023-04-04, 2023-04-05, 2023-04-06, 2023-04-11]
"""


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The pair that signs the tests' tokens."""
    return Keys.generate()


@pytest.fixture
async def pool(migrated_pool: Callable[[str], Awaitable[Pool]]) -> Pool:
    """A new registry database."""
    return await migrated_pool("registry")


@pytest.fixture
async def door(pool: Pool, keys: Keys, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """A client that calls the registry as nobody in particular."""
    keys.write(tmp_path / "private.pem", tmp_path / "public.pem")
    settings = Settings(database_url="unused", http_port=0, access_keys=tmp_path / "public.pem")
    app = build(settings).app
    app.state.pool = pool
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://registry", timeout=120) as client:
        yield client


@pytest.fixture
def token(keys: Keys) -> Callable[..., dict[str, str]]:
    """`token("agency", agency_id=...)`: the header of a caller."""

    def header(role: Role, *, subject: str = "somebody", **scope: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {keys.token(role, subject=subject, **scope)}"}

    return header


@pytest.fixture
def officer(door: httpx.AsyncClient, token: Callable[..., dict[str, str]]) -> httpx.AsyncClient:
    """The same client, with an officer's token."""
    door.headers.update(token("officer", subject="officer-1"))
    return door


@pytest.fixture
async def programme(officer: httpx.AsyncClient) -> str:
    """An open programme."""
    answer = await officer.post("/programmes", content=PROGRAMME)
    assert answer.status_code == 201, answer.text
    return answer.json()["programme_id"]


@pytest.fixture
def send(officer: httpx.AsyncClient) -> Send:
    """`await send("enterprises", text_or_rows, dry_run=True)`: an import, and what it came to."""

    async def post(kind: str, sheet: str | bytes | Sequence[dict[str, object]], **query: Any) -> dict[str, Any]:
        content = sheet if isinstance(sheet, str | bytes) else _csv(sheet)
        answer = await officer.post(f"/{kind}/import", content=content, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


@pytest.fixture
def enterprise_row() -> Callable[..., dict[str, object]]:
    """`enterprise_row(3, headcount=9)`: a row of our own template."""

    def row(number: int, **changed: object) -> dict[str, object]:
        return {
            "enterprise_id": UUID(int=number),
            "name": f"합성-가람{number}",
            "business_number": "050-00-20239",
            "industry_code": "25924",
            "industry_code_system": "KSIC-10",
            "headcount": 5 + number % 5,
            "contract_value_won": "",
            "province": "KR-41",
            "district": "41111",
            "address": f"경기도 수원시 합성로 {number}",
            "latitude": "37.3",
            "longitude": "127.0",
            "risk": "4",
            "closed_days": "",
            "closed_on": "",
            "synthetic": "true",
        } | changed

    return row


@pytest.fixture
def agency_body() -> Callable[..., dict[str, object]]:
    """`agency_body(name=...)`: an application."""

    def body(**changed: object) -> dict[str, object]:
        return {
            "agency_id": str(uuid4()),
            "name": "합성-가람안전기술원",
            "business_number": "050-00-20239",
            "sectors": ["manufacturing"],
            "provinces": ["KR-41"],
            "latitude": 37.3,
            "longitude": 127.0,
            "applied_on": "2023-01-09",
        } | changed

    return body


@pytest.fixture
def manager_body() -> Callable[..., dict[str, object]]:
    """`manager_body(agency_id)`: an enrolment."""

    def body(agency_id: object, **changed: object) -> dict[str, object]:
        return {
            "manager_id": str(uuid4()),
            "agency_id": agency_id,
            "name": "김가온(합성)",
            "phone": "010-0000-0001",
            "mail": "gaon@example.org",
            "latitude": 37.3,
            "longitude": 127.0,
            "visits_a_day": 4,
        } | changed

    return body


@pytest.fixture
def said(pool: Pool) -> Callable[[], Awaitable[list[tuple[Fact, int]]]]:
    """`await said()`: every fact in the outbox, checked against its contract, with its version, in order."""

    async def facts() -> list[tuple[Fact, int]]:
        rows = await pool.fetch("select type, payload, sequence, subject from transport.outbox order by number")
        found = [(CATALOGUE[row["type"]].model_validate_json(row["payload"], strict=False), row) for row in rows]
        assert [fact.subject for fact, _ in found] == [row["subject"] for row in rows]
        return [(fact, int(row["sequence"])) for fact, row in found]

    return facts


def _csv(rows: Sequence[dict[str, object]]) -> str:
    lines = [",".join(rows[0]), *(",".join(str(cell) for cell in row.values()) for row in rows)]
    return "\n".join(lines) + "\n"

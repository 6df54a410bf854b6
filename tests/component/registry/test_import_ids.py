"""The ids that callers give their imports: sent again an import is shown, and nothing else takes its id."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from events.transport.db import Pool

Row = Callable[..., dict[str, object]]
Token = Callable[..., dict[str, str]]


def _sheet(*rows: dict[str, object]) -> str:
    return "\n".join(",".join(map(str, row)) for row in (rows[0].keys(), *(row.values() for row in rows)))


@pytest.fixture
def rows(enterprise_row: Row) -> str:
    """A sheet of three enterprises."""
    return _sheet(*(enterprise_row(number) for number in range(1, 4)))


def _assert_taken(answer: httpx.Response, problem: str = "import-id-taken") -> None:
    assert (answer.status_code, answer.json()["type"]) == (409, f"urn:anjeon:problem:{problem}")
    assert answer.json()["detail_ko"]
    assert {"outcomes", "rows", "started_by"}.isdisjoint(answer.json())


async def test_a_trial_does_not_pass_for_the_import_of_the_same_id(
    officer: httpx.AsyncClient, pool: Pool, rows: str
) -> None:
    query = {"import_id": str(uuid4())}
    tried = await officer.post("/enterprises/import", content=rows, params={**query, "dry_run": True})
    assert tried.json()["outcomes"] == {"registered": 3}
    _assert_taken(await officer.post("/enterprises/import", content=rows, params=query))
    taken = await officer.post("/enterprises/import", content=rows, params={"import_id": str(uuid4())})
    assert taken.json()["outcomes"] == {"registered": 3}
    assert await pool.fetchval("select count(*) from enterprise") == 3


async def test_a_sheet_of_another_kind_does_not_pass_for_the_first(
    officer: httpx.AsyncClient, rows: str, pool: Pool
) -> None:
    query = {"import_id": str(uuid4())}
    assert (await officer.post("/enterprises/import", content=rows, params=query)).status_code == 200
    sheet = "manager_id,day,attended\n"
    _assert_taken(await officer.post("/attendance/import", content=sheet, params=query))
    assert await pool.fetchval("select kind from import") == "enterprises"


@pytest.mark.parametrize("is_finished", [True, False])
async def test_nobody_sees_or_begins_again_an_import_of_somebody_else(
    officer: httpx.AsyncClient, pool: Pool, rows: str, token: Token, is_finished: bool
) -> None:
    query = {"import_id": str(uuid4())}
    assert (await officer.post("/enterprises/import", content=rows, params=query)).status_code == 200
    if not is_finished:
        await pool.execute("update import set finished_at = null, is_interrupted = true")
    other = token("officer", subject="officer-2")
    _assert_taken(await officer.post("/enterprises/import", content=rows, params=query, headers=other))
    kept: Any = await pool.fetchrow("select started_by, rows_read from import")
    assert tuple(kept) == ("officer-1", 3)
    again = await officer.post("/enterprises/import", content=rows, params=query)
    assert again.json()["outcomes"] == ({"registered": 3} if is_finished else {"unchanged": 3})


async def test_of_two_who_choose_one_id_at_once_one_gets_it(
    officer: httpx.AsyncClient, pool: Pool, rows: str, token: Token
) -> None:
    query, has_begun, may_go_on = {"import_id": str(uuid4())}, asyncio.Event(), asyncio.Event()

    async def late() -> AsyncGenerator[bytes]:
        has_begun.set()
        await may_go_on.wait()
        yield rows.encode()

    other = token("officer", subject="officer-2")
    second = asyncio.create_task(officer.post("/enterprises/import", content=late(), params=query, headers=other))
    await has_begun.wait()
    assert (await officer.post("/enterprises/import", content=rows, params=query)).status_code == 200
    may_go_on.set()
    _assert_taken(await second)
    assert await pool.fetchval("select started_by from import") == "officer-1"


@pytest.mark.parametrize("is_mended", [False, True])
async def test_the_same_import_sent_twice_at_once_is_shown_to_whoever_comes_later(
    officer: httpx.AsyncClient, pool: Pool, rows: str, is_mended: bool
) -> None:
    query, has_begun, may_go_on = {"import_id": str(uuid4())}, asyncio.Event(), asyncio.Event()

    async def late() -> AsyncGenerator[bytes]:
        has_begun.set()
        await may_go_on.wait()
        yield (rows.replace("KR-41", "KR-42") if is_mended else rows).encode()

    second = asyncio.create_task(officer.post("/enterprises/import", content=late(), params=query))
    await has_begun.wait()
    first = await officer.post("/enterprises/import", content=rows, params=query)
    may_go_on.set()
    if is_mended:
        _assert_taken(await second, "another-file")
    else:
        assert ((await second).status_code, (await second).json()) == (200, first.json())
    assert await pool.fetchval("select count(*) from transport.outbox") == 3


async def test_a_mended_file_is_not_taken_for_the_one_that_came_to_its_end(
    officer: httpx.AsyncClient, pool: Pool, rows: str
) -> None:
    query, mended = {"import_id": str(uuid4())}, rows.replace("합성로 3", "합성로 33")
    first = await officer.post("/enterprises/import", content=rows, params=query)
    refused = await officer.post("/enterprises/import", content=mended, params=query)
    _assert_taken(refused, "another-file")
    assert "new import_id" in refused.json()["detail"]
    assert (await officer.post("/enterprises/import", content=rows, params=query)).json() == first.json()
    taken = await officer.post("/enterprises/import", content=mended, params={"import_id": str(uuid4())})
    assert taken.json()["outcomes"] == {"changed": 1, "unchanged": 2}
    assert await pool.fetchval("select count(*) from import") == 2


@pytest.mark.parametrize("whose", [{}, {"provinces": ("KR-11",)}, {"provinces": ("KR-26", "KR-41")}])
@pytest.mark.parametrize("role", ["officer", "agency"])
async def test_an_import_is_its_senders_and_not_of_whoever_bears_the_same_name(
    officer: httpx.AsyncClient, programme: str, token: Token, role: Any, whose: dict[str, Any]
) -> None:
    assert programme
    own = token(role, subject="office", agency_id=str(UUID(int=1)), provinces=("KR-41", "KR-26"))
    other = token(role, subject="office", **{"agency_id": str(UUID(int=1 + (role == "agency"))), **whose})
    query, sheet = {"import_id": str(uuid4())}, "manager_id,agency_id,name,latitude,longitude,visits_a_day\nx,,,,,\n"
    sent = await officer.post("/managers/import", content=sheet, params=query, headers=own)
    assert sent.json()["refused"] == 1
    is_seen = role == "officer" and whose != {"provinces": ("KR-11",)}
    for path in (f"/imports/{query['import_id']}", sent.json()["refused_csv"]):
        assert (await officer.get(path, headers=own)).status_code == 200
        assert (await officer.get(path, headers=other)).status_code == (200 if is_seen else 403)
    if role == "officer":
        assert len((await officer.get("/imports", headers=other)).json()) == is_seen
    if not is_seen:
        _assert_taken(await officer.post("/managers/import", content=sheet, params=query, headers=other))

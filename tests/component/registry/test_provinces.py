"""Whoever is bound to provinces changes and sees the agencies and managers of those alone; a year is the nation's."""

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from events.contracts.envelope import Fact

Said = Callable[[], Awaitable[list[tuple[Fact, int]]]]
Send = Callable[..., Awaitable[dict[str, Any]]]
Body = Callable[..., dict[str, Any]]
Token = Callable[..., dict[str, str]]
DAY = {"day": "2023-04-04", "attended": True}
POINTS = {"staff_capability": 28, "earlier_delivery": 21, "accident_record": 11, "equipment": 10}
ORDER = {"from": "2023-06-19", "reason": "false_reports"}
TODAY = {"on": "2023-06-12"}
SEATS: tuple[dict[str, Any], ...] = (
    {"province": "KR-11", "provinces": []},
    {"province": "KR-26", "provinces": ["KR-11"]},
    {"province": None, "provinces": ["KR-11"]},
    {"province": None, "provinces": ["KR-11", "KR-26"]},
    {"province": None, "provinces": []},
)
IN_SEOUL = (True, False, True, False, False)


def number(at: int) -> str:
    """A business number of its own; the last digit checks the others."""
    digits = f"{123450000 + at:09d}"
    weighed = (
        sum(w * int(d) for w, d in zip((1, 3, 7, 1, 3, 7, 1, 3, 5), digits, strict=True)) + int(digits[8]) * 5 // 10
    )
    return f"{digits}{-weighed % 10}"


@pytest.fixture
async def agencies(
    officer: httpx.AsyncClient, programme: str, agency_body: Body, manager_body: Body
) -> list[dict[str, Any]]:
    """An agency of each seat, qualified, with a manager."""
    assert programme
    bodies = [
        agency_body(agency_id=str(UUID(int=at)), business_number=number(at), **seat) for at, seat in enumerate(SEATS, 1)
    ]
    for body in bodies:
        assert (await officer.post("/agencies", json=body)).status_code == 201
        inspection = {"agency_id": body["agency_id"], "inspected_on": "2023-02-06", **POINTS}
        assert (await officer.post("/inspections", json=inspection)).status_code == 201
        manager = manager_body(body["agency_id"], manager_id=body["agency_id"])
        assert (await officer.post("/managers", json=manager)).status_code == 201
    return bodies


@pytest.fixture
def seoul(token: Token) -> dict[str, str]:
    """An officer of Seoul."""
    return token("officer", subject="seoul", provinces=("KR-11",))


async def test_a_programme_is_opened_and_changed_for_the_whole_country_only(
    officer: httpx.AsyncClient, programme: str, seoul: dict[str, str], said: Said
) -> None:
    terms = (await officer.get(f"/programmes/{programme}")).json()
    answers = (
        await officer.post("/programmes", json=terms | {"programme_id": str(UUID(int=9))}, headers=seoul),
        await officer.post(f"/programmes/{programme}/changes", json={"holidays_added": ["2023-10-02"]}, headers=seoul),
    )
    assert [(one.status_code, one.json()["type"].rpartition(":")[2]) for one in answers] == [(403, "nation-wide")] * 2
    assert len(await said()) == 1


def deeds(agency: dict[str, Any], manager: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Everything that can be said of an agency and its manager, each taken by itself."""
    agency_id, manager_id = agency["agency_id"], manager["manager_id"]
    return [
        ("POST", "/agencies", agency),
        ("POST", "/inspections", {"agency_id": agency_id, "inspected_on": "2023-02-06", **POINTS}),
        ("POST", "/managers", manager | {"phone": "010-0000-0009"}),
        ("POST", "/attendance", {"manager_id": manager_id, **DAY}),
        ("POST", f"/agencies/{agency_id}/suspension", ORDER),
        ("POST", f"/agencies/{agency_id}/reinstatement", {"from": "2023-07-03"}),
        ("PUT", f"/managers/{manager_id}/leave", {"days": ["2023-10-04"]}),
        ("POST", f"/managers/{manager_id}/departure", {"on": "2023-09-01"}),
        ("DELETE", f"/managers/{manager_id}/departure", {}),
    ]


@pytest.mark.parametrize("role", ["officer", "agency"])
async def test_agencies_and_managers_are_changed_by_whom_their_province_concerns(
    officer: httpx.AsyncClient, agencies: list[dict[str, Any]], manager_body: Body, token: Token, role: str
) -> None:
    for agency, is_ours in zip(agencies, IN_SEOUL, strict=True):
        agency_id = agency["agency_id"]
        caller = token(role, subject="seoul", agency_id=agency_id, provinces=("KR-11",))
        manager = manager_body(agency_id, manager_id=agency_id)
        for method, path, body in deeds(agency, manager):
            answer = await officer.request(method, path, json=body, params=TODAY, headers=caller)
            is_officers_alone = path.endswith(("/inspections", "/attendance", "suspension", "reinstatement"))
            may = is_ours and not (role == "agency" and is_officers_alone)
            assert answer.status_code in ((200, 201) if may else (403,)), (agency, path, answer.text)
        shown = (await officer.get("/managers", params={"agency_id": agency_id})).json()["items"][0]
        assert (shown["phone"] == "010-0000-0009") == is_ours


async def test_an_agency_is_not_moved_out_of_the_provinces_of_whom_it_concerns(
    officer: httpx.AsyncClient, programme: str, agency_body: Body, seoul: dict[str, str]
) -> None:
    assert programme
    body = agency_body(province="KR-11")
    assert (await officer.post("/agencies", json=body, headers=seoul)).status_code == 201
    for moved in ({"province": "KR-26"}, {"province": None, "provinces": []}):
        assert (await officer.post("/agencies", json=body | moved, headers=seoul)).status_code == 403
    assert (await officer.post("/agencies", json=body | {"province": "KR-26"})).status_code == 200
    assert (await officer.post("/agencies", json=body, headers=seoul)).status_code == 403


async def test_rows_of_other_provinces_agencies_are_refused_one_by_one(
    officer: httpx.AsyncClient, send: Send, agencies: list[dict[str, Any]], manager_body: Body, seoul: dict[str, str]
) -> None:
    managers = [manager_body(one["agency_id"], manager_id=one["agency_id"], phone="010-0000-0009") for one in agencies]
    sheets: dict[str, list[dict[str, Any]]] = {
        "agencies": [_row(one) for one in agencies],
        "inspections": [{"agency_id": one["agency_id"], "inspected_on": "2023-02-06", **POINTS} for one in agencies],
        "managers": managers,
        "attendance": [{"manager_id": one["manager_id"], **DAY} for one in managers],
    }
    officer.headers.update(seoul)
    for kind, rows in sheets.items():
        result = await send(kind, rows)
        assert (result["refused"], sum(result["outcomes"].values())) == (3, 2), kind
        text = (await officer.get(result["refused_csv"])).content.decode("utf-8-sig")
        refused = list(csv.DictReader(io.StringIO(text)))
        assert [row["row_number"] for row in refused] == ["3", "5", "6"]
        assert {row["reason_en"] for row in refused} == {"this agency is no affair of your provinces alone"}
        assert {"담당 지역" in row["reason_ko"] for row in refused} == {True}


async def test_agencies_and_managers_are_seen_and_counted_by_whom_their_province_concerns(
    officer: httpx.AsyncClient, agencies: list[dict[str, Any]], seoul: dict[str, str]
) -> None:
    ours = [agency["agency_id"] for agency, is_ours in zip(agencies, IN_SEOUL, strict=True) if is_ours]
    for kind, key in (("agencies", "agency_id"), ("managers", "manager_id")):
        first = (await officer.get(f"/{kind}", params={"limit": 1}, headers=seoul)).json()
        second = (await officer.get(f"/{kind}", params={"limit": 1, "after": first["next"]}, headers=seoul)).json()
        last = (await officer.get(f"/{kind}", params={"after": second["next"]}, headers=seoul)).json()
        assert [row[key] for page in (first, second, last) for row in page["items"]] == ours
        assert last["next"] is None
    counts = (await officer.get("/counts", headers=seoul)).json()
    assert (counts["agencies"]["qualified"], counts["managers"]["enrolled"]) == (2, 2)
    for agency, is_ours in zip(agencies, IN_SEOUL, strict=True):
        one = await officer.get(f"/agencies/{agency['agency_id']}", headers=seoul)
        its = await officer.get("/managers", params={"agency_id": agency["agency_id"]}, headers=seoul)
        assert {one.status_code, its.status_code} == {200 if is_ours else 403}


async def test_an_agencys_people_see_an_enterprise_by_its_id_and_no_list_of_them(
    officer: httpx.AsyncClient, send: Send, agencies: list[dict[str, Any]], enterprise_row: Body, token: Token
) -> None:
    await send("enterprises", [enterprise_row(1)])
    agency_id = agencies[0]["agency_id"]
    for role in ("agency", "manager"):
        caller = token(role, subject=agency_id, agency_id=agency_id)
        assert (await officer.get("/enterprises", headers=caller)).status_code == 403
        shown = await officer.get(f"/enterprises/{UUID(int=1)}", headers=caller)
        assert shown.json()["address"] == enterprise_row(1)["address"]
        counted = (await officer.get("/counts", headers=caller)).json()["enterprises"]
        assert counted == {"open": 0, "closed": 0, "by_province": []}


def _row(agency: dict[str, Any]) -> dict[str, Any]:
    cells = {name: "|".join(value) if isinstance(value, list) else value for name, value in agency.items()}
    return {name: "" if cell is None else cell for name, cell in cells.items()}

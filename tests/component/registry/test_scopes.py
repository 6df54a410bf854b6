"""Who sees what: rows, single things, counts and imports keep to the same bounds."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from registry.main import build
from registry.settings import Settings

Send = Callable[..., Awaitable[dict[str, Any]]]
Row = Callable[..., dict[str, object]]
Token = Callable[..., dict[str, str]]
Body = Callable[..., dict[str, Any]]


@pytest.fixture
async def two_agencies(
    officer: httpx.AsyncClient, programme: str, agency_body: Body, manager_body: Body
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two agencies with a manager each, by their bodies; the managers' ids stand beside."""
    agencies = (agency_body(), agency_body(business_number="011-80-54226"))
    for agency in agencies:
        assert (await officer.post("/agencies", json=agency)).status_code == 201
        manager = manager_body(agency["agency_id"])
        assert (await officer.post("/managers", json=manager)).status_code == 201
        agency["manager_id"] = manager["manager_id"]
    return agencies


async def test_an_agency_sees_its_own_rows_and_counts(
    door: httpx.AsyncClient, two_agencies: tuple[dict[str, Any], ...], token: Token
) -> None:
    own, other = two_agencies
    as_agency = token("agency", agency_id=own["agency_id"])
    agencies = (await door.get("/agencies", headers=as_agency)).json()["items"]
    managers = (await door.get("/managers", headers=as_agency)).json()["items"]
    counts = (await door.get("/counts", headers=as_agency)).json()
    assert [row["agency_id"] for row in agencies] == [own["agency_id"]]
    assert [row["manager_id"] for row in managers] == [own["manager_id"]]
    assert (counts["agencies"]["applied"], counts["managers"]["enrolled"]) == (1, 1)
    assert (await door.get(f"/agencies/{other['agency_id']}", headers=as_agency)).status_code == 403
    asked = await door.get("/managers", params={"agency_id": other["agency_id"]}, headers=as_agency)
    assert asked.status_code == 403


async def test_a_manager_sees_nobody_but_themselves(
    door: httpx.AsyncClient, two_agencies: tuple[dict[str, Any], ...], manager_body: Body, token: Token
) -> None:
    own = two_agencies[0]
    await door.post("/managers", json=manager_body(own["agency_id"]))
    as_manager = token("manager", subject=own["manager_id"], agency_id=own["agency_id"])
    managers = (await door.get("/managers", headers=as_manager)).json()["items"]
    assert [row["manager_id"] for row in managers] == [own["manager_id"]]
    counts = (await door.get("/counts", headers=as_manager)).json()
    assert counts["managers"]["enrolled"] == 1
    assert counts["enterprises"]["by_province"] == []


async def test_an_agency_sends_its_own_rows_only(
    door: httpx.AsyncClient, two_agencies: tuple[dict[str, Any], ...], manager_body: Body, token: Token
) -> None:
    own, other = two_agencies
    as_agency = token("agency", subject="own", agency_id=own["agency_id"])
    assert (await door.post("/agencies", json=other, headers=as_agency)).status_code == 403
    assert (await door.post("/managers", json=manager_body(other["agency_id"]), headers=as_agency)).status_code == 403
    rows = [manager_body(agency["agency_id"]) for agency in two_agencies]
    sheet = "\n".join(",".join(map(str, row)) for row in (rows[0].keys(), *(row.values() for row in rows)))
    result = (await door.post("/managers/import", content=sheet, headers=as_agency)).json()
    assert (result["outcomes"], result["refused"]) == ({"enrolled": 1}, 1)
    assert "own agency" in (await door.get(result["refused_csv"], headers=as_agency)).text
    other_agency = token("agency", subject="other", agency_id=other["agency_id"])
    assert (await door.get(f"/imports/{result['import_id']}", headers=other_agency)).status_code == 403


async def test_enterprises_are_seen_within_the_callers_provinces(
    door: httpx.AsyncClient, send: Send, enterprise_row: Row, token: Token
) -> None:
    rows = [enterprise_row(number) for number in range(1, 4)]
    rows += [enterprise_row(number, province="KR-11", district="11110") for number in range(4, 6)]
    await send("enterprises", rows)
    as_seoul = token("officer", provinces=("KR-11",))
    first = (await door.get("/enterprises", params={"limit": 1}, headers=as_seoul)).json()
    rest = (await door.get("/enterprises", params={"after": first["next"]}, headers=as_seoul)).json()
    assert [row["province"] for row in first["items"] + rest["items"]] == ["KR-11", "KR-11"]
    assert rest["next"] is None
    assert (await door.get("/counts", headers=as_seoul)).json()["enterprises"]["open"] == 2
    assert (await door.get("/enterprises", params={"province": "KR-41"}, headers=as_seoul)).status_code == 403
    assert (await door.get(f"/enterprises/{rows[0]['enterprise_id']}", headers=as_seoul)).status_code == 403
    named = (await door.get("/enterprises", params={"province": "KR-11"}, headers=as_seoul)).json()["items"]
    assert len(named) == 2
    shown = await door.get(f"/enterprises/{rows[4]['enterprise_id']}", headers=as_seoul)
    assert shown.json()["name"] == rows[4]["name"]


async def test_what_was_forgotten_is_told_for_the_whole_country_only(door: httpx.AsyncClient, token: Token) -> None:
    assert (await door.get("/forgotten", headers=token("officer"))).status_code == 200
    assert (await door.get("/forgotten", headers=token("officer", provinces=("KR-11",)))).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/programmes"),
        ("POST", "/inspections"),
        ("POST", "/inspections/import"),
        ("POST", "/attendance"),
        ("POST", "/attendance/import"),
        ("POST", "/enterprises/import"),
        ("GET", "/imports"),
    ],
)
async def test_what_the_ministry_does_no_agency_does(
    door: httpx.AsyncClient, token: Token, method: str, path: str
) -> None:
    as_agency = token("agency", agency_id="00000000-0000-0000-0000-000000000002")
    assert (await door.request(method, path, json={}, headers=as_agency)).status_code == 403
    assert (await door.request(method, path, json={})).status_code == 401


@pytest.mark.parametrize("path", ["/programmes/{}", "/agencies/{}", "/enterprises/{}", "/imports/{}"])
async def test_what_is_not_there_is_said_so_in_both_languages(officer: httpx.AsyncClient, path: str) -> None:
    missing = await officer.get(path.format("00000000-0000-0000-0000-000000000077"))
    assert missing.status_code == 404
    assert missing.json()["detail_ko"]
    assert missing.json()["detail"].startswith("check the id")


async def test_a_body_that_cannot_be_read_names_its_fields_in_both_languages(officer: httpx.AsyncClient) -> None:
    refused = await officer.post("/attendance", json={"manager_id": "x", "day": "2023-04-04"})
    assert refused.status_code == 422
    errors = refused.json()["errors"]
    assert [(one["field"], one["reason_ko"]) for one in errors] == [
        ("manager_id", "식별자(UUID)가 아닙니다"),
        ("attended", "필수 항목이 비어 있습니다"),
    ]


@pytest.mark.usefixtures("programme")
async def test_a_letter_that_no_database_keeps_is_refused_as_any_other_fault(
    officer: httpx.AsyncClient, agency_body: Body
) -> None:
    refused = await officer.post("/agencies", json=agency_body(name="가람\0"))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "name")


async def test_a_province_that_is_none_is_refused_as_any_other_fault(officer: httpx.AsyncClient) -> None:
    for province in ("KR-99", "KR-41\0"):
        refused = await officer.get("/enterprises", params={"province": province})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "province")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, keys: Any) -> None:
    keys.write(tmp_path / "private.pem", tmp_path / "public.pem")
    monkeypatch.setenv("REGISTRY_DATABASE_URL", "postgresql://somewhere")
    monkeypatch.setenv("REGISTRY_HTTP_PORT", "8101")
    monkeypatch.setenv("REGISTRY_ACCESS_KEYS", str(tmp_path / "public.pem"))
    service = build()
    assert isinstance(service.settings, Settings)
    assert (service.name, service.settings.http_port, service.hears) == ("registry", 8101, {})


@pytest.fixture
def two_provinces(enterprise_row: Row) -> list[dict[str, object]]:
    """Two enterprises of Gyeonggi and two of Seoul."""
    seoul = {"province": "KR-11", "district": "11110"}
    return [enterprise_row(number, **(seoul if number > 2 else {})) for number in range(1, 5)]


@pytest.mark.parametrize("kept", [True, False])
async def test_an_officer_sends_enterprises_of_their_own_provinces_only(
    officer: httpx.AsyncClient, send: Send, two_provinces: list[dict[str, object]], token: Token, kept: bool
) -> None:
    if kept:
        await send("enterprises", two_provinces)
    rows = [row | {"headcount": 30} for row in two_provinces]
    rows[0] |= {"province": "KR-11", "district": "11110"}  # whom the register may hold elsewhere
    rows[1] |= {"closed_on": "2023-06-01"}
    officer.headers.update(token("officer", subject="seoul", provinces=("KR-11",)))
    result = await send("enterprises", rows)
    assert (result["refused"], result["outcomes"]) == ((2, {"changed": 2}) if kept else (1, {"registered": 3}))
    refused = (await officer.get(result["refused_csv"])).text
    assert refused.count("담당 지역") == refused.count("own provinces") == result["refused"]
    officer.headers.update(token("officer"))
    every = (await officer.get("/enterprises")).json()["items"]
    assert [row["is_closed"] for row in every] == [False] * len(every)
    assert [row["headcount"] for row in every if row["province"] == "KR-41"] == ([6, 7] if kept else [])


async def test_imports_are_seen_by_whoever_is_bound_to_provinces_only_where_they_sent_them(
    officer: httpx.AsyncClient, send: Send, two_provinces: list[dict[str, object]], token: Token
) -> None:
    rows = [two_provinces[0], two_provinces[2] | {"risk": "x"}]
    everywhere = await send("enterprises", rows)
    officer.headers.update(token("officer", subject="seoul", provinces=("KR-11",)))
    own = await send("enterprises", rows)
    assert [row["import_id"] for row in (await officer.get("/imports")).json()] == [own["import_id"]]
    for path in (f"/imports/{everywhere['import_id']}", everywhere["refused_csv"]):
        assert (await officer.get(path)).status_code == 403
    for path in (f"/imports/{own['import_id']}", own["refused_csv"]):
        assert (await officer.get(path)).status_code == 200
    officer.headers.update(token("officer", subject="somebody else"))
    assert len((await officer.get("/imports")).json()) == 2

"""From the programme's file to trained managers: what is taken, what is refused, and what is said."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from events.contracts.envelope import Fact
from events.contracts.registry import AgencyApplied, AgencyQualified, AgencyRejected, ManagerTrained, ProgrammeOpened
from events.transport.db import Pool
from korea.population import populate, write_registry_files

Said = Callable[[], Awaitable[list[tuple[Fact, int]]]]
Body = Callable[..., dict[str, Any]]
DAYS = ("2023-04-04", "2023-04-05", "2023-04-06", "2023-04-11")
PASS = {
    "inspected_on": "2023-02-06",
    "staff_capability": 28,
    "earlier_delivery": 21,
    "accident_record": 11,
    "equipment": 10,
}


async def test_a_programme_is_opened_once_however_often_its_file_is_sent(
    officer: httpx.AsyncClient, programme: str, said: Said
) -> None:
    terms = (await officer.get(f"/programmes/{programme}")).json()
    again = await officer.post("/programmes", json=terms)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    assert [type(fact) for fact, _ in await said()] == [ProgrammeOpened]


async def test_a_changed_programme_is_refused_with_what_differs(
    officer: httpx.AsyncClient, programme: str, said: Said
) -> None:
    terms = (await officer.get(f"/programmes/{programme}")).json() | {"spacing_days": 30}
    refused = await officer.post("/programmes", json=terms)
    assert refused.status_code == 409
    assert refused.json()["differs"] == {"spacing_days": {"opened_as": 28, "file_says": 30}}
    assert refused.headers["content-type"] == "application/problem+json"
    assert len(await said()) == 1


@pytest.mark.parametrize(
    ("content", "status", "word"),
    [
        (b"year = ", 422, "TOML"),
        (b"just a sentence", 422, "YAML"),
        (b"a: [", 422, "YAML"),
        (b"\xff\xfe", 422, "UTF-8"),
        (b"year: 2023", 422, "window_from"),
        (b"# " + b"x" * 70_000, 413, "64 KB"),
    ],
)
async def test_a_file_that_is_no_programme_is_refused_with_the_reason(
    officer: httpx.AsyncClient, content: bytes, status: int, word: str
) -> None:
    refused = await officer.post("/programmes", content=content)
    assert refused.status_code == status
    assert word in refused.json()["detail"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("window_until", "2203-12-29"),
        ("training_days", ["2023-04-04", "2032-04-05"]),
        ("training_days", ["2024-04-04"]),
    ],
)
async def test_a_year_that_was_mistyped_is_refused_in_both_languages(
    officer: httpx.AsyncClient, programme: str, said: Said, field: str, typed: object
) -> None:
    terms = (await officer.get(f"/programmes/{programme}")).json()
    refused = await officer.post("/programmes", json=terms | {"programme_id": str(UUID(int=2)), field: typed})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:anjeon:problem:programme-not-valid")
    assert "check the year" in refused.json()["detail"]
    assert "연도를 확인하십시오" in refused.json()["detail_ko"]
    assert field in refused.json()["detail"]
    assert len(await said()) == 1


async def test_an_application_needs_to_say_which_of_several_programmes_it_is_for(
    officer: httpx.AsyncClient, programme: str, agency_body: Body
) -> None:
    terms = (await officer.get(f"/programmes/{programme}")).json()
    other = "00000000-0000-0000-0000-000000000002"
    await officer.post("/programmes", json=terms | {"programme_id": other, "year": 2024})
    assert (await officer.post("/agencies", json=agency_body())).status_code == 422
    named = await officer.post("/agencies", json=agency_body(), params={"programme_id": other})
    assert named.status_code == 201
    unknown = await officer.post("/agencies", json=agency_body(), params={"programme_id": other[:-1] + "9"})
    assert unknown.status_code == 404


@pytest.mark.usefixtures("programme")
async def test_an_agency_applies_is_corrected_and_qualifies(
    officer: httpx.AsyncClient, agency_body: Body, said: Said
) -> None:
    body = agency_body()
    for changed in ({}, {}, {"provinces": []}):
        await officer.post("/agencies", json=body | changed)
    answer = await officer.post("/inspections", json=PASS | {"agency_id": body["agency_id"]})
    assert (answer.status_code, answer.json()["outcome"]) == (201, "qualified")
    assert (await officer.post("/inspections", json=PASS | {"agency_id": body["agency_id"]})).status_code == 200
    late = await officer.post("/agencies", json=body | {"name": "다른 이름"})
    assert (late.status_code, late.json()["type"]) == (409, "urn:anjeon:problem:already-inspected")
    facts = [(type(fact), version) for fact, version in await said()][1:]
    assert facts == [(AgencyApplied, 1), (AgencyApplied, 2), (AgencyQualified, 3)]
    shown = (await officer.get(f"/agencies/{body['agency_id']}")).json()
    assert (shown["status"], len(shown["inspections"])) == ("qualified", 1)


@pytest.mark.usefixtures("programme")
async def test_an_agency_below_the_pass_mark_is_rejected_with_reasons(
    officer: httpx.AsyncClient, agency_body: Body, said: Said
) -> None:
    body = agency_body()
    await officer.post("/agencies", json=body)
    answer = await officer.post("/inspections", json=PASS | {"agency_id": body["agency_id"], "equipment": 9})
    assert answer.json()["outcome"] == "rejected"
    fact, version = (await said())[-1]
    assert isinstance(fact, AgencyRejected)
    assert (fact.score, version) == (69, 2)
    assert fact.reasons[0] == "69 points; 70 make a pass"


@pytest.mark.usefixtures("programme")
async def test_a_business_number_applies_once(officer: httpx.AsyncClient, agency_body: Body) -> None:
    assert (await officer.post("/agencies", json=agency_body())).status_code == 201
    second = await officer.post("/agencies", json=agency_body())
    assert (second.status_code, second.json()["type"]) == (409, "urn:anjeon:problem:number-taken")


@pytest.mark.usefixtures("programme")
async def test_two_who_apply_at_the_same_moment_are_one_application(
    officer: httpx.AsyncClient, agency_body: Body, said: Said
) -> None:
    body = agency_body()
    answers = await asyncio.gather(*(officer.post("/agencies", json=body) for _ in range(6)))
    assert Counter(answer.json()["outcome"] for answer in answers) == {"applied": 1, "unchanged": 5}
    assert len(await said()) == 2


@pytest.mark.usefixtures("programme")
async def test_a_manager_is_trained_after_all_days_and_not_before(
    officer: httpx.AsyncClient, agency_body: Body, manager_body: Body, said: Said
) -> None:
    agency = agency_body()
    await officer.post("/agencies", json=agency)
    manager = manager_body(agency["agency_id"])
    await officer.post("/managers", json=manager)
    outcomes: list[str] = []
    for day in (DAYS[3], DAYS[0], DAYS[1], DAYS[1], DAYS[2]):
        said_so = {"manager_id": manager["manager_id"], "day": day, "attended": True}
        outcomes.append((await officer.post("/attendance", json=said_so)).json()["outcome"])
    assert outcomes == ["recorded", "recorded", "recorded", "recorded", "trained"]
    trained = [(fact, version) for fact, version in await said() if isinstance(fact, ManagerTrained)]
    assert [(str(fact.trained_on), version) for fact, version in trained] == [("2023-04-11", 1)]


@pytest.mark.usefixtures("programme")
async def test_whoever_was_absent_one_day_is_not_trained_until_that_is_put_right(
    officer: httpx.AsyncClient, agency_body: Body, manager_body: Body, said: Said
) -> None:
    agency = agency_body()
    await officer.post("/agencies", json=agency)
    manager = manager_body(agency["agency_id"])
    await officer.post("/managers", json=manager)
    for day in DAYS:
        attended = {"manager_id": manager["manager_id"], "day": day, "attended": day != DAYS[2]}
        await officer.post("/attendance", json=attended)
    assert not [fact for fact, _ in await said() if isinstance(fact, ManagerTrained)]
    corrected = {"manager_id": manager["manager_id"], "day": DAYS[2], "attended": True}
    assert (await officer.post("/attendance", json=corrected)).json()["outcome"] == "trained"
    taken_back = await officer.post("/attendance", json=corrected | {"attended": False})
    assert taken_back.json()["type"] == "urn:anjeon:problem:already-trained"


@pytest.mark.usefixtures("programme")
async def test_training_finished_before_the_inspection_is_said_and_not_lost(
    officer: httpx.AsyncClient, agency_body: Body, manager_body: Body, said: Said
) -> None:
    agency = agency_body()
    await officer.post("/agencies", json=agency)
    manager = manager_body(agency["agency_id"])
    await officer.post("/managers", json=manager)
    for day in DAYS:
        await officer.post("/attendance", json={"manager_id": manager["manager_id"], "day": day, "attended": True})
    await officer.post("/inspections", json=PASS | {"agency_id": agency["agency_id"]})
    assert [type(fact) for fact, _ in await said()][1:] == [AgencyApplied, ManagerTrained, AgencyQualified]


@pytest.mark.usefixtures("programme")
async def test_nobody_is_enrolled_by_an_agency_that_does_not_exist(
    officer: httpx.AsyncClient, manager_body: Body
) -> None:
    refused = await officer.post("/managers", json=manager_body("00000000-0000-0000-0000-000000000099"))
    assert refused.json()["type"] == "urn:anjeon:problem:unknown-agency"
    attendance = {"manager_id": "00000000-0000-0000-0000-000000000098", "day": DAYS[0], "attended": True}
    assert (await officer.post("/attendance", json=attendance)).json()["detail_ko"].startswith("등록되지 않은")
    inspection = PASS | {"agency_id": "00000000-0000-0000-0000-000000000099"}
    assert (await officer.post("/inspections", json=inspection)).status_code == 409


@pytest.mark.usefixtures("programme")
async def test_a_trained_managers_new_leave_is_said_again_and_a_new_phone_is_not(
    officer: httpx.AsyncClient, agency_body: Body, manager_body: Body, said: Said
) -> None:
    agency = agency_body()
    await officer.post("/agencies", json=agency)
    manager = manager_body(agency["agency_id"])
    await officer.post("/managers", json=manager)
    for day in DAYS:
        await officer.post("/attendance", json={"manager_id": manager["manager_id"], "day": day, "attended": True})
    await officer.post("/managers", json=manager | {"phone": "010-0000-0009"})
    await officer.post("/managers", json=manager | {"leave_days": ["2023-08-01"]})
    versions = [version for fact, version in await said() if isinstance(fact, ManagerTrained)]
    assert versions == [1, 2]


async def test_the_whole_year_by_files_twice_is_the_year_once(
    officer: httpx.AsyncClient, pool: Pool, said: Said, tmp_path: Any
) -> None:
    write_registry_files(tmp_path, populate(200, 7, is_scaled=True))
    await officer.post("/programmes", content=(tmp_path / "programme.toml").read_bytes())
    first: list[str] = []
    for _ in range(2):
        for kind in ("agencies", "inspections", "managers", "attendance", "enterprises"):
            answer = await officer.post(f"/{kind}/import", content=(tmp_path / f"{kind}.csv").read_bytes())
            assert (answer.status_code, answer.json()["refused"]) == (200, 0), answer.text
        first = first or [fact.model_dump_json() for fact, _ in await said()]
    assert [fact.model_dump_json() for fact, _ in await said()] == first
    names = await pool.fetch("select name, phone from manager union select name, business_number from agency")
    personal = [str(word) for row in names for word in row if word]
    assert personal
    assert not [word for word in personal if any(word in fact for fact in first)]

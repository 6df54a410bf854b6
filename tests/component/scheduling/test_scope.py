"""Who sees which visits: rows, pages, counts and exports have one and the same scope."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest


@pytest.fixture
async def planned(scheduling: Any, nation: Any) -> Any:
    korea = nation(enterprises=40)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    return scheduling


async def seen(planned: Any, role: str, who: dict[str, Any], **filters: Any) -> tuple[set[str], set[str], int]:
    """What a caller gets as rows page by page, as export, and as a count."""
    rows, after = set[str](), None
    while True:
        params = {**filters, "limit": 7, **({"after": after} if after else {})}
        page = await planned.get("/visits", role, who=who, params=params)
        rows |= {visit["visit_id"] for visit in page["visits"]}
        after = page["after"]
        if after is None:
            break
    export = await planned.call("GET", "/visits/export", role, who=who, params=filters)
    counts = await planned.get("/visits/counts", role, who=who, params=filters)
    return rows, {json.loads(line)["visit_id"] for line in export.text.splitlines()}, counts["total"]


async def test_rows_exports_and_counts_agree_for_every_caller(planned: Any) -> None:
    visits = await planned.visits()
    one = visits[0]
    agency, manager = {"agency_id": one["agency_id"]}, {"agency_id": one["agency_id"], "subject": one["manager_id"]}
    seoul: dict[str, Any] = {"provinces": ("KR-11",)}
    expected: list[tuple[str, dict[str, Any], set[str]]] = [
        ("officer", {}, {v["visit_id"] for v in visits}),
        ("service", {}, {v["visit_id"] for v in visits}),
        ("officer", seoul, {v["visit_id"] for v in visits if v["province"] == "KR-11"}),
        ("agency", agency, {v["visit_id"] for v in visits if v["agency_id"] == one["agency_id"]}),
        ("manager", manager, {v["visit_id"] for v in visits if v["manager_id"] == one["manager_id"]}),
        ("agency", {"agency_id": str(uuid4())}, set()),
    ]
    for role, who, names in expected:
        assert await seen(planned, role, who) == (names, names, len(names)), role


async def test_filters_narrow_within_the_scope(planned: Any) -> None:
    visits = await planned.visits()
    one = visits[0]
    month = {"from": "2023-05-01", "until": "2023-05-31", "state": "scheduled"}
    names = {
        v["visit_id"]
        for v in visits
        if v["agency_id"] == one["agency_id"] and "2023-05-01" <= v["visit_on"] <= "2023-05-31"
    }
    assert await seen(planned, "agency", {"agency_id": one["agency_id"]}, **month) == (names, names, len(names))
    of_manager = {"manager_id": one["manager_id"]}
    mine = {v["visit_id"] for v in visits if v["manager_id"] == one["manager_id"]}
    assert await seen(planned, "officer", {}, **of_manager) == (mine, mine, len(mine))


@pytest.mark.parametrize("path", ["/visits", "/visits/counts", "/visits/export"])
async def test_what_is_not_yours_is_refused_when_asked_for_by_name(planned: Any, path: str) -> None:
    who = {"agency_id": str(uuid4()), "subject": str(uuid4())}
    for role, params in (
        ("agency", {"agency_id": str(uuid4())}),
        ("manager", {"agency_id": str(uuid4())}),
        ("manager", {"manager_id": str(uuid4())}),
    ):
        answer = await planned.call("GET", path, role, who=who, params=params)
        assert answer.status_code == 403
        assert answer.json()["detail_ko"]


@pytest.mark.parametrize("path", ["/visits", "/visits/counts", "/visits/export"])
async def test_operators_and_strangers_see_no_visit(planned: Any, path: str) -> None:
    assert (await planned.call("GET", path, "operator")).status_code == 403
    assert (await planned.client.get(path)).status_code == 401


async def test_an_enterprises_visits_are_told_within_the_scope(planned: Any) -> None:
    one = (await planned.visits())[0]
    path = f"/enterprises/{one['enterprise_id']}/visits"
    assert len((await planned.get(path))["visits"]) == 2
    assert (await planned.get(path, "agency", who={"agency_id": str(uuid4())}))["visits"] == []
    mine = await planned.get(path, "agency", who={"agency_id": one["agency_id"]})
    assert [visit["ordinal"] for visit in mine["visits"]] == [1, 2]


async def test_a_question_that_cannot_be_read_is_answered_in_both_languages(planned: Any) -> None:
    answer = await planned.call("GET", "/visits", params={"state": "attempted"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "state" in answer.json()["detail"]


async def test_a_plan_that_is_not_known_is_answered_so(planned: Any) -> None:
    for path in (f"/plans/{uuid4()}", f"/plans/{uuid4()}/unscheduled"):
        answer = await planned.call("GET", path)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:anjeon:problem:plan-unknown")


async def test_a_plan_is_of_the_whole_country_and_its_unscheduled_are_of_the_callers_provinces(
    scheduling: Any, nation: Any
) -> None:
    korea = nation(enterprises=40, limits={"window_until": date(2023, 4, 30)})  # no room for a second visit
    await scheduling.hear_all(korea)
    plan = await scheduling.plan(korea)
    seoul: dict[str, Any] = {"provinces": ("KR-11",)}
    programme = f"/programmes/{korea.programme_id}"
    for method, path in (
        ("GET", f"/plans/{plan['plan_id']}"),
        ("GET", f"{programme}/plans"),
        ("POST", f"{programme}/plans"),
        ("GET", f"{programme}/picture"),
    ):
        refused = await scheduling.call(method, path, who=seoul)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:anjeon:problem:nation-wide"), path
        assert (await scheduling.call(method, path)).status_code < 300
    where = {str(fact.enterprise_id): fact.province for fact in korea.registered}
    path = f"/plans/{plan['plan_id']}/unscheduled"
    every = (await scheduling.get(path))["unscheduled"]
    mine = [row for row in every if where[row["enterprise_id"]] == "KR-11"]
    assert 0 < len(mine) < len(every)
    first = await scheduling.get(path, who=seoul, params={"limit": 1})
    rest = await scheduling.get(path, who=seoul, params={"after": first["after"]})
    assert [*first["unscheduled"], *rest["unscheduled"]] == mine


NOBODY = UUID(int=0)


@pytest.mark.parametrize("after", ["", "x", "2023-99-99:" + str(NOBODY), "2023-05-02:" + "-" * 36, "2023-05-02"])
async def test_a_page_of_visits_begins_where_one_ended_or_not_at_all(scheduling: Any, after: str) -> None:
    answer = await scheduling.call("GET", "/visits", params={"after": after})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "after" in answer.json()["detail_ko"]


@pytest.mark.parametrize("after", ["", "x", "-" * 36 + ":1", f"{NOBODY}:32768", f"{NOBODY}:-1", f"{NOBODY}:{'9' * 9}"])
async def test_a_page_of_the_unscheduled_begins_where_one_ended_or_not_at_all(scheduling: Any, after: str) -> None:
    answer = await scheduling.call("GET", f"/plans/{uuid4()}/unscheduled", params={"after": after})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "after" in answer.json()["detail_ko"]


async def test_a_reason_that_no_database_keeps_is_refused_as_any_other_fault(scheduling: Any) -> None:
    said = {"wish_id": str(uuid4()), "reason": "멀다\0"}
    answer = await scheduling.call("POST", f"/enterprises/{uuid4()}/hand-back", json=said)
    assert (answer.status_code, "reason" in answer.json()["detail"]) == (422, True)
    said |= {"days": ["2023-05-02"]}
    answer = await scheduling.call("POST", f"/visits/{uuid4()}/another-day", json=said)
    assert (answer.status_code, "reason" in answer.json()["detail"]) == (422, True)


async def test_every_page_and_every_export_says_which_programmes_are_synthetic(planned: Any, nation: Any) -> None:
    real = nation(enterprises=5, seed=8, limits={"is_synthetic": False})
    await planned.hear_all(real)
    await planned.plan(real)
    rows = (await planned.get("/visits", params={"limit": 5_000}))["visits"]
    one = next(row for row in rows if row["programme_id"] == str(real.programme_id))
    of_one = (await planned.get(f"/enterprises/{one['enterprise_id']}/visits"))["visits"]
    for told in (rows, await planned.visits(), of_one):
        assert {row["is_synthetic"] for row in told if row["programme_id"] == str(real.programme_id)} == {False}
        assert {row["is_synthetic"] for row in told if row["programme_id"] != str(real.programme_id)} <= {True}
    assert {row["is_synthetic"] for row in rows} == {False, True}
    exported = next(row for row in await planned.visits() if row["visit_id"] == one["visit_id"])
    assert exported == one == next(row for row in of_one if row["visit_id"] == one["visit_id"])

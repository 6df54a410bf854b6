"""Visit reports: one effect each, one answer a row, and a missed visit gets another day."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
async def planned(scheduling: Any, nation: Any) -> Any:
    """A nation of thirty enterprises with their sixty visits."""
    korea = nation(enterprises=30)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    return scheduling


def firsts(visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [visit for visit in visits if visit["ordinal"] == 1]


async def test_a_report_said_again_has_one_effect(planned: Any, completed: Any) -> None:
    rows = [completed(visit) for visit in firsts(await planned.visits())]
    answers = [await planned.report(rows) for _ in range(3)]
    assert [(answer["accepted"], answer["repeated"]) for answer in answers] == [(30, 0), (0, 30), (0, 30)]
    said = await planned.said("visit.completed")
    assert sorted(fact["visit_id"] for fact in said) == sorted(row["visit_id"] for row in rows)
    assert {(fact["version"], fact["risk_before"], fact["risk_after"]) for fact in said} == {(2, 6, 2)}
    assert {v["state"] for v in firsts(await planned.visits())} == {"completed"}


async def test_a_report_twice_in_one_request_has_one_effect(planned: Any, completed: Any) -> None:
    row = completed(firsts(await planned.visits())[0])
    answer = await planned.report([row, row])
    assert [one["answer"] for one in answer["rows"]] == ["accepted", "repeated"]
    assert len(await planned.said("visit.completed")) == 1


async def test_a_bad_row_does_not_sink_the_others(planned: Any, completed: Any, missed: Any) -> None:
    one, two, three, *_ = firsts(await planned.visits())
    rows = [
        completed(one),
        {**completed(two), "risk_before": 10},
        {**completed(two), "hazards_removed": 9},
        "nonsense",
        {"outcome": "attempted"},
        missed(three),
        completed({**one, "visit_id": str(uuid4())}),
    ]
    answer = await planned.report(rows)
    assert [(row["answer"], row.get("reason")) for row in answer["rows"]] == [
        ("accepted", None),
        *[("refused", "not_understood")] * 4,
        ("accepted", None),
        ("refused", "unknown_visit"),
    ]
    assert all(row["reason_ko"] and row["reason_en"] for row in answer["rows"] if row["answer"] == "refused")


async def test_a_line_that_is_no_json_does_not_sink_the_others(planned: Any, completed: Any) -> None:
    one, two, *_ = map(json.dumps, map(completed, firsts(await planned.visits())))
    lines = [one.encode(), b"", b'{"report_id": "x"', b"\xff", b"[" * 100_000, two.encode()]
    kind = {"content-type": "application/x-ndjson"}
    answer = await planned.call("POST", "/visits/reports", "service", content=b"\n".join(lines), headers=kind)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["rows"]
    assert [row["answer"] for row in rows] == ["accepted", "refused", "refused", "refused", "accepted"]
    for number, row in zip((3, 4, 5), rows[1:4], strict=True):
        assert row["reason"] == "not_understood"
        assert f"{number}번째" in row["reason_ko"]
        assert f"Line {number} " in row["reason_en"]


@pytest.mark.parametrize("name", ['"\\ud800"', "NaN", "[" * 50_000 + "]" * 50_000])
async def test_what_no_answer_can_say_back_is_refused_as_any_other_fault(scheduling: Any, name: str) -> None:
    answer = await scheduling.call("POST", "/visits/reports", "service", content=f'[{{"visit_id": {name}}}]')
    assert answer.status_code in (200, 422)


async def test_a_visit_done_is_not_reported_otherwise(planned: Any, completed: Any, missed: Any) -> None:
    visit = firsts(await planned.visits())[0]
    row = completed(visit)
    rows = [row, completed(visit), missed(visit), {**row, "risk_after": 1}]
    answer = await planned.report(rows)
    assert [one.get("reason") for one in answer["rows"]] == [
        None,
        "already_completed",
        "already_completed",
        "report_id_taken",
    ]


async def test_days_that_cannot_be_are_refused(planned: Any, completed: Any) -> None:
    visits = await planned.visits()
    first = firsts(visits)[0]
    second = next(v for v in visits if v["enterprise_id"] == first["enterprise_id"] and v["ordinal"] == 2)
    soon = str(date.fromisoformat(first["visit_on"]) + timedelta(days=27))
    rows = [
        completed(first, visited_on="2022-12-30"),
        completed(first, visited_on="2999-01-04"),
        completed(first),
        completed(second, visited_on=soon),
    ]
    answer = await planned.report(rows)
    assert [one.get("reason") for one in answer["rows"]] == [
        "outside_programme",
        "in_the_future",
        None,
        "before_spacing",
    ]


async def test_an_attempt_is_never_counted_as_done(planned: Any, missed: Any) -> None:
    visit = firsts(await planned.visits())[0]
    await planned.report([missed(visit)])
    counts = await planned.get("/visits/counts")
    assert (counts["completed"], counts["missed"], counts["scheduled"]) == (0, 1, 59)
    assert await planned.said("visit.completed") == []
    (said,) = await planned.said("visit.missed")
    assert (said["visit_id"], said["reason"], said["version"]) == (visit["visit_id"], "nobody_there", 2)


async def test_missed_visits_are_booked_again_and_keep_their_distance(
    planned: Any, missed: Any, completed: Any
) -> None:
    before = {visit["visit_id"]: visit for visit in await planned.visits()}
    rows = [missed(visit) for visit in firsts(list(before.values()))]
    assert (await planned.report(rows))["accepted"] == 30
    await planned.book()
    after = {visit["visit_id"]: visit for visit in await planned.visits()}
    for row in rows:
        was, now = before[row["visit_id"]], after[row["visit_id"]]
        other = next(v for v in after.values() if v["enterprise_id"] == now["enterprise_id"] and v["ordinal"] == 2)
        gap = date.fromisoformat(other["visit_on"]) - date.fromisoformat(now["visit_on"])
        assert (now["state"], now["version"], now["agency_id"]) == ("scheduled", 3, was["agency_id"])
        assert now["visit_on"] > was["visit_on"]
        assert gap >= timedelta(days=28)
    last = {fact["visit_id"]: fact for fact in await planned.said("visit.scheduled")}
    assert {name: (fact["visit_on"], fact["version"]) for name, fact in last.items()} == {
        name: (visit["visit_on"], visit["version"]) for name, visit in after.items()
    }
    again = await planned.report([completed(after[row["visit_id"]]) for row in rows])
    assert again["accepted"] == 30


async def test_a_first_visit_made_late_pushes_the_second(planned: Any, completed: Any) -> None:
    first = firsts(await planned.visits())[0]
    second = next(
        v for v in await planned.visits() if v["enterprise_id"] == first["enterprise_id"] and v["ordinal"] == 2
    )
    late = date.fromisoformat(second["visit_on"]) - timedelta(days=3)
    assert (await planned.report([completed(first, visited_on=str(late))]))["accepted"] == 1
    await planned.book()
    now = next(v for v in await planned.visits() if v["visit_id"] == second["visit_id"])
    assert date.fromisoformat(now["visit_on"]) >= late + timedelta(days=28)
    assert (now["state"], now["version"]) == ("scheduled", 2)


async def test_who_is_missed_on_the_last_day_is_left_to_the_next_plan(
    scheduling: Any, nation: Any, missed: Any
) -> None:
    korea = nation(enterprises=1, limits={"window_until": date(2023, 6, 30)})
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    second = next(visit for visit in await scheduling.visits() if visit["ordinal"] == 2)
    await scheduling.report([missed(second, missed_on="2023-06-30")])
    await scheduling.book()
    assert (await scheduling.get("/visits/counts"))["missed"] == 1
    assert not await scheduling.pool.fetchval("select bool_or(wants_day) from visit")


async def test_two_thousand_reports_in_one_request(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=2_000, managers=12)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    rows = [completed(visit) for visit in firsts(await scheduling.visits())]
    assert len(rows) == 2_000
    lines = "\n".join(json.dumps(row) for row in rows)
    kind = {"content-type": "application/x-ndjson"}
    answer = await scheduling.call("POST", "/visits/reports", "service", content=lines, headers=kind)
    assert (answer.json()["accepted"], len(answer.json()["rows"])) == (2_000, 2_000)
    one_more = await scheduling.call("POST", "/visits/reports", "service", json=[*rows, rows[0]])
    assert one_more.status_code == 413


@pytest.mark.parametrize("body", ["{", '{"rows": 1}', '"x"'])
async def test_a_body_that_is_no_list_is_refused_as_a_whole(scheduling: Any, body: str) -> None:
    answer = await scheduling.call("POST", "/visits/reports", "service", content=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_its_own_agency_and_manager_report_a_visit(planned: Any, completed: Any) -> None:
    visit, *others = firsts(await planned.visits())
    elsewhere = next(other for other in others if other["agency_id"] != visit["agency_id"])
    agency = {"who": {"agency_id": elsewhere["agency_id"]}}
    colleague = {"who": {"agency_id": visit["agency_id"], "subject": str(uuid4())}}
    myself = {"who": {"agency_id": visit["agency_id"], "subject": visit["manager_id"]}}
    row = completed(visit)
    answers = [
        await planned.report([row], "agency", **agency),
        await planned.report([row], "manager", **colleague),
        await planned.report([row], "manager", **myself),
    ]
    assert [one["rows"][0].get("reason") for one in answers] == ["not_yours", "not_yours", None]
    officer = await planned.call("POST", "/visits/reports", "officer", json=[row])
    assert officer.status_code == 403


async def test_nobody_reports_a_visit_outside_their_provinces(planned: Any, completed: Any) -> None:
    visit, *others = firsts(await planned.visits())
    outside = next(other for other in others if other["province"] != visit["province"])
    here: dict[str, Any] = {"who": {"provinces": (visit["province"],)}}
    told = await planned.report([completed(outside), completed(visit)], "service", **here)
    assert [(row["answer"], row.get("reason")) for row in told["rows"]] == [
        ("refused", "not_yours"),
        ("accepted", None),
    ]

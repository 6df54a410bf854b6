"""What changes in mid-year: suspensions, leave, leaving, temporary holidays; each said once, whatever comes again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from events.contracts.envelope import Fact
from events.contracts.registry import (
    AgencyReinstated,
    AgencySuspended,
    ManagerLeft,
    ManagerTrained,
    ProgrammeChanged,
)

Said = Callable[[], Awaitable[list[tuple[Fact, int]]]]
Body = Callable[..., dict[str, Any]]
Token = Callable[..., dict[str, str]]
DAYS = ("2023-04-04", "2023-04-05", "2023-04-06", "2023-04-11")
POINTS = {"staff_capability": 28, "earlier_delivery": 21, "accident_record": 11, "equipment": 10}
ORDER = {"from": "2023-06-19", "until": "2023-07-18", "reason": "false_reports"}
TODAY = {"on": "2023-06-12"}
NOBODY = "00000000-0000-0000-0000-000000000077"


async def answer_of(answer: Awaitable[httpx.Response]) -> tuple[int, str]:
    """The status, and the outcome or the name of the problem."""
    body = (got := await answer).json()
    if got.status_code >= 400:
        assert body["detail"]
        assert body["detail_ko"]
    return got.status_code, body.get("outcome") or body["type"].rpartition(":")[2]


@pytest.fixture
async def agency(officer: httpx.AsyncClient, programme: str, agency_body: Body) -> str:
    """A qualified agency."""
    body = agency_body()
    await officer.post("/agencies", json=body)
    inspection = {"agency_id": body["agency_id"], "inspected_on": "2023-02-06", **POINTS}
    assert (await officer.post("/inspections", json=inspection)).json()["outcome"] == "qualified"
    return body["agency_id"]


@pytest.fixture
async def manager(officer: httpx.AsyncClient, agency: str, manager_body: Body) -> str:
    """A trained manager of it."""
    body = manager_body(agency)
    await officer.post("/managers", json=body)
    for day in DAYS:
        await officer.post("/attendance", json={"manager_id": body["manager_id"], "day": day, "attended": True})
    return body["manager_id"]


@pytest.fixture
def newest(said: Said) -> Callable[[type[Fact]], Awaitable[list[tuple[Any, int]]]]:
    """`await newest(AgencySuspended)`: the facts of a type that were said, with their versions."""

    async def of_type(kind: type[Fact]) -> list[tuple[Any, int]]:
        return [(fact, version) for fact, version in await said() if isinstance(fact, kind)]

    return of_type


async def test_a_suspension_is_said_once_however_often_it_is_sent(
    officer: httpx.AsyncClient, agency: str, newest: Any
) -> None:
    url = f"/agencies/{agency}/suspension"
    answers = [await answer_of(officer.post(url, json=ORDER, params=TODAY)) for _ in range(2)]
    assert answers == [(201, "suspended"), (200, "unchanged")]
    ((fact, version),) = await newest(AgencySuspended)
    assert (str(fact.suspended_from), str(fact.suspended_until)) == (ORDER["from"], ORDER["until"])
    assert (fact.reason, str(fact.decided_on), version) == ("false_reports", TODAY["on"], 3)
    shown = (await officer.get(f"/agencies/{agency}")).json()
    assert (shown["status"], len(shown["suspensions"])) == ("qualified", 1)


async def test_a_reinstatement_is_said_once_and_makes_room_for_another_suspension(
    officer: httpx.AsyncClient, agency: str, newest: Any
) -> None:
    suspension, reinstatement = f"/agencies/{agency}/suspension", f"/agencies/{agency}/reinstatement"
    until_further_notice = {"from": "2023-06-19", "reason": "serious_accident"}
    await officer.post(suspension, json=until_further_notice, params=TODAY)
    lifted = [await answer_of(officer.post(reinstatement, json={"from": "2023-07-03"})) for _ in range(2)]
    assert lifted == [(201, "reinstated"), (200, "unchanged")]
    ((fact, version),) = await newest(AgencyReinstated)
    assert (str(fact.reinstated_from), version) == ("2023-07-03", 4)
    listed = (await officer.get("/agencies")).json()["items"][0]
    assert (listed["suspended_from"], listed["suspended_until"]) == ("2023-06-19", "2023-07-02")
    later = {"from": "2023-09-01", "reason": "own_request"}
    answer = await officer.post(suspension, json=later, params={"on": "2023-08-25"})
    assert answer.json()["outcome"] == "suspended"
    assert [version for _, version in await newest(AgencySuspended)] == [3, 5]
    shown = (await officer.get(f"/agencies/{agency}")).json()["suspensions"]
    assert [(one["suspended_from"], one["reinstated_from"]) for one in shown] == [
        ("2023-06-19", "2023-07-03"),
        ("2023-09-01", None),
    ]


async def test_of_two_officers_who_suspend_at_once_one_is_heard(
    officer: httpx.AsyncClient, agency: str, newest: Any
) -> None:
    orders = [ORDER | {"from": f"2023-06-{day}"} for day in (19, 20, 21, 22)]
    answers = await asyncio.gather(
        *(officer.post(f"/agencies/{agency}/suspension", json=order, params=TODAY) for order in orders)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await newest(AgencySuspended)) == 1


async def test_a_suspension_that_cannot_be_is_refused_in_both_languages(
    officer: httpx.AsyncClient, agency: str, agency_body: Body, said: Said
) -> None:
    before = len(await said())
    applicant = agency_body(business_number="011-80-54226")
    await officer.post("/agencies", json=applicant)

    def order(agency_id: str, **changed: str) -> Awaitable[tuple[int, str]]:
        return answer_of(officer.post(f"/agencies/{agency_id}/suspension", json=ORDER | changed, params=TODAY))

    assert await order(NOBODY) == (404, "not-found")
    assert await order(applicant["agency_id"]) == (409, "not-qualified")
    assert await order(agency, until="2023-06-18") == (422, "not-readable")
    assert await order(agency, reason="because") == (422, "not-readable")
    assert await order(agency, **{"from": "2032-06-19", "until": "2032-07-18"}) == (409, "after-programme")
    reinstatement = officer.post(f"/agencies/{agency}/reinstatement", json={"from": "2023-07-03"})
    assert await answer_of(reinstatement) == (409, "not-suspended")
    assert len(await said()) == before + 1  # the application


async def test_leave_in_mid_year_is_said_as_the_managers_state(
    officer: httpx.AsyncClient, manager: str, newest: Any
) -> None:
    body = {"days": ["2023-10-05", "2023-10-04"]}
    answers = [await answer_of(officer.put(f"/managers/{manager}/leave", json=body)) for _ in range(2)]
    assert answers == [(200, "changed"), (200, "unchanged")]
    (_, first), (fact, second) = await newest(ManagerTrained)
    assert [str(day) for day in fact.leave_days] == ["2023-10-04", "2023-10-05"]
    assert (first, second, str(fact.trained_on)) == (1, 2, "2023-04-11")


async def test_leave_may_also_come_with_the_enrolment_said_again(
    officer: httpx.AsyncClient, manager: str, agency: str, manager_body: Body, newest: Any
) -> None:
    body = manager_body(agency, manager_id=manager, leave_days=["2023-10-04"])
    assert await answer_of(officer.post("/managers", json=body)) == (200, "changed")
    facts = await newest(ManagerTrained)
    assert [version for _, version in facts] == [1, 2]
    assert [str(day) for day in facts[-1][0].leave_days] == ["2023-10-04"]


async def test_a_manager_leaves_is_corrected_and_comes_back(
    officer: httpx.AsyncClient, manager: str, newest: Any
) -> None:
    url = f"/managers/{manager}/departure"
    first = [await answer_of(officer.post(url, json={"on": "2023-09-01"})) for _ in range(2)]
    assert first == [(201, "departed"), (200, "unchanged")]
    await officer.post(url, json={"on": "2023-08-28"})
    facts = await newest(ManagerLeft)
    assert [(str(fact.left_on), version) for fact, version in facts] == [("2023-09-01", 2), ("2023-08-28", 3)]
    assert (await officer.get("/managers")).json()["items"][0]["left_on"] == "2023-08-28"
    assert (await officer.get("/counts")).json()["managers"] == {"enrolled": 1, "trained": 1, "departed": 1}
    assert await answer_of(officer.put(f"/managers/{manager}/leave", json={"days": []})) == (200, "unchanged")
    leave = officer.put(f"/managers/{manager}/leave", json={"days": ["2023-10-04"]})
    assert await answer_of(leave) == (409, "has-left")
    back = [await answer_of(officer.delete(url)) for _ in range(2)]
    assert back == [(200, "returned"), (200, "unchanged")]
    assert [version for _, version in await newest(ManagerTrained)] == [1, 4]


async def test_a_departure_that_cannot_be_is_refused(officer: httpx.AsyncClient, manager: str) -> None:
    def leave(manager_id: str, on: str) -> Awaitable[tuple[int, str]]:
        return answer_of(officer.post(f"/managers/{manager_id}/departure", json={"on": on}))

    assert await leave(NOBODY, "2023-09-01") == (404, "not-found")
    assert await leave(manager, "2023-04-05") == (409, "left-before-trained")
    assert await leave(manager, "2032-09-01") == (409, "after-programme")
    assert await leave(manager, "tomorrow") == (422, "not-readable")


async def test_whoever_left_in_the_training_finishes_it_when_that_is_taken_back(
    officer: httpx.AsyncClient, agency: str, manager_body: Body, newest: Any
) -> None:
    body = manager_body(agency)
    await officer.post("/managers", json=body)
    url = f"/managers/{body['manager_id']}/departure"
    for day in DAYS[:3]:
        await officer.post("/attendance", json={"manager_id": body["manager_id"], "day": day, "attended": True})
    assert await answer_of(officer.post(url, json={"on": "2023-04-12"})) == (201, "departed")
    last = {"manager_id": body["manager_id"], "day": DAYS[3], "attended": True}
    assert await answer_of(officer.post("/attendance", json=last)) == (201, "recorded")
    assert await newest(ManagerLeft) + await newest(ManagerTrained) == []
    assert await answer_of(officer.delete(url)) == (200, "returned")
    ((_, version),) = await newest(ManagerTrained)
    assert version == 1


async def test_a_temporary_holiday_is_said_once_with_the_whole_programme(
    officer: httpx.AsyncClient, programme: str, newest: Any
) -> None:
    opened = (await officer.get(f"/programmes/{programme}")).json()
    url, query = f"/programmes/{programme}/changes", {"on": "2023-09-05"}
    body = {"holidays_added": ["2023-10-02"]}
    answers = [await answer_of(officer.post(url, json=body, params=query)) for _ in range(2)]
    assert answers == [(200, "changed"), (200, "unchanged")]
    ((fact, version),) = await newest(ProgrammeChanged)
    assert ([str(day) for day in fact.holidays_added], str(fact.changed_on)) == (["2023-10-02"], "2023-09-05")
    assert (version, fact.target_enterprises, fact.is_synthetic) == (2, 200_000, False)
    assert (await officer.get(f"/programmes/{programme}")).json()["holidays_added"] == ["2023-10-02"]
    again = await officer.post("/programmes", json=opened)
    assert (again.status_code, again.json()["holidays_added"]) == (200, ["2023-10-02"])


async def test_changes_that_come_at_once_are_all_kept(officer: httpx.AsyncClient, programme: str, newest: Any) -> None:
    days = [f"2023-11-{day}" for day in (13, 14, 15, 16, 17)]
    url = f"/programmes/{programme}/changes"
    await asyncio.gather(*(officer.post(url, json={"holidays_added": [day]}, params=TODAY) for day in days))
    facts = await newest(ProgrammeChanged)
    assert [version for _, version in facts] == [2, 3, 4, 5, 6]
    assert [str(day) for day in facts[-1][0].holidays_added] == days


async def test_a_change_that_cannot_be_is_refused(officer: httpx.AsyncClient, programme: str) -> None:
    def change(programme_id: str, **body: object) -> Awaitable[tuple[int, str]]:
        return answer_of(officer.post(f"/programmes/{programme_id}/changes", json=body, params=TODAY))

    assert await change(NOBODY, window_until="2023-12-22") == (404, "not-found")
    assert await change(programme, window_until="2023-06-11") == (409, "window-in-the-past")
    assert await change(programme, window_until="2203-12-29") == (409, "window-beyond-year")
    assert await change(programme, holidays_added=["2032-10-02"]) == (409, "outside-window")
    assert await change(programme, spacing_days=14) == (422, "not-readable")


async def test_an_agency_suspends_nobody_and_keeps_its_hands_off_others_managers(
    door: httpx.AsyncClient, agency: str, manager: str, token: Token, newest: Any
) -> None:
    own = token("agency", agency_id=agency)
    other = token("agency", agency_id=NOBODY)
    themselves = token("manager", subject=manager, agency_id=agency)
    for caller in (own, other, themselves):
        for path in (f"/agencies/{agency}/suspension", f"/agencies/{agency}/reinstatement"):
            assert (await door.post(path, json=ORDER, headers=caller)).status_code == 403
        assert (await door.post(f"/programmes/{NOBODY}/changes", json={}, headers=caller)).status_code == 403
    for caller in (other, themselves):
        leave = await door.put(f"/managers/{manager}/leave", json={"days": ["2023-10-04"]}, headers=caller)
        left = await door.post(f"/managers/{manager}/departure", json={"on": "2023-09-01"}, headers=caller)
        back = await door.delete(f"/managers/{manager}/departure", headers=caller)
        assert [answer.status_code for answer in (leave, left, back)] == [403, 403, 403]
    assert not [fact for kind in (AgencySuspended, ManagerLeft, ProgrammeChanged) for fact in await newest(kind)]
    mine = await door.put(f"/managers/{manager}/leave", json={"days": ["2023-10-04"]}, headers=own)
    assert mine.json()["outcome"] == "changed"

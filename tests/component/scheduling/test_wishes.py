"""Hand-backs and other days: kept as wishes, carried out by the next plan, and only the visits named move."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from events.contracts.registry import AgencySuspended


def of_local_agency(korea: Any, before: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A first visit in a province that another agency serves too."""
    local = {str(agency.agency_id) for agency in korea.agencies[:4]}
    return min(
        (v for v in before.values() if v["agency_id"] in local and v["ordinal"] == 1), key=lambda v: v["visit_id"]
    )


async def ask(scheduling: Any, path: str, said: dict[str, Any], role: str = "officer", **more: Any) -> Any:
    return await scheduling.call("POST", path, role, json={"wish_id": str(uuid4())} | said, **more)


async def test_an_enterprise_handed_back_goes_to_another_agency_and_never_returns(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=40)
    before = await scheduling.planned(korea)
    visit = of_local_agency(korea, before)
    mine = {name for name, v in before.items() if v["enterprise_id"] == visit["enterprise_id"]}
    path, who = f"/enterprises/{visit['enterprise_id']}/hand-back", {"agency_id": visit["agency_id"]}
    said = {"wish_id": str(uuid4()), "reason": "사업장과의 이해 충돌"}
    answers = [await ask(scheduling, path, said, "agency", who=who) for _ in range(2)]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(202, "waiting")] * 2
    (plan,) = await scheduling.plan_all()
    after = await scheduling.by_id()
    assert (plan["state"], scheduling.differing(before, after)) == ("published", mine)
    assert visit["agency_id"] not in {after[name]["agency_id"] for name in mine}
    wish = await scheduling.get(answers[0].headers["Location"], "agency", who=who)
    assert (wish["state"], wish["plan_id"]) == ("done", plan["plan_id"])
    assert {(one["visit_id"], one["visit_on"], one["agency_id"]) for one in wish["visits"]} == {
        (name, after[name]["visit_on"], after[name]["agency_id"]) for name in mine
    }
    assert (await ask(scheduling, path, said, "agency", who=who)).json()["state"] == "done"
    taker = after[visit["visit_id"]]["agency_id"]
    suspended = AgencySuspended(
        agency_id=taker,
        programme_id=korea.programme_id,
        suspended_from=date(2023, 4, 1),
        reason="other",
        decided_on=date(2023, 4, 1),
    )
    await scheduling.hear(suspended, version=2)
    for planner in ("plain", "national"):
        await scheduling.plan_all(planner)
        last = await scheduling.by_id()
        assert {last[name]["state"] for name in mine} == {"cancelled"}
        await scheduling.ask(korea)


async def test_a_visit_missed_after_a_hand_back_goes_to_whoever_comes_now(
    scheduling: Any, nation: Any, completed: Any, missed: Any
) -> None:
    korea = nation(enterprises=40)
    before = await scheduling.planned(korea)
    visit = of_local_agency(korea, before)
    later = min(
        (v for v in before.values() if v["ordinal"] == 1 and v["enterprise_id"] != visit["enterprise_id"]),
        key=lambda v: (v["visit_on"] < visit["visit_on"], v["visit_on"]),
    )
    await scheduling.report([completed(later)])  # the first visit lies behind this day, and nobody has told of it
    who = {"agency_id": visit["agency_id"]}
    await ask(scheduling, f"/enterprises/{visit['enterprise_id']}/hand-back", {"reason": "-"}, "agency", who=who)
    await scheduling.plan_all()
    await scheduling.report([missed(visit)])
    await scheduling.book()
    mine = {v["ordinal"]: v for v in await scheduling.visits() if v["enterprise_id"] == visit["enterprise_id"]}
    assert mine[1]["state"] == "scheduled"
    assert mine[1]["agency_id"] == mine[2]["agency_id"] != visit["agency_id"]


@pytest.mark.parametrize("planner", ["plain", "national"])
async def test_no_visit_stays_with_an_agency_that_has_handed_the_site_back(
    scheduling: Any, nation: Any, planner: str
) -> None:
    korea = nation(enterprises=40)
    before = await scheduling.planned(korea)
    visit = of_local_agency(korea, before)
    mine = {name for name, v in before.items() if v["enterprise_id"] == visit["enterprise_id"]}
    await scheduling.pool.execute(
        "insert into handed_back values ($1, $2, $3)",
        *(korea.programme_id, UUID(visit["enterprise_id"]), UUID(visit["agency_id"])),
    )
    await scheduling.ask(korea)
    (plan,) = await scheduling.plan_all(planner)
    after = await scheduling.by_id()
    assert (plan["state"], scheduling.differing(before, after)) == ("published", mine)
    assert visit["agency_id"] not in {after[name]["agency_id"] for name in mine}


@pytest.mark.parametrize("planner", ["plain", "national"])
async def test_a_site_gets_another_of_the_days_that_it_asks_for(scheduling: Any, nation: Any, planner: str) -> None:
    korea = nation(enterprises=40)
    before = await scheduling.planned(korea)
    visit = next(v for v in before.values() if v["ordinal"] == 2)
    answer = await ask(
        scheduling, f"/visits/{visit['visit_id']}/another-day", {"from": "2023-07-03", "until": "2023-07-07"}
    )
    assert answer.status_code == 202
    (plan,) = await scheduling.plan_all(planner)
    after = await scheduling.by_id()
    assert (plan["difference"]["moved"], scheduling.differing(before, after)) == (1, {visit["visit_id"]})
    now = after[visit["visit_id"]]
    assert "2023-07-03" <= now["visit_on"] <= "2023-07-07"
    assert (now["manager_id"], now["version"]) == (visit["manager_id"], 2)
    wish = await scheduling.get(answer.headers["Location"])
    assert (wish["state"], wish["visits"][0]["visit_on"]) == ("done", now["visit_on"])


async def test_a_day_too_near_to_the_visit_made_before_is_refused(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=10)
    before = await scheduling.planned(korea)
    second = max((v for v in before.values() if v["ordinal"] == 2), key=lambda v: v["visit_on"])
    first = next(v for v in before.values() if v["enterprise_id"] == second["enterprise_id"] and v["ordinal"] == 1)
    await scheduling.report([completed(first)])
    soon = date.fromisoformat(first["visit_on"])
    days = [str(soon + timedelta(days=n)) for n in range(1, 28)]
    answer = await ask(scheduling, f"/visits/{second['visit_id']}/another-day", {"days": days})
    reported = await scheduling.by_id()
    (plan,) = await scheduling.plan_all()
    wish = await scheduling.get(answer.headers["Location"])
    assert (plan["state"], wish["state"], wish["reason"]["code"]) == ("refused", "refused", "no_such_day")
    assert wish["reason"]["ko"]
    assert await scheduling.by_id() == reported


async def test_a_hand_back_that_nobody_can_take_is_refused_and_the_visits_stay(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=30)
    only_seoul = korea.agencies[:1]
    team = [fact for fact in korea.trained if fact.agency_id == only_seoul[0].agency_id]
    for facts in ([korea.programme], only_seoul, team, korea.registered, korea.eligible):
        await scheduling.hear(*facts)
    await scheduling.plan(korea)
    before = await scheduling.by_id()
    visit = next(iter(before.values()))
    answer = await ask(scheduling, f"/enterprises/{visit['enterprise_id']}/hand-back", {"reason": "-"})
    await scheduling.plan_all()
    wish = await scheduling.get(answer.headers["Location"])
    assert (wish["state"], wish["reason"]["code"]) == ("refused", "nobody_else")
    assert await scheduling.by_id() == before
    assert await scheduling.pool.fetchval("select count(*) from handed_back") == 0


async def test_several_wishes_are_carried_out_by_one_plan(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=60)
    before = await scheduling.planned(korea)
    seconds = sorted((v for v in before.values() if v["ordinal"] == 2), key=lambda v: v["visit_id"])[:12]
    for visit in seconds:
        path = f"/visits/{visit['visit_id']}/another-day"
        assert (await ask(scheduling, path, {"from": "2023-08-01", "until": "2023-08-31"})).status_code == 202
    (plan,) = await scheduling.plan_all()
    assert plan["difference"]["moved"] == 12
    assert scheduling.differing(before, await scheduling.by_id()) == {visit["visit_id"] for visit in seconds}


async def test_a_preview_carries_wishes_out_for_the_eye_only(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10)
    before = await scheduling.planned(korea)
    visit = next(v for v in before.values() if v["ordinal"] == 2)
    answer = await ask(scheduling, f"/visits/{visit['visit_id']}/another-day", {"days": ["2023-08-01"]})
    await scheduling.pool.execute("delete from plan where state = 'requested'")
    plan = await scheduling.plan(korea, preview=True)
    assert (plan["state"], plan["difference"]["moved"]) == ("previewed", 1)
    assert await scheduling.by_id() == before
    assert (await scheduling.get(answer.headers["Location"]))["state"] == "waiting"


async def test_a_wish_keeps_to_the_scope_of_whoever_asks(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10)
    before = await scheduling.planned(korea)
    visit = next(iter(before.values()))
    back, day = f"/enterprises/{visit['enterprise_id']}/hand-back", f"/visits/{visit['visit_id']}/another-day"
    stranger = {"who": {"agency_id": str(uuid4()), "subject": str(uuid4())}}
    mine = {"who": {"agency_id": visit["agency_id"], "subject": visit["manager_id"]}}
    colleague = {"who": {"agency_id": visit["agency_id"], "subject": str(uuid4())}}
    days = {"days": ["2023-08-01"]}
    refused = [
        await ask(scheduling, back, {"reason": "-"}, "agency", **stranger),
        await ask(scheduling, back, {"reason": "-"}, "manager", **mine),
        await ask(scheduling, day, days, "agency", **stranger),
        await ask(scheduling, day, days, "manager", **colleague),
        await ask(scheduling, day, days, "service"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 5
    assert (await ask(scheduling, day, days, "manager", **mine)).status_code == 202
    place = (await ask(scheduling, day, days)).headers["Location"]
    assert (await scheduling.call("GET", place, "agency", **stranger)).status_code == 403
    assert (await scheduling.get(place, "manager", **mine))["state"] == "waiting"


async def test_a_wish_that_makes_no_sense_is_refused_at_once(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=5)
    before = await scheduling.planned(korea)
    visit = next(v for v in before.values() if v["ordinal"] == 1)
    day = f"/visits/{visit['visit_id']}/another-day"
    for wrong in ({}, {"days": ["2023-08-01"], "from": "2023-08-01"}, {"from": "2023-08-02", "until": "2023-08-01"}):
        assert (await ask(scheduling, day, wrong)).status_code == 422
    taken = {"wish_id": str(uuid4()), "days": ["2023-08-01"]}
    await ask(scheduling, day, taken)
    assert (await ask(scheduling, day, taken | {"days": ["2023-08-02"]})).status_code == 409
    assert (await ask(scheduling, f"/visits/{uuid4()}/another-day", {"days": ["2023-08-01"]})).status_code == 404
    assert (await scheduling.call("GET", f"/wishes/{uuid4()}")).status_code == 404
    await scheduling.report([completed(visit)])
    assert (await ask(scheduling, day, {"days": ["2023-08-01"]})).status_code == 409

"""Plans that are looked at first, that are refused as a whole, and days and visits that are fixed."""

from datetime import date
from typing import Any

import pytest

from events.contracts.registry import AgencySuspended


def suspended(korea: Any, agency: int, **more: Any) -> AgencySuspended:
    said: dict[str, Any] = {"suspended_from": date(2023, 5, 8), "reason": "other", "decided_on": date(2023, 5, 1)}
    return AgencySuspended(agency_id=korea.agencies[agency].agency_id, programme_id=korea.programme_id, **said | more)


async def test_a_preview_shows_what_would_change_and_changes_nothing(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=120)
    before = await scheduling.planned(korea)
    await scheduling.hear(suspended(korea, 1), version=2)
    await scheduling.pool.execute("delete from plan where state = 'requested'")
    said = len(await scheduling.said("visit.scheduled"))
    plan = await scheduling.plan(korea, preview=True)
    assert (plan["state"], plan["published_at"]) == ("previewed", None)
    assert plan["difference"]["moved"] > 0
    assert plan["difference"]["km_after"] != plan["difference"]["km_before"] > 0
    assert plan["difference"]["high_risk_wait_before"] == plan["difference"]["high_risk_wait_after"]
    assert await scheduling.by_id() == before
    assert len(await scheduling.said("visit.scheduled")) == said
    assert len(await scheduling.said("plan.published")) == 1
    done = await scheduling.plan(korea)
    assert done["state"] == "published"
    assert {name: done["difference"][name] for name in ("added", "moved", "dropped")} == {
        name: plan["difference"][name] for name in ("added", "moved", "dropped")
    }


@pytest.mark.parametrize(("limit", "code"), [("most_moved", "too_many_moved"), ("most_dropped", "too_many_dropped")])
async def test_a_plan_that_changes_more_than_is_allowed_is_refused_as_a_whole(
    scheduling: Any, nation: Any, limit: str, code: str
) -> None:
    korea = nation(enterprises=120)
    before = await scheduling.planned(korea)
    for number in range(5 if limit == "most_dropped" else 2):
        await scheduling.hear(suspended(korea, number), version=2)
    await scheduling.pool.execute("delete from plan where state = 'requested'")
    plan = await scheduling.plan(korea, **{limit: 3})
    assert (plan["state"], [reason["code"] for reason in plan["reasons"]]) == ("refused", [code])
    assert plan["difference"]["moved"] + plan["difference"]["dropped"] > 3
    assert await scheduling.by_id() == before
    assert (await scheduling.plan(korea, **{limit: 1_000}))["state"] == "published"


async def test_a_change_does_not_hide_behind_a_request_with_limits(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=20)
    await scheduling.planned(korea)
    await scheduling.ask(korea, most_moved=0)
    await scheduling.ask(korea, preview=True)
    await scheduling.hear(suspended(korea, 1), version=2)
    told = await scheduling.plan_all()
    assert sorted(plan["state"] for plan in told) == ["previewed", "published", "refused"]


async def test_a_limit_that_makes_no_sense_is_refused(scheduling: Any, nation: Any) -> None:
    path = f"/programmes/{nation().programme_id}/plans"
    for wrong in ({"most_moved": -1}, {"prewiew": True}):
        assert (await scheduling.call("POST", path, json=wrong)).status_code == 422


async def test_a_proposal_that_breaks_a_rule_is_refused_with_its_keys(
    scheduling: Any, nation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from scheduling.planning import plain

    korea = nation(enterprises=6)
    await scheduling.hear_all(korea)
    good = plain.plan

    def broken(picture: Any) -> Any:
        proposal = good(picture)
        return replace(proposal, day=proposal.day * 0 + int(picture.days[0]))

    monkeypatch.setattr(plain, "plan", broken)
    plan = await scheduling.plan(korea)
    (because,) = plan["reasons"]
    assert (plan["state"], because["code"]) == ("refused", "not_valid")
    assert f"{korea.registered[0].enterprise_id}:2" in because["en"] or "enterprise_twice_a_day: 6" in because["en"]
    assert await scheduling.visits() == []


async def test_nothing_is_placed_in_the_days_that_are_fixed(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=40)
    before = await scheduling.planned(korea)
    first = min((v for v in before.values() if v["ordinal"] == 1), key=lambda visit: visit["visit_on"])
    await scheduling.report([completed(first)])
    reported = await scheduling.by_id()
    await scheduling.hear(suspended(korea, 1, suspended_from=date(2023, 4, 1)), version=2)
    (plan,) = await scheduling.plan_all(freeze_days=60)
    after = await scheduling.by_id()
    moved = {name for name in after if reported[name] != after[name]}
    assert plan["difference"]["moved"] > 0
    fixed = date.fromordinal(date.fromisoformat(first["visit_on"]).toordinal() + 60)
    assert all(after[name]["visit_on"] > str(fixed) for name in moved if after[name]["state"] == "scheduled")


async def test_a_pinned_visit_makes_way_for_nobody_but_not_even_it_outlives_its_agency(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=40)
    before = await scheduling.planned(korea)
    second = next(
        v for v in before.values() if v["ordinal"] == 2 and v["agency_id"] == str(korea.agencies[1].agency_id)
    )
    first = next(v for v in before.values() if v["enterprise_id"] == second["enterprise_id"] and v["ordinal"] == 1)
    path, who = f"/visits/{second['visit_id']}/pin", {"agency_id": second["agency_id"]}
    assert (await scheduling.call("PUT", path, "agency", who=who)).status_code == 200
    late = date.fromordinal(date.fromisoformat(second["visit_on"]).toordinal() - 3)
    await scheduling.report([completed(first, visited_on=str(late))])
    await scheduling.book()
    now = (await scheduling.by_id())[second["visit_id"]]
    assert (now["visit_on"], now["is_pinned"]) == (second["visit_on"], True)
    await scheduling.hear(suspended(korea, 1, suspended_from=date(2023, 4, 1)), version=2)
    (plan,) = await scheduling.plan_all()
    assert plan["state"] == "published"
    now = (await scheduling.by_id())[second["visit_id"]]
    assert (now["agency_id"] != second["agency_id"], now["is_pinned"]) == (True, False)


async def test_pins_keep_to_the_scope(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=4)
    before = await scheduling.planned(korea)
    visit = next(v for v in before.values() if v["ordinal"] == 1)
    path = f"/visits/{visit['visit_id']}/pin"
    other = {"agency_id": str(korea.programme_id)}
    assert (await scheduling.call("PUT", path, "agency", who=other)).status_code == 403
    assert (await scheduling.call("PUT", path, "service")).status_code == 403
    assert (await scheduling.call("PUT", f"/visits/{korea.programme_id}/pin")).status_code == 404
    assert (await scheduling.call("PUT", path)).json()["is_pinned"] is True
    assert (await scheduling.call("DELETE", path)).json()["is_pinned"] is False
    await scheduling.report([completed(visit)])
    assert (await scheduling.call("PUT", path)).status_code == 409

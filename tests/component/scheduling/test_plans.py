"""Plans on a real PostgreSQL: computed by a process of their own, checked here by other means than there."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from korea.calendar import is_working_day


def broken(nation: Any, visits: list[dict[str, Any]]) -> list[str]:
    """Every broken rule, computed visit by visit from the facts themselves."""
    agencies = {str(fact.agency_id): fact for fact in nation.agencies}
    managers = {str(fact.manager_id): fact for fact in nation.trained}
    enterprises = {str(fact.enterprise_id): fact for fact in nation.registered}
    sectors = {str(fact.enterprise_id): fact.sector for fact in nation.eligible}
    found, load = list[str](), Counter[tuple[str, str]]()
    by_enterprise: dict[str, list[tuple[int, date]]] = {}
    for visit in visits:
        agency, manager = agencies[visit["agency_id"]], managers[visit["manager_id"]]
        site, day = enterprises[visit["enterprise_id"]], date.fromisoformat(visit["visit_on"])
        load[visit["manager_id"], visit["visit_on"]] += 1
        by_enterprise.setdefault(visit["enterprise_id"], []).append((visit["ordinal"], day))
        rules = {
            "someone else's manager": str(manager.agency_id) != visit["agency_id"],
            "sector": sectors[visit["enterprise_id"]] not in agency.sectors,
            "province": bool(agency.provinces) and site.province not in agency.provinces,
            "training": day <= manager.trained_on,
            "leave": day in manager.leave_days,
            "working day": not is_working_day(day),
            "window": not date(2023, 4, 12) <= day <= date(2023, 12, 31),
            "closed": day.strftime("%a").lower() in site.closed_weekdays,
            "works": (site.open_from or day) > day or (site.open_until or day) < day,
        }
        found += [rule for rule, is_broken in rules.items() if is_broken]
    found += ["capacity" for (who, _), times in load.items() if times > managers[who].visits_a_day]
    for mine in by_enterprise.values():
        days = [day for _, day in sorted(mine)]
        found += ["spacing" for one, next_one in pairwise(days) if next_one - one < timedelta(days=28)]
    return found


async def test_a_plan_gives_every_enterprise_two_visits_and_keeps_every_rule(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=300)
    await scheduling.hear_all(korea)
    plan = await scheduling.plan(korea)
    visits = await scheduling.visits()
    assert (plan["state"], plan["enterprises"], plan["visits"], plan["unscheduled"]) == ("published", 300, 600, 0)
    assert broken(korea, visits) == []
    assert Counter(visit["ordinal"] for visit in visits) == {1: 300, 2: 300}


async def test_what_is_published_is_said_once_each_and_the_plan_after_it(scheduling: Any, nation: Any) -> None:
    korea = nation()
    await scheduling.hear_all(korea)
    plan = await scheduling.plan(korea)
    said = await scheduling.said("visit.scheduled")
    assert {fact["visit_id"]: (fact["manager_id"], fact["visit_on"], fact["version"]) for fact in said} == {
        visit["visit_id"]: (visit["manager_id"], visit["visit_on"], 1) for visit in await scheduling.visits()
    }
    assert len(said) == 120
    (published,) = await scheduling.said("plan.published")
    assert (published["plan_id"], published["visits"]) == (plan["plan_id"], 120)


async def test_the_riskiest_are_visited_first(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=900, managers=1)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    risk = {str(fact.enterprise_id): fact.risk for fact in korea.registered if fact.open_from is None}
    first = [visit for visit in await scheduling.visits() if visit["ordinal"] == 1]
    days = {kind: [v["visit_on"] for v in first if kind(risk.get(v["enterprise_id"], 0))] for kind in (_high, _low)}
    assert sorted(days[_high])[len(days[_high]) // 2] < sorted(days[_low])[len(days[_low]) // 2]


def _high(risk: int) -> bool:
    return risk >= 6


def _low(risk: int) -> bool:
    return 0 < risk <= 2


async def test_a_second_plan_adds_the_new_and_moves_nothing(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=40)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    before = {visit["visit_id"]: visit for visit in await scheduling.visits()}
    larger = nation(enterprises=55, programme_id=korea.programme_id)
    await scheduling.hear(*larger.registered[40:])
    await scheduling.hear(*larger.eligible[40:])
    plan = await scheduling.plan(larger)
    after = {visit["visit_id"]: visit for visit in await scheduling.visits()}
    assert (plan["enterprises"], plan["visits"], len(after)) == (15, 30, 110)
    assert {name: after[name] for name in before} == before
    assert broken(larger, list(after.values())) == []


async def test_a_plan_without_need_is_refused_with_its_reason_in_both_languages(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    again = await scheduling.plan(korea)
    assert (again["state"], [reason["code"] for reason in again["reasons"]]) == ("refused", ["nothing_to_plan"])
    assert all(reason["ko"] and reason["en"] for reason in again["reasons"])


async def test_nobody_untrained_means_no_plan(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=5)
    for facts in ([korea.programme], korea.agencies, korea.registered, korea.eligible):
        await scheduling.hear(*facts)
    plan = await scheduling.plan(korea)
    assert [reason["code"] for reason in plan["reasons"]] == ["nobody_trained"]
    assert await scheduling.visits() == []


async def test_who_gets_no_visit_is_told_why(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=12)
    only_seoul = [fact for fact in korea.agencies if fact.provinces == ("KR-11",)]
    team = [fact for fact in korea.trained if fact.agency_id == only_seoul[0].agency_id]
    for facts in ([korea.programme], only_seoul, team, korea.registered, korea.eligible):
        await scheduling.hear(*facts)
    plan = await scheduling.plan(korea)
    told = (await scheduling.get(f"/plans/{plan['plan_id']}/unscheduled"))["unscheduled"]
    elsewhere = {str(fact.enterprise_id) for fact in korea.registered if fact.province != "KR-11"}
    assert {row["enterprise_id"] for row in told} == elsewhere
    assert {row["reason"] for row in told} == {"no_competent_agency"}
    assert plan["unscheduled"] == len(told) == 2 * len(elsewhere)


async def test_too_few_managers_plan_what_they_can(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=400, managers=1, limits={"window_until": date(2023, 6, 30), "visits_a_day": 1})
    await scheduling.hear_all(korea)
    plan = await scheduling.plan(korea)
    visits = await scheduling.visits()
    told = (await scheduling.get(f"/plans/{plan['plan_id']}/unscheduled"))["unscheduled"]
    assert broken(korea, visits) == []
    assert len(visits) + len(told) == 800
    assert len(visits) > 150
    assert "no_capacity" in {row["reason"] for row in told}


async def test_asking_twice_is_asking_once(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=1)
    await scheduling.hear_all(korea)
    path = f"/programmes/{korea.programme_id}/plans"
    one, two = [await scheduling.call("POST", path) for _ in range(2)]
    assert one.json() == two.json()


async def test_a_programme_that_is_not_known_cannot_be_planned(scheduling: Any, nation: Any) -> None:
    answer = await scheduling.call("POST", f"/programmes/{nation().programme_id}/plans")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail_ko"]


async def test_only_an_officer_asks_for_plans(scheduling: Any, nation: Any) -> None:
    who = {"agency_id": str(nation().agencies[0].agency_id)}
    answer = await scheduling.call("POST", f"/programmes/{nation().programme_id}/plans", "agency", who=who)
    assert answer.status_code == 403


async def test_a_plan_keeps_to_the_day_from_which_it_was_asked_for(scheduling: Any, nation: Any) -> None:
    korea = nation(enterprises=10)
    await scheduling.hear_all(korea)
    await scheduling.plan(korea, not_before="2023-07-03")
    visits = await scheduling.visits()
    assert visits
    assert min(visit["visit_on"] for visit in visits) >= "2023-07-03"


async def test_a_residual_risk_that_stays_high_earns_a_third_visit(
    scheduling: Any, nation: Any, completed: Any
) -> None:
    korea = nation(enterprises=4, limits={"third_visit_from_risk": 4})
    await scheduling.hear_all(korea)
    await scheduling.plan(korea)
    risky = str(korea.registered[0].enterprise_id)
    rows = [
        completed(visit, risk_after=6 if visit["enterprise_id"] == risky and visit["ordinal"] == 2 else 3)
        for visit in await scheduling.visits()
    ]
    assert (await scheduling.report(rows))["accepted"] == 8
    plan = await scheduling.plan(korea)
    third = [visit for visit in await scheduling.visits() if visit["ordinal"] == 3]
    assert (plan["visits"], [visit["enterprise_id"] for visit in third]) == (1, [risky])
    assert broken(korea, await scheduling.visits()) == []

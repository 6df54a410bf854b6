"""Enterprises that come after the plan, as people see them: files go in, days come out, and nobody else's day moves."""

import csv
import io
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from korea.calendar import is_working_day

pytestmark = pytest.mark.timeout(400)
Eventually = Callable[..., Awaitable[Any]]
Row = dict[str, str]
Visits = Mapping[str, dict[str, Any]]
"""By id, as the scheduling service tells them."""
Facts = Counter[tuple[str, str, int]]
"""How often which type of fact was said of which enterprise's visits, in which version."""
DECEMBER, JUNE = "2023-12-27", "2024-06-28"


@dataclass(frozen=True)
class People:
    """Those who hand in files, and look at what becomes of them."""

    system: Any
    eventually: Eventually
    programme_id: str

    async def rows(self, enterprises: int) -> list[Row]:
        """A file's rows; without works, which would be over before the days that are left."""
        lines = (await self.system.made_up(enterprises)).decode().splitlines()
        return [row for row in csv.DictReader(lines) if not row["open_until"]]

    async def hand_in(self, rows: Sequence[Row]) -> None:
        file = io.StringIO()
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
        await self.system.hand_in(file.getvalue().encode(), on=DECEMBER)

    async def bring(self, rows: Sequence[Row]) -> list[str]:
        """Hand in a file, and wait until all of it is decided and scheduling knows; which of them qualify."""
        await self.hand_in(rows)
        await self.eventually(self._all_are_heard, "scheduling knows every enterprise and decision")
        ask = self.system.house.doors.eligibility.get
        found = [await ask(f"/decisions/{row['enterprise_id']}") for row in rows]
        return [decision["enterprise_id"] for decision in found if decision["is_eligible"]]

    async def _all_are_heard(self) -> bool:
        doors = self.system.house.doors
        there = (await doors.registry.get("/counts"))["enterprises"]
        heard = await doors.scheduling.get(f"/programmes/{self.programme_id}/picture")
        return there["open"] + there["closed"] == heard["enterprises"] == heard["eligible"] + heard["ineligible"]

    async def prolong(self) -> None:
        """The programme goes on into the next year; whoever is known gets days by the plan that this asks for."""
        before = await self.eventually(self.plans, "no plan is under way")
        change = json.dumps({"window_until": JUNE})
        await self.system.house.doors.registry.post(f"/programmes/{self.programme_id}/changes", change, on=DECEMBER)

        async def is_planned() -> bool:
            return len(await self.plans()) > len(before)

        await self.eventually(is_planned, "the plan that the longer window asks for is at its end")

    async def nobody_waits(self) -> bool:
        """Whether an operator sees that every newcomer has days."""
        told = (await self.system.ask("scheduling", "/metrics")).text.splitlines()
        waiting = [line for line in told if line.startswith("newcomers_waiting{")]
        return bool(waiting) and all(line.endswith(" 0.0") for line in waiting)

    async def plans(self) -> list[dict[str, Any]]:
        """All plans; none while one is under way."""
        path = f"/programmes/{self.programme_id}/plans"
        plans = (await self.system.house.doors.scheduling.get(path, limit=100))["plans"]
        return [] if {"requested", "planning"} & {plan["state"] for plan in plans} else plans

    async def visits(self) -> Visits:
        path = f"/visits/export?programme_id={self.programme_id}"
        lines = (await self.system.house.doors.scheduling.text(path)).splitlines()
        return {visit["visit_id"]: visit for visit in map(json.loads, lines)}

    async def visits_when(self, state: str, names: Sequence[str]) -> Visits:
        """All visits, once each of these enterprises has two in a state; none before."""
        visits = await self.visits()
        there = Counter(visit["enterprise_id"] for visit in visits.values() if visit["state"] == state)
        return visits if all(there[name] == 2 for name in names) else {}

    async def page_agrees(self) -> bool:
        """Whether the page shows what the scheduling service tells."""
        visits = (await self.visits()).values()
        nation = (await self.system.house.doors.reporting.get("/api/progress"))["nation"]
        states = Counter(visit["state"] for visit in visits)
        served = {visit["enterprise_id"] for visit in visits if visit["state"] in {"scheduled", "completed"}}
        told = (nation["scheduled"], nation["visits_waiting"], nation["visits_cancelled"])
        return told == (len(served), states["scheduled"], states["cancelled"])


@dataclass(frozen=True)
class Grown:
    """What people saw before newcomers came and after: plans, visits, and what was said of visits meanwhile."""

    rows: Mapping[str, Row]
    eligible: Sequence[str]
    programme: Mapping[str, Any]
    plans: tuple[Any, Any]
    visits: tuple[Visits, Visits]
    said: Facts

    @property
    def new(self) -> list[dict[str, Any]]:
        """The visits that there were not before, each enterprise's in order."""
        before, after = self.visits
        new = [visit for name, visit in after.items() if name not in before]
        return sorted(new, key=lambda visit: (visit["enterprise_id"], visit["ordinal"]))


@pytest.fixture(scope="module")
async def people(system: Any, eventually: Eventually, played: Any) -> People:
    [programme] = await system.house.doors.registry.get("/programmes")
    return People(system, eventually, programme["programme_id"])


@pytest.fixture(scope="module")
async def grown(people: People, system: Any, eventually: Eventually) -> Grown:
    """A plan is published for all who are known; then newcomers come, and nobody asks for anything."""
    known = await people.bring(await people.rows(30))
    await people.prolong()
    await eventually(lambda: people.visits_when("scheduled", known), "all who are known have days")
    await system.balanced()
    plans, before, said = await people.plans(), await people.visits(), await facts(system)
    rows = await people.rows(15)
    eligible = await people.bring(rows)
    after = await eventually(
        lambda: people.visits_when("scheduled", eligible),
        "the newcomers have days",
        seconds=240,  # a fresh machine compiles the planner first
    )
    await eventually(people.page_agrees, "the page shows the newcomers' visits")
    return Grown(
        {row["enterprise_id"]: row for row in rows},
        eligible,
        await system.house.doors.registry.get(f"/programmes/{people.programme_id}"),
        (plans, await people.plans()),
        (before, after),
        await facts(system) - said,
    )


async def facts(system: Any) -> Facts:
    """What the topic of visits says."""
    found = Facts()
    for record in await system.log("scheduling.visit.v1"):
        headers = dict(record.headers)
        found[headers["ce_type"].decode(), (record.key or b"").decode(), int(headers["ce_sequence"])] += 1
    return found


def broken(grown: Grown) -> Iterator[str]:
    """What the newcomers' days break of the programme's rules, as its own terms and the file say them."""
    terms, (before, after) = grown.programme, grown.visits
    off, on = (tuple(map(date.fromisoformat, terms[name])) for name in ("holidays_added", "workdays_added"))
    reported_on = max(visit["reported_on"] or "" for visit in before.values())
    coming = [visit for visit in after.values() if visit["state"] == "scheduled"]
    load = Counter((visit["manager_id"], visit["visit_on"]) for visit in coming)
    for visit in grown.new:
        day = date.fromisoformat(visit["visit_on"])
        kept = {
            "window": reported_on < visit["visit_on"] <= terms["window_until"],
            "working day": is_working_day(day, off, on),
            "open": f"{day:%a}".lower() not in grown.rows[visit["enterprise_id"]]["closed_weekdays"],
            "capacity": load[visit["manager_id"], visit["visit_on"]] <= terms["visits_a_day"],
        }
        yield from (f"{visit['visit_id']}: {rule}" for rule, is_kept in kept.items() if not is_kept)
    for one, other in pairwise(grown.new):
        first, second = (date.fromisoformat(visit["visit_on"]) for visit in (one, other))
        if one["enterprise_id"] == other["enterprise_id"] and (second - first).days < terms["spacing_days"]:
            yield f"{other['visit_id']}: spacing"


def test_whoever_comes_after_the_plan_has_visits_without_anybody_asking(grown: Grown) -> None:
    before, after = grown.plans
    assert len(grown.eligible) > 5
    assert Counter(visit["enterprise_id"] for visit in grown.new) == dict.fromkeys(grown.eligible, 2)
    assert after == before


def test_newcomers_days_keep_the_programmes_rules(grown: Grown) -> None:
    assert grown.new
    assert list(broken(grown)) == []


def test_nobody_elses_visit_moves_at_the_door_or_on_the_topic(grown: Grown) -> None:
    before, after = grown.visits
    assert sum(visit["state"] == "scheduled" for visit in before.values()) > 20
    assert {name: after[name] for name in before} == before
    assert grown.said == {("scheduling.visit.scheduled.v1", name, 1): 2 for name in grown.eligible}


@pytest.mark.usefixtures("grown")
async def test_operators_see_that_nobody_waits_any_more(people: People, eventually: Eventually) -> None:
    await eventually(people.nobody_waits, "the metrics say that nobody waits")


async def test_a_newcomer_that_closes_is_visited_no_more(
    grown: Grown, people: People, system: Any, eventually: Eventually
) -> None:
    gone = grown.eligible[0]
    before, said = await people.visits(), await facts(system)
    await people.hand_in([grown.rows[gone] | {"closed_on": "2024-01-02"}])
    after = await eventually(lambda: people.visits_when("cancelled", [gone]), "its visits are cancelled")
    await eventually(people.page_agrees, "the page shows them no more")
    changed = {name for name in before if after[name] != before[name]}
    assert {before[name]["enterprise_id"] for name in changed} == {gone}
    assert await facts(system) - said == {("scheduling.visit.cancelled.v1", gone, 2): 2}

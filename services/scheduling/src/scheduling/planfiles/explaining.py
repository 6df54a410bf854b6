"""Why a visit is where it is, told to people and as JSON: the chosen place, and the next best of each kind."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.console import Console

from scheduling.both import Both
from scheduling.planfiles.facts import Names
from scheduling.planfiles.tables import Row, show
from scheduling.planner.model import NOBODY, Facts
from scheduling.planner.why import Choice, Why

LEGEND = Both(
    "거리: 이 방문으로 그날 늘어나는 도로 km. 대기: 사업장이 문을 연 뒤 지난 근무일.\n"
    "비용: 고른 자리보다 더 드는 km이며, 대기에는 위험도를 곱합니다.",
    "km: road that the visit adds to that day. waits: working days since the enterprise opened.\n"
    "costs: km over the chosen place, the wait weighed by risk.",
)
KINDS = {
    "chosen": Both("고른 자리", "chosen"),
    "other_agency": Both("다른 기관", "other agency"),
    "other_manager": Both("다른 관리자", "other manager"),
    "other_day": Both("다른 날", "other day"),
}
HEADER = (
    Both("선택지", "choice"),
    Both("날짜", "day"),
    Both("거리", "km"),
    Both("대기", "waits"),
    Both("비용", "costs"),
)


def explanation(console: Console, names: Names, facts: Facts, reason: Why) -> None:
    """The sentences, and each choice with its road and its wait."""
    console.print("\n".join(reason.sentence), highlight=False)
    console.print()
    show(console, HEADER, list(_rows(names, facts, reason)))
    console.print(LEGEND.lines, highlight=False)


def _rows(names: Names, facts: Facts, reason: Why) -> Iterator[Row]:
    for kind, choices in choices_of(reason).items():
        for choice in choices:
            said = choice_as_json(names, facts, choice)
            who = [said["agency"] if kind in ("chosen", "other_agency") else "", said["manager_id"]]
            named = [KINDS[kind].label, *(who if kind != "other_day" else ()), *choice.obstacle]
            figures = ("", "", "", "")
            if choice.day != NOBODY:
                figures = (said["visit_on"], f"{choice.km:,.1f}", f"{choice.wait_days}", f"{choice.costs_more:+,.1f}")
            yield "\n".join(filter(None, named)), *figures


def choices_of(reason: Why) -> dict[str, list[Choice]]:
    """The chosen place and the next best of each kind."""
    return {
        "chosen": [reason.chosen],
        "other_agency": reason.other_agencies,
        "other_manager": reason.other_managers,
        "other_day": reason.other_days,
    }


def choice_as_json(names: Names, facts: Facts, choice: Choice) -> dict[str, Any]:
    """One choice with ids; an impossible one has no day and no price."""
    possible = choice.day != NOBODY
    on = date.fromordinal(int(facts.calendar.dates[choice.day])).isoformat() if possible else None
    return {
        "agency": names.agency_names[choice.agency],
        "agency_id": names.agencies[choice.agency],
        "manager_id": names.managers[choice.manager],
        "visit_on": on,
        "km": round(choice.km, 2) if possible else None,
        "wait_days": choice.wait_days if possible else None,
        "costs_more": round(choice.costs_more, 2) if possible else None,
        "obstacle_ko": choice.obstacle[0],
        "obstacle_en": choice.obstacle[1],
    }

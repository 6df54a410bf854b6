"""Why a visit is where it is, told to people and as JSON: the chosen place, and the next best of each kind."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.console import Console

from scheduling.planfiles.facts import Names
from scheduling.planfiles.tables import Row, show
from scheduling.planner.model import NOBODY, Facts
from scheduling.planner.why import Choice, Why

LEGEND = (
    "km: road that the visit adds to that day. waits: working days since the enterprise opened.\n"
    "costs: km over the chosen place, the wait weighed by risk."
)


def explanation(console: Console, names: Names, facts: Facts, reason: Why) -> None:
    """The sentences, and each choice with its road and its wait."""
    console.print("\n".join(reason.sentence), highlight=False)
    console.print()
    show(console, ("choice", "day", "km", "waits", "costs"), list(_rows(names, facts, reason)))
    console.print(LEGEND, highlight=False)


def _rows(names: Names, facts: Facts, reason: Why) -> Iterator[Row]:
    for kind, choices in choices_of(reason).items():
        for choice in choices:
            said = choice_as_json(names, facts, choice)
            who = [said["agency"] if kind in ("chosen", "other agency") else "", said["manager_id"]]
            named = [kind, *(filter(None, who) if kind != "other day" else ()), said["obstacle_en"]]
            figures = ("", "", "", "")
            if choice.day != NOBODY:
                figures = (said["visit_on"], f"{choice.km:,.1f}", f"{choice.wait_days}", f"{choice.costs_more:+,.1f}")
            yield "\n".join(filter(None, named)), *figures


def choices_of(reason: Why) -> dict[str, list[Choice]]:
    """The chosen place and the next best of each kind."""
    return {
        "chosen": [reason.chosen],
        "other agency": reason.other_agencies,
        "other manager": reason.other_managers,
        "other day": reason.other_days,
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

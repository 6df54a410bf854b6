"""Plans told to people: a summary, a difference, two worlds; and the same as JSON."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rich.console import Console

from scheduling.planfiles.facts import Reading
from scheduling.planfiles.plans import visit_ids
from scheduling.planfiles.tables import show
from scheduling.planner.difference import Difference
from scheduling.planner.measures import Measures
from scheduling.planner.model import Plan, Reason, Stage, Visits
from scheduling.planner.reasons import SENTENCES

SHOWN = 10
TOLD = {
    "visits": ("visits with a date", ",.0f"), "unscheduled": ("visits without a date", ",.0f"),
    "scheduled_share": ("scheduled", ".3%"), "load": ("load of all manager-days", ".1%"),
    "km": ("road km", ",.0f"), "km_a_visit": ("km a visit", ".2f"), "km_a_day": ("km a manager's day", ".1f"),
    "wait_riskiest": ("wait of the riskiest tenth, working days", ".1f"),
    "wait_others": ("wait of the others, working days", ".1f"),
    "same_manager_share": ("same manager for all visits", ".1%"), "load_spread": ("spread of load (CV)", ".2f"),
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """A plan and its figures."""

    plan: Plan
    measures: Measures


def summary(console: Console, measures: Measures, seconds: dict[str, float]) -> None:
    """The figures of a plan as a table."""
    show(console, ("figure", "value"), [
        (words, format(getattr(measures, name), form)) for name, (words, form) in TOLD.items()
    ], "The plan")  # fmt: skip
    steps = ", ".join(f"{step} {took:.1f}" for step, took in seconds.items())
    console.print(f"Planned in {sum(seconds.values()):.1f} seconds ({steps}).")


def reasons(console: Console, plan: Plan) -> None:
    """Why visits have no date, each reason with its count and its sentence in both languages."""
    for code, count in sorted(Counter(plan.unscheduled.reason.tolist()).items()):
        korean, english = SENTENCES[Reason(code)]
        console.print(f"{count:,} × {Reason(code).name.lower()}: {korean} / {english}")


@dataclass(frozen=True)
class Two:
    """Two plans of the same facts, the earlier and the later one."""

    reading: Reading
    before: Visits
    after: Visits


def difference(console: Console, change: Difference, plans: Two) -> None:
    """What changes in figures, and some of the visits that move, by name."""
    figures = [(words.replace("_", " "), f"{count:,}") for words, count in changes(change).items()]
    show(console, ("change", "count"), figures, "The difference")
    if not len(change.moved):
        return
    console.print()
    show(console, ("enterprise", "visit", "was", "is now"), [
        ("\n".join((one["enterprise_id"], *_who(one))), str(one["ordinal"]), one["was_on"], one["visit_on"])
        for one in moves(change, plans, SHOWN)
    ])  # fmt: skip
    if len(change.moved) > SHOWN:
        console.print(f"… and {len(change.moved) - SHOWN:,} more; --json names them all.")


def _who(move: dict[str, Any]) -> tuple[str, ...]:
    """Who comes instead, where that changes."""
    if move["was_agency"] != move["agency"]:
        return f"from {move['was_agency'] or '(gone)'}", f"to {move['agency']}"
    return (f"to {move['manager_id']}",) if move["was_manager_id"] != move["manager_id"] else ()


def moves(change: Difference, plans: Two, most: int | None = None) -> list[dict[str, Any]]:
    """The visits that move: when and by whom they were made, and when and by whom they are; null for who is gone."""
    names = plans.reading.names
    before, after = plans.before.take(change.moved[:most]), plans.after.take(change.moved_to[:most])
    enterprises = [names.enterprises[site] if site >= 0 else "(gone)" for site in before.site.tolist()]
    ids = visit_ids(names.programme, enterprises, before.ordinal)
    named = zip(ids, enterprises, before.ordinal.tolist(), _places(plans.reading, before, "was_on"),
                _places(plans.reading, after, "visit_on"), strict=True)  # fmt: skip
    return [
        {"visit_id": visit, "enterprise_id": enterprise, "ordinal": ordinal}
        | {name if name == "was_on" else f"was_{name}": value for name, value in was.items()} | now
        for visit, enterprise, ordinal, was, now in named
    ]  # fmt: skip


def _places(reading: Reading, visits: Visits, on: str) -> list[dict[str, str | None]]:
    """Day, agency and manager of each visit."""
    names, of = reading.names, reading.facts.managers.agency
    return [
        {
            on: date.fromordinal(day).isoformat(),
            "agency": names.agency_names[of[manager]] if manager >= 0 else None,
            "manager_id": names.managers[manager] if manager >= 0 else None,
        }
        for day, manager in zip(visits.date.tolist(), visits.manager.tolist(), strict=True)
    ]


def standing(plan: Plan) -> dict[str, int]:
    """How much of a plan is published, pinned and without a date."""
    return {
        "published": int((plan.visits.stage == Stage.PUBLISHED).sum()),
        "pinned": int(plan.visits.pinned.sum()),
        "unscheduled": len(plan.unscheduled.site),
    }


def changes(change: Difference) -> dict[str, int | float]:
    """The figures of a difference."""
    return {
        "moved": len(change.moved),
        "added": len(change.added),
        "dropped": len(change.dropped),
        "published_moved": change.published_moved,
        "km": round(change.km, 1),
        "risk_days": round(change.risk_days, 1),
    }


def counted(plan: Plan) -> dict[str, int]:
    """How many visits have no date, by reason."""
    return {
        Reason(code).name.lower(): count for code, count in sorted(Counter(plan.unscheduled.reason.tolist()).items())
    }


def measures_as_json(measures: Measures, plan: Plan) -> dict[str, Any]:
    """The figures of a plan and its reasons."""
    return asdict(measures) | {"reasons": counted(plan), "seconds": plan.seconds}


def comparison(console: Console, one: World, other: World, change: Difference) -> None:
    """Two worlds side by side: the figures, why visits have no date, and what moves between them."""
    rows = list[tuple[str, ...]]()
    for name, (words, form) in TOLD.items():
        was, now = (float(getattr(world.measures, name)) for world in (one, other))
        rows.append((words, format(was, form), format(now, form), format(now - was, "+" + form)))
    reasons_of = [counted(world.plan) for world in (one, other)]
    for reason in sorted({*reasons_of[0], *reasons_of[1]}):
        was, now = (reasons.get(reason, 0) for reasons in reasons_of)
        rows.append((f"no date: {reason}", f"{was:,}", f"{now:,}", f"{now - was:+,}"))
    for words, count in changes(change).items():
        if words in ("moved", "added", "dropped", "published_moved"):
            rows.append((f"visits {words.replace('_', ' ')}", "", f"{count:,}", ""))
    show(console, ("figure", "as it is", "as it might be", "change"), rows, "What if")


def comparison_as_json(one: World, other: World, change: Difference) -> dict[str, Any]:
    """The same as JSON: each figure before and after."""
    figures = {name: {"before": getattr(one.measures, name), "after": getattr(other.measures, name)} for name in TOLD}
    reasons = {"before": counted(one.plan), "after": counted(other.plan)}
    return figures | {"reasons": reasons, "difference": changes(change)}

"""Plans told to people: a summary, a difference, an explanation; and the same as JSON."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from korea.provinces import PROVINCES
from scheduling.planfiles.facts import Names, Reading
from scheduling.planner.difference import Difference
from scheduling.planner.measures import Measures
from scheduling.planner.model import SECTORS, Facts, Plan, Reason, Visits
from scheduling.planner.reasons import SENTENCES
from scheduling.planner.shortfall import NO_MONTH, Certificate
from scheduling.planner.why import Choice, Why

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
    table = Table("figure", "value", title="The plan")
    for name, (words, form) in TOLD.items():
        table.add_row(words, format(getattr(measures, name), form))
    steps = ", ".join(f"{step} {took:.1f}" for step, took in seconds.items())
    table.add_row("seconds", f"{sum(seconds.values()):.1f} ({steps})")
    console.print(table)


def reasons(console: Console, plan: Plan) -> None:
    """Why visits have no date, each reason with its count and its sentence in both languages."""
    for code, count in sorted(Counter(plan.unscheduled.reason.tolist()).items()):
        korean, english = SENTENCES[Reason(code)]
        console.print(f"{count:,} × {Reason(code).name.lower()}: {korean} / {english}")


def certificate(console: Console, proof: Certificate, unscheduled: int) -> None:
    """The shortfall, its proof and its repair, and how near the plan comes to it."""
    if not proof.unserved:
        console.print("No shortfall is certain: the capacity of every province, sector and month suffices on paper.")
        return
    console.print(
        f"At least {proof.unserved:,} visits cannot be made by anyone: {proof.demanded:,} visits can only be made by "
        f"agencies and months with room for {proof.capacity:,}. The plan leaves {unscheduled:,}: "
        f"{unscheduled - proof.unserved:,} more than the bound ({unscheduled / proof.unserved:.3f} times)."
    )
    _table(console, ("province", "sector", "month", "visits missing"), [
        (_province(one.province), SECTORS[one.sector], str(_month(one.month) or "never open"), f"{one.visits:,}")
        for one in sorted(proof.missing, key=lambda each: -each.visits)[:20]
    ])  # fmt: skip
    console.print(
        f"No fewer than {proof.managers_bound:,} more managers can end it. {proof.managers_needed:,} do, as follows: "
        f"with them the same flow leaves {proof.unserved_then:,} visits."
    )
    _table(console, ("province", "at agencies for", "managers"), [
        (_province(one.province), "|".join(sectors_of(one.sectors)), f"{one.managers:,}") for one in proof.repairs
    ])  # fmt: skip


def _table(console: Console, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(*header)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _province(number: int) -> str:
    return f"{PROVINCES[number].short_korean} {PROVINCES[number].english}"


def _month(number: int) -> int | None:
    return None if number == NO_MONTH else number % 12 + 1


def sectors_of(bits: int) -> list[str]:
    """The names of a set of sectors."""
    return [name for number, name in enumerate(SECTORS) if bits >> number & 1]


def certificate_as_json(proof: Certificate) -> dict[str, Any]:
    """The proof with codes in place of numbers; months are calendar months, null where no day is open."""
    missing = [
        {"province": PROVINCES[one.province].code, "sector": SECTORS[one.sector], "month": _month(one.month),
         "visits": one.visits}
        for one in proof.missing
    ]  # fmt: skip
    repairs = [
        {"province": PROVINCES[one.province].code, "sectors": sectors_of(one.sectors), "managers": one.managers}
        for one in proof.repairs
    ]
    return asdict(proof) | {"missing": missing, "repairs": repairs}


def difference(console: Console, change: Difference, plans: tuple[Reading, Visits, Visits] | None = None) -> None:
    """What changes, in one table; with the plans, some of the visits that move, by name."""
    table = Table("change", "count", title="The difference")
    for words, count in changes(change).items():
        table.add_row(words.replace("_", " "), f"{count:,}")
    console.print(table)
    if plans and len(change.moved):
        reading, before, after = plans
        rows = change.moved[:SHOWN], change.moved_to[:SHOWN]
        names = [reading.names.enterprises[site] for site in before.site[rows[0]].tolist()]
        was, now = _places(reading, before.take(rows[0])), _places(reading, after.take(rows[1]))
        told = zip(names, before.ordinal[rows[0]].tolist(), was, now, strict=True)
        _table(console, ("enterprise", "visit", "was", "is now"), [
            (name, str(ordinal), one, other) for name, ordinal, one, other in told
        ])  # fmt: skip
        if len(change.moved) > SHOWN:
            console.print(f"… and {len(change.moved) - SHOWN:,} more.")


def _places(reading: Reading, visits: Visits) -> list[str]:
    """Day and agency of each visit."""
    names, of = reading.names.agency_names, reading.facts.managers.agency
    agency = [names[of[one]] if one >= 0 else "(gone)" for one in visits.manager.tolist()]
    dates = [date.fromordinal(day).isoformat() for day in visits.date.tolist()]
    return [f"{day} {one}" for day, one in zip(dates, agency, strict=True)]


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


def explanation(console: Console, names: Names, facts: Facts, reason: Why) -> None:
    """Why a visit is where it is, and what else was possible."""
    console.print("\n".join(reason.sentence))
    table = Table("choice", "agency", "manager", "day", "km", "difference", "in its way")
    for kind, choices in choices_of(reason).items():
        for choice in choices:
            said = choice_as_json(names, facts, choice)
            cells = [said[name] for name in ("agency", "manager_id", "visit_on", "km", "more_km", "obstacle_en")]
            table.add_row(kind, *(str(cell) for cell in cells))
    console.print(table)


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
    possible = bool(np.isfinite(choice.km))
    on = date.fromordinal(int(facts.calendar.dates[choice.day])).isoformat() if possible else None
    return {
        "agency": names.agency_names[choice.agency],
        "agency_id": names.agencies[choice.agency],
        "manager_id": names.managers[choice.manager],
        "visit_on": on,
        "km": round(choice.km, 2) if possible else None,
        "more_km": round(choice.more_km, 2) if possible else None,
        "obstacle_ko": choice.obstacle[0],
        "obstacle_en": choice.obstacle[1],
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
    table = Table("figure", "as it is", "as it might be", "change", title="What if")
    for name, (words, form) in TOLD.items():
        was, now = (float(getattr(world.measures, name)) for world in (one, other))
        table.add_row(words, format(was, form), format(now, form), format(now - was, "+" + form))
    reasons_of = [counted(world.plan) for world in (one, other)]
    for reason in sorted({*reasons_of[0], *reasons_of[1]}):
        was, now = (reasons.get(reason, 0) for reasons in reasons_of)
        table.add_row(f"no date: {reason}", f"{was:,}", f"{now:,}", f"{now - was:+,}")
    for words, count in changes(change).items():
        if words in ("moved", "added", "dropped", "published_moved"):
            table.add_row(f"visits {words.replace('_', ' ')}", "", f"{count:,}", "")
    console.print(table)


def comparison_as_json(one: World, other: World, change: Difference) -> dict[str, Any]:
    """The same as JSON: each figure before and after."""
    figures = {name: {"before": getattr(one.measures, name), "after": getattr(other.measures, name)} for name in TOLD}
    reasons = {"before": counted(one.plan), "after": counted(other.plan)}
    return figures | {"reasons": reasons, "difference": changes(change)}

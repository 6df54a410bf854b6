"""Plans told to people: a summary, a difference, two worlds; and the same as JSON."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rich.console import Console

from scheduling.bar import STEPS
from scheduling.both import Both
from scheduling.planfiles.facts import Reading
from scheduling.planfiles.plans import visit_ids
from scheduling.planfiles.tables import show
from scheduling.planner.difference import Difference
from scheduling.planner.measures import Measures
from scheduling.planner.model import Plan, Reason, Stage, Visits
from scheduling.planner.reasons import SENTENCES

SHOWN = 10
TOLD = {
    "visits": (Both("날짜가 있는 방문", "visits with a date"), ",.0f"),
    "unscheduled": (Both("날짜가 없는 방문", "visits without a date"), ",.0f"),
    "scheduled_share": (Both("날짜가 있는 비율", "scheduled"), ".3%"),
    "load": (Both("전체 방문 가능량 사용률", "load of all manager-days"), ".1%"),
    "km": (Both("도로 거리 km", "road km"), ",.0f"),
    "km_a_visit": (Both("방문당 km", "km a visit"), ".2f"),
    "km_a_day": (Both("관리자 하루당 km", "km a manager's day"), ".1f"),
    "wait_riskiest": (Both("위험도 상위 10%의 대기 근무일", "wait of the riskiest tenth, working days"), ".1f"),
    "wait_others": (Both("그 밖의 대기 근무일", "wait of the others, working days"), ".1f"),
    "same_manager_share": (Both("모든 방문의 관리자가 같은 비율", "same manager for all visits"), ".1%"),
    "load_spread": (Both("사용률의 편차(변동계수)", "spread of load (CV)"), ".2f"),
}
CHANGES = {
    "moved": Both("옮긴 방문", "visits moved"),
    "added": Both("추가한 방문", "visits added"),
    "dropped": Both("취소한 방문", "visits dropped"),
    "published_moved": Both("옮긴 공표 방문", "published visits moved"),
    "km": Both("도로 거리 km", "road km"),
    "risk_days": Both("위험도를 곱한 대기 근무일", "working days of waiting times risk"),
}
FIGURE, VALUE, CHANGE = Both("지표", "figure"), Both("값", "value"), Both("차이", "change")
AS_IS, AS_IF = Both("현재", "as it is"), Both("가정", "as it might be")
ENTERPRISE, VISIT = Both("사업장", "enterprise"), Both("방문", "visit")
WAS, NOW = Both("이전", "was"), Both("변경 후", "is now")
NO_DATE, GONE = Both("날짜 없음", "no date"), Both("없어짐", "gone")
THE_PLAN, THE_DIFFERENCE, WHAT_IF = (
    Both("방문 계획", "The plan"),
    Both("차이", "The difference"),
    Both("가정 비교", "What if"),
)


@dataclass(frozen=True)
class World:
    """A plan and its figures."""

    plan: Plan
    measures: Measures


def summary(console: Console, measures: Measures, seconds: dict[str, float]) -> None:
    """The figures of a plan as a table."""
    show(console, (FIGURE, VALUE), [
        (told.label, format(getattr(measures, name), form)) for name, (told, form) in TOLD.items()
    ], THE_PLAN)  # fmt: skip
    ko, en = (", ".join(f"{STEPS[step][at]} {took:.1f}" for step, took in seconds.items()) for at in (0, 1))
    took = f"{sum(seconds.values()):.1f}"
    console.print(Both(f"계획에 {took}초가 걸렸습니다({ko}).", f"Planned in {took} seconds ({en}).").lines)


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
    figures = [(CHANGES[name].label, f"{count:,}") for name, count in changes(change).items()]
    show(console, (FIGURE, VALUE), figures, THE_DIFFERENCE)
    if not len(change.moved):
        return
    console.print()
    show(console, (ENTERPRISE, VISIT, WAS, NOW), [
        ("\n".join((one["enterprise_id"], *_who(one))), str(one["ordinal"]), one["was_on"], one["visit_on"])
        for one in moves(change, plans, SHOWN)
    ])  # fmt: skip
    if len(change.moved) > SHOWN:
        rest = f"{len(change.moved) - SHOWN:,}"
        said = (
            f"이 밖에 {rest}건이 더 있습니다. --json에는 모두 나옵니다.",
            f"… and {rest} more; --json names them all.",
        )
        console.print(Both(*said).lines)


def _who(move: dict[str, Any]) -> tuple[str, ...]:
    """Who comes instead, where that changes."""
    if move["was_agency"] != move["agency"]:
        return f"{move['was_agency'] or f'({GONE.label})'} →", move["agency"]
    return (f"→ {move['manager_id']}",) if move["was_manager_id"] != move["manager_id"] else ()


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
    for name, (told, form) in TOLD.items():
        was, now = (float(getattr(world.measures, name)) for world in (one, other))
        rows.append((told.label, format(was, form), format(now, form), format(now - was, "+" + form)))
    reasons_of = [counted(world.plan) for world in (one, other)]
    for reason in sorted({*reasons_of[0], *reasons_of[1]}):
        was, now = (reasons.get(reason, 0) for reasons in reasons_of)
        rows.append((f"{NO_DATE.label}: {reason}", f"{was:,}", f"{now:,}", f"{now - was:+,}"))
    for name, count in changes(change).items():
        if name in ("moved", "added", "dropped", "published_moved"):
            rows.append((CHANGES[name].label, "", f"{count:,}", ""))
    show(console, (FIGURE, AS_IS, AS_IF, CHANGE), rows, WHAT_IF)


def comparison_as_json(one: World, other: World, change: Difference) -> dict[str, Any]:
    """The same as JSON: each figure before and after."""
    figures = {name: {"before": getattr(one.measures, name), "after": getattr(other.measures, name)} for name in TOLD}
    reasons = {"before": counted(one.plan), "after": counted(other.plan)}
    return figures | {"reasons": reasons, "difference": changes(change)}

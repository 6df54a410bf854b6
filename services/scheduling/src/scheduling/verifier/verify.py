"""Checks a plan against its facts, and against an earlier plan: every hard rule, every violation."""

from collections.abc import Callable, Iterable
from pathlib import Path

from scheduling.verifier import facts as _facts
from scheduling.verifier import visits as _visits
from scheduling.verifier.facts import Facts
from scheduling.verifier.findings import Found, Report, Violation, about
from scheduling.verifier.folders import FactsTables, PlanTables, read_facts, read_plan
from scheduling.verifier.frozen_rules import compare, moved, placed_in_frozen_days, taken_back
from scheduling.verifier.naming import misnamed
from scheduling.verifier.row_rules import DETAILS, ROW_RULES
from scheduling.verifier.set_rules import (
    demand,
    out_of_order,
    over_capacity,
    too_close,
    twice,
    unscheduled_rows,
    visits_twice,
)
from scheduling.verifier.visits import Plan, Visits

Progress = Callable[[str, float], None]


def _quietly(step: str, share: float) -> None:
    """Nobody looks on."""


def verify(
    facts: Path, plan: Path, against: Path | None = None, released: Iterable[str] = (), progress: Progress = _quietly
) -> Report:
    """Reads the folders and checks; `released` names visits whose own site, manager or agency asked to move."""
    progress("reading", 0.0)
    earlier = read_plan(against) if against else None
    return verify_tables(read_facts(facts), read_plan(plan), earlier, released, progress)


def verify_tables(
    facts: FactsTables,
    plan: PlanTables,
    against: PlanTables | None = None,
    released: Iterable[str] = (),
    progress: Progress = _quietly,
) -> Report:
    """The same on tables, for whoever has the plan at hand and no file of it."""
    progress("facts", 0.1)
    f = _facts.build(facts)
    progress("visits", 0.4)
    checked = _visits.build(plan, f)
    progress("rules", 0.6)
    found = list(_alone(f, checked))
    if against:
        progress("changes", 0.8)
        found += _since(f, _visits.build(against, f), checked, frozenset(released))
    progress("done", 1.0)
    enterprises = int((f.enterprises.required > 0).sum())
    return Report(enterprises, len(checked.visits), len(checked.unscheduled), tuple(found), f.refused)


def _alone(f: Facts, plan: Plan) -> Found:
    first_of_row = {(bad.file, bad.row): bad for bad in reversed(plan.unreadable)}
    for bad in first_of_row.values():
        yield Violation("unreadable_row", f"{bad.file} {bad.row}", vars(bad))
    live = plan.visits.where(plan.visits.is_live)
    planned = live.where(~live.is_history)
    yield from misnamed(f, live)
    yield from _unknown(planned)
    yield from _row_by_row(f, planned.where(planned.is_known))
    yield from visits_twice(live)
    once = live.where(~twice(live))
    yield from over_capacity(f, once)
    yield from too_close(f, once)
    yield from out_of_order(once)
    yield from demand(f, plan, live)
    yield from unscheduled_rows(plan.unscheduled)


def _unknown(v: Visits) -> Found:
    for rule, place in (
        ("unknown_enterprise", v.enterprise),
        ("unknown_agency", v.agency),
        ("unknown_manager", v.manager),
    ):
        for i in (place < 0).nonzero()[0]:
            yield about(rule, v, int(i))


def _row_by_row(f: Facts, v: Visits) -> Found:
    for rule, is_broken in ROW_RULES.items():
        for i in is_broken(f, v).nonzero()[0]:
            details = {name: value(f, v, int(i)) for name, value in DETAILS.get(rule, {}).items()}
            yield about(rule, v, int(i), **details)


def _since(f: Facts, earlier: Plan, plan: Plan, released: frozenset[str]) -> Found:
    before = earlier.visits.where(earlier.visits.is_live)
    after = plan.visits.where(plan.visits.is_live)
    compared = compare(f, before, after, released)
    yield from moved(compared, after)
    yield from taken_back(compared, after)
    yield from placed_in_frozen_days(f, compared, after)

"""Changes at the nation's size: too few managers, and the suspension of the largest agency in mid-year."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np

from scheduling.planfiles.amend import Amendment, Spell, amend
from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planfiles.plans import write_plan
from scheduling.planner import Plan, plan
from scheduling.planner.changes import replan
from scheduling.planner.model import Facts, Stage, Unscheduled, Visits
from scheduling.planner.shortfall import certify
from scheduling.planner.whatif import Question, changed
from scheduling.verifier import verify

SUSPENDED_ON_DAY = 60
LATER_RULES = ("published_moved", "pinned_moved", "done_changed", "stage_went_back")

TOO_FEW = 0.15
"""By so much the managers fall short of what the programme needs."""


def shortfall_over_bound(facts: Facts) -> tuple[float, str]:
    """With managers for only so much of the need: the visits that the plan leaves over those that nobody could make."""
    need = int(facts.sites.visits.sum())
    fewer = changed(facts, Question(managers_more=(1 - TOO_FEW) * need / certify(facts).total_capacity - 1))
    proof, left = certify(fewer), len(plan(fewer).unscheduled.site)
    told = (
        f"room for {proof.total_capacity:,} of {need:,} visits: the plan leaves {left:,}, the bound is "
        f"{proof.unserved:,}; {proof.managers_needed:,} managers end it, and no fewer than {proof.managers_bound:,} can"
    )
    if left < proof.unserved:
        raise RuntimeError(f"the bound is broken: {told}")
    return left / proof.unserved, told


@dataclass(frozen=True)
class Suspension:
    """What a suspension took, and whose published visits it moved although nothing of theirs forced it."""

    managers: int
    visits: int
    placed_again: int
    seconds: float
    moved: int
    violations: dict[str, int]


def suspend_the_largest(root: Path, facts_folder: Path, visits: Visits) -> Suspension:
    """On day 60 everything later is published; the agency with the most managers is suspended for good.

    The files are amended and the plan is made as `anjeon plan replan --suspend --freeze` does it.
    """
    before = read_facts(facts_folder)
    largest = int(np.bincount(before.facts.managers.agency).argmax())
    earlier, new_facts, after = (root / name for name in ("before", "suspended", "after"))
    published = replace(visits, stage=np.where(visits.day < SUSPENDED_ON_DAY, int(Stage.DONE), int(Stage.PUBLISHED)))
    write_plan(earlier, before.names, _as_plan(before, published), "parquet")
    amend(facts_folder, new_facts, _suspended(before, largest))
    reading = read_facts(new_facts)
    began = perf_counter()
    made = replan(reading.facts, published)
    seconds = perf_counter() - began
    write_plan(after, reading.names, made, "parquet")
    broken = verify(new_facts, after, against=earlier).by_rule
    lost = (before.facts.managers.agency[published.manager] == largest) & (published.day >= SUSPENDED_ON_DAY)
    return Suspension(
        managers=int((before.facts.managers.agency == largest).sum()),
        visits=int(lost.sum()),
        placed_again=len(made.visits) - int((~lost).sum()),
        seconds=seconds,
        moved=sum(broken.get(rule, 0) for rule in LATER_RULES),
        violations=dict(broken),
    )


def _suspended(reading: Reading, agency: int) -> Amendment:
    """For good, and nothing new is placed on the days that are over."""
    on = date.fromordinal(int(reading.facts.calendar.dates[SUSPENDED_ON_DAY]))
    yesterday = date.fromordinal(int(reading.facts.calendar.dates[SUSPENDED_ON_DAY - 1]))
    return Amendment(suspended=[reading.names.agencies[agency]], spell=Spell(on), frozen_until=yesterday)


def _as_plan(reading: Reading, visits: Visits) -> Plan:
    return Plan(visits, Unscheduled(), reading.facts.managers.agency[visits.manager])

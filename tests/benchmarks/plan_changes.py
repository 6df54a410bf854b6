"""Changes at the nation's size: one new enterprise, and the suspension of the largest agency in mid-year."""

import json
import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plan_files import write_plan
from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planner import Plan, plan
from scheduling.planner.board import Board, World, empty_board, seat_visits, unseat, world_of
from scheduling.planner.groups import usable_days
from scheduling.planner.insertion import Wanted, insert
from scheduling.planner.leftovers import kinds, wait_km
from scheduling.planner.model import Facts, Reals, Stage, Unscheduled, Visits
from scheduling.planner.shortfall import certify
from scheduling.planner.whatif import Question, changed
from scheduling.verifier import verify

EVENTS = 2_000
SUSPENDED_ON_DAY = 60
LATER_RULES = ("published_moved", "pinned_moved", "done_changed", "stage_went_back")


def event_milliseconds(facts: Facts, visits: Visits, seed: int) -> Reals:
    """The time to place each of many new enterprises in the full plan: enterprises are taken out and come again."""
    world, board = world_of(facts, usable_days(facts)), empty_board(facts)
    seat_visits(world, board, visits)
    again = np.random.default_rng(seed).choice(len(facts.sites), min(EVENTS, len(facts.sites)), replace=False)
    for row in np.flatnonzero(np.isin(visits.site, again)):
        unseat(world, board, int(visits.site[row]), (int(visits.manager[row]), int(visits.day[row])))
    _place(facts, (world, board), int(again[0]))  # loads the compiled functions
    each, placed = np.empty(len(again) - 1), 0
    for row, site in enumerate(again[1:].tolist()):
        began = perf_counter()
        placed += _place(facts, (world, board), site)
        each[row] = perf_counter() - began
    if placed < 0.99 * len(each):
        raise RuntimeError(f"only {placed} of {len(each)} new enterprises found days")
    return 1000 * each


def _place(facts: Facts, live: tuple[World, Board], site: int) -> bool:
    rows = np.array([site])
    _, able = kinds(facts, rows)
    wanted = Wanted(site, int(facts.sites.visits[site]), facts.sites.open_days[site], float(wait_km(facts, rows)[0]))
    return insert(*live, wanted, able[0]).manager >= 0


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
    replaced: int
    seconds: float
    moved: int
    violations: dict[str, int]


def suspend_the_largest(root: Path, facts_folder: Path, visits: Visits) -> Suspension:
    """On day 60 everything later is published; the agency with the most managers is suspended for good."""
    before = read_facts(facts_folder)
    largest = int(np.bincount(before.facts.managers.agency).argmax())
    on = date.fromordinal(int(before.facts.calendar.dates[SUSPENDED_ON_DAY]))
    earlier, new_facts, after = (root / name for name in ("before", "suspended", "after"))
    for folder in (earlier, after):
        folder.mkdir(exist_ok=True)
    _suspend(facts_folder, new_facts, before.names.agencies[largest], on)
    published = _published(visits)
    write_plan(earlier, before, _as_plan(before, published))
    lost = (before.facts.managers.agency[published.manager] == largest) & (published.day >= SUSPENDED_ON_DAY)
    reading = read_facts(new_facts)
    began = perf_counter()
    made = plan(replace(reading.facts, kept=published.take(~lost)))
    seconds = perf_counter() - began
    write_plan(after, reading, made)
    broken = verify(new_facts, after, against=earlier).by_rule
    return Suspension(
        managers=int((before.facts.managers.agency == largest).sum()),
        visits=int(lost.sum()),
        replaced=len(made.visits) - int((~lost).sum()),
        seconds=seconds,
        moved=sum(broken.get(rule, 0) for rule in LATER_RULES),
        violations=broken,
    )


def _suspend(facts: Path, target: Path, agency: str, on: date) -> None:
    """The same facts, the agency suspended, and days before the suspension frozen."""
    shutil.copytree(facts, target, dirs_exist_ok=True)
    agencies = pq.read_table(facts / "agencies.parquet")
    since = [on if name == agency else None for name in agencies.column("agency_id").to_pylist()]
    place = agencies.column_names.index("suspended_from")
    pq.write_table(
        agencies.set_column(place, "suspended_from", pa.array(since, pa.date32())), target / "agencies.parquet"
    )
    programme = json.loads((facts / "programme.json").read_text(encoding="utf-8"))
    programme["published_until"] = on.isoformat()
    (target / "programme.json").write_text(json.dumps(programme), encoding="utf-8")


def _published(visits: Visits) -> Visits:
    stage = np.where(visits.day < SUSPENDED_ON_DAY, int(Stage.DONE), int(Stage.PUBLISHED))
    return replace(visits, stage=stage)


def _as_plan(reading: Reading, visits: Visits) -> Plan:
    return Plan(visits, Unscheduled(), reading.facts.managers.agency[visits.manager])

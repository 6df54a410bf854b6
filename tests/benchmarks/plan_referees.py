"""Referees: PyVRP on the same managers and agencies, with so much time for each."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from time import process_time
from typing import Any

import numpy as np
import pyvrp
from rich.progress import track

from scheduling.planner.bundles import shorter
from scheduling.planner.geometry import ROAD
from scheduling.planner.measures import day_kilometres
from scheduling.planner.model import Facts, Reals, Visits

METRES = 1000
"""PyVRP counts in whole numbers: kilometres are given to it in metres."""
SPARE_VEHICLES = 8
MANAGERS, AGENCIES = 14, 4


@dataclass(frozen=True)
class Match:
    """Ours and the referee's kilometres on one problem."""

    name: str
    ours: float
    referee: float
    as_planned: float

    @property
    def over(self) -> float:
        """Percent."""
        return 100 * (self.ours / self.referee - 1)


def over_all(matches: list[Match]) -> float | None:
    """Percent by which our kilometres exceed the referee's, all problems together."""
    return _percent(matches, sum(match.ours for match in matches))


def planned_over_all(matches: list[Match]) -> float | None:
    """The same for the plan's own days, on which windows, leave and reserve bear as well."""
    return _percent(matches, sum(match.as_planned for match in matches))


def _percent(matches: list[Match], ours: float) -> float | None:
    """A referee that found no solution in its time judges nothing: then there is no figure."""
    referee = sum(match.referee for match in matches)
    return 100 * (ours / referee - 1) if matches and np.isfinite(referee) else None


class ProcessorSeconds:
    """Stops PyVRP after so much time on the processor: on a busy machine it gets as far as on a quiet one."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.began = seconds, process_time()

    def __call__(self, best_cost: float) -> bool:
        return process_time() - self.began >= self.seconds


@dataclass(frozen=True)
class Fleet:
    """So many rounds of so many stops from one base."""

    base: Reals
    stops: int
    rounds: int


@dataclass(frozen=True)
class Problem:
    """Places to be visited once each, by fleets; and what we drive for it."""

    name: str
    place: Reals
    fleets: list[Fleet]
    ours: float
    as_planned: float


def managers_problems(facts: Facts, visits: Visits, seed: int) -> list[Problem]:
    """Day bundles of random managers; windows are left out for both, so the referee solves the same problem."""
    first = visits.take(visits.ordinal == 1)
    counts = np.bincount(first.manager, minlength=len(facts.managers))
    able = np.flatnonzero(counts >= min(150, np.sort(counts)[-MANAGERS]))
    kilometres = day_kilometres(facts, first).sum(axis=1) / ROAD
    problems = list[Problem]()
    for manager in np.random.default_rng(seed).choice(able, min(MANAGERS, len(able)), replace=False):
        place = facts.sites.place[first.site[first.manager == manager]]
        base, stops = facts.managers.base[manager], int(facts.managers.stops[manager])
        fleet, ours = (
            Fleet(base, stops, len(place) // stops + SPARE_VEHICLES),
            float(shorter(place, base, stops)[1].sum()),
        )
        problems.append(Problem(f"manager {manager} ({len(place)})", place, [fleet], ours, float(kilometres[manager])))
    return problems


def agencies_problems(facts: Facts, visits: Visits, seed: int) -> list[Problem]:
    """All managers of an agency as one fleet, windows left out for the referee: an easier problem than ours."""
    first = visits.take(visits.ordinal == 1)
    agency = facts.managers.agency[first.manager]
    counts = np.bincount(agency, minlength=len(facts.agencies))
    several = np.bincount(facts.managers.agency, minlength=len(facts.agencies)) >= 3
    able = np.flatnonzero((counts > 500) & (counts < 1000) & several)
    kilometres = day_kilometres(facts, visits).sum(axis=1) / ROAD
    problems = list[Problem]()
    for one in np.random.default_rng(seed).choice(able, min(AGENCIES, len(able)), replace=False):
        place, mine = facts.sites.place[first.site[agency == one]], np.flatnonzero(facts.managers.agency == one)
        rounds = len(facts.calendar) // 2
        fleets = [Fleet(facts.managers.base[m], int(facts.managers.stops[m]), rounds) for m in mine]
        ours = float(kilometres[mine].sum()) / facts.rules.visits
        problems.append(Problem(f"agency {one} ({len(place)})", place, fleets, ours, ours))
    return problems


def refereed(problems: list[Problem], seconds: float, seed: int) -> list[Match]:
    """PyVRP on each, one problem a core; the time that each gets is counted on its own processor."""
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn")) as cores:
        each = [cores.submit(pyvrp_kilometres, one.place, one.fleets, seconds, seed) for one in problems]
        return [
            Match(one.name, one.ours, referee.result(), one.as_planned)
            for one, referee in zip(track(problems, "PyVRP", transient=True), each, strict=True)
        ]


def pyvrp_kilometres(place: Reals, fleets: list[Fleet], seconds: float, seed: int) -> float:
    """What PyVRP finds in the time: every place once, at most so many rounds of each fleet."""
    model = pyvrp.Model()
    for base in {tuple(fleet.base.tolist()) for fleet in fleets}:
        depot = model.add_depot(_location(model, np.array(base)))
        here = [fleet for fleet in fleets if tuple(fleet.base.tolist()) == base]
        for stops in {fleet.stops for fleet in here}:
            rounds = sum(fleet.rounds for fleet in here if fleet.stops == stops)
            model.add_vehicle_type(rounds, capacity=stops, start_depot=depot, end_depot=depot)
    for one in place:
        model.add_client(_location(model, one), delivery=1)
    _connect(model)
    return model.solve(stop=ProcessorSeconds(seconds), seed=seed, display=False).cost() / METRES


def _location(model: pyvrp.Model, place: Reals) -> Any:
    return model.add_location(round(float(place[0]) * METRES), round(float(place[1]) * METRES))


def _connect(model: pyvrp.Model) -> None:
    at = np.array([(location.x, location.y) for location in model.locations], np.float64)
    units = np.rint(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(int)
    for i, here in enumerate(model.locations):
        for j, there in enumerate(model.locations):
            model.add_edge(here, there, distance=int(units[i, j]), duration=0)

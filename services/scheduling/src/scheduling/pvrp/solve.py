"""Solves a periodic instance: for so many steps (the same answer every time) or for so long."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduling.pvrp.instance import Instance
from scheduling.pvrp.rounds import Attempts, Case, Dials, Rounds, case_of, empty_rounds
from scheduling.pvrp.search import anneal, build, seed_random
from scheduling.pvrp.solution import Route, Solution

HOT, COLD = 3.0, 0.01


@dataclass(frozen=True)
class Effort:
    """How long to search: `iterations` (the same answer every time), or `seconds` where they are given."""

    iterations: int = 100_000
    seconds: float | None = None
    seed: int = 1

    def spent(self, iterations: int, seconds: float) -> float:
        """The share that is spent, 0 to 1."""
        return min(1.0, seconds / self.seconds if self.seconds else iterations / self.iterations)

    @property
    def chunk(self) -> int:
        """Steps between two looks at the clock and two turns of the heat."""
        return 500 if self.seconds else max(1, self.iterations // 200)


@dataclass(frozen=True)
class Answer:
    """The best rounds that were found, and what finding them took."""

    solution: Solution
    iterations: int
    seconds: float


def solve(instance: Instance, effort: Effort, progress: Callable[[str, float], None] | None = None) -> Answer:
    """The best solution found that keeps every limit; where none was found, the last one, whose violations say why."""
    case, now = _start(instance, effort)
    began, scale = time.perf_counter(), float(now.lasts.sum()) / max(1, int(now.sizes.sum()))
    trial, best = _copy(now), empty_rounds(instance)
    dials, done, spent = _dials(scale), 0, 0.0
    while spent < 1.0:
        dials.heat[0] = HOT * scale * (COLD / HOT) ** spent
        anneal(case, Attempts(now, trial, best), dials, effort.chunk)
        done += effort.chunk
        spent = effort.spent(done, time.perf_counter() - began)
        if progress:
            progress("searching", spent)
    found = best if best.sizes.sum() else now
    return Answer(_solution(found), done, time.perf_counter() - began)


def _start(instance: Instance, effort: Effort) -> tuple[Case, Rounds]:
    """Insertion, the customers with the fewest choices first."""
    seed_random(effort.seed)
    case, rounds = case_of(instance), empty_rounds(instance)
    order = 1 + np.argsort(np.diff(case.spans)[1:], kind="stable")
    build(case, rounds, _dials(1.0), np.zeros(rounds.sizes.shape, dtype=bool), order.astype(np.int64))
    return case, rounds


def _dials(price: float) -> Dials:
    return Dials(np.array([price]), np.array([1.0]), np.array([0.0]))


def _copy(rounds: Rounds) -> Rounds:
    return Rounds(
        rounds.stops.copy(), rounds.sizes.copy(), rounds.load.copy(), rounds.lasts.copy(), rounds.vehicle.copy()
    )


def _solution(rounds: Rounds) -> Solution:
    days, vehicles = rounds.sizes.shape
    every = (
        Route(day, tuple(int(stop) for stop in rounds.stops[day, vehicle, : rounds.sizes[day, vehicle]]))
        for day in range(days)
        for vehicle in range(vehicles)
    )
    return Solution(tuple(route for route in every if route.stops))

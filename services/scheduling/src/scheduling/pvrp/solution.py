"""An answer to a periodic instance, and what of the instance it breaks: checked from the routes alone."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduling.both import Both
from scheduling.pvrp.instance import Instance

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Route:
    """One vehicle's round on one day, without the depot at its ends."""

    day: int
    stops: tuple[int, ...]

    def length(self, of: Instance) -> float:
        path = of.place[[0, *self.stops, 0]]
        return sum(float(np.hypot(*(b - a))) for a, b in pairwise(path))

    def load(self, of: Instance) -> float:
        return float(of.demand[list(self.stops)].sum())

    def duration(self, of: Instance) -> float:
        return self.length(of) + float(of.service[list(self.stops)].sum())


@dataclass(frozen=True)
class Solution:
    """Every route of every day."""

    routes: tuple[Route, ...]

    def cost(self, of: Instance) -> float:
        return sum(route.length(of) for route in self.routes)

    def violations(self, of: Instance) -> list[Both]:
        """A sentence for each thing that the instance does not allow."""
        return [*self._of_routes(of), *self._of_days(of), *self._of_customers(of)]

    def _of_routes(self, of: Instance) -> list[Both]:
        said: list[Both] = []
        for route in self.routes:
            load, most = route.load(of), float(of.capacity[route.day])
            lasts, longest = route.duration(of), float(of.duration[route.day])
            ko, en = f"{route.day + 1}일째 경로 {route.stops}", f"day {route.day + 1}, route {route.stops}"
            if load > most + _ROUNDING:
                said.append(
                    Both(
                        f"{ko}: 적재량 {load:g}이(가) 한도 {most:g}을(를) 넘습니다",
                        f"{en}: load {load:g} over {most:g}",
                    )
                )
            if lasts > longest + _ROUNDING:
                said.append(
                    Both(
                        f"{ko}: 시간 {lasts:.2f}이(가) 한도 {longest:g}을(를) 넘습니다",
                        f"{en}: lasts {lasts:.2f}, over {longest:g}",
                    )
                )
        return said

    def _of_days(self, of: Instance) -> list[Both]:
        used = np.bincount([route.day for route in self.routes], minlength=of.days)
        return [
            Both(f"{d + 1}일째: 차량 {of.vehicles}대인데 {n}대를 씁니다", f"day {d + 1}: {n} vehicles of {of.vehicles}")
            for d, n in enumerate(used)
            if n > of.vehicles
        ]

    def _of_customers(self, of: Instance) -> list[Both]:
        times = np.zeros((of.customers + 1, of.days), dtype=np.int64)
        for route in self.routes:
            np.add.at(times[:, route.day], list(route.stops), 1)
        said: list[Both] = []
        for customer in range(1, of.customers + 1):
            fine = of.choices[customer] if len(of.choices[customer]) else np.zeros((1, of.days), np.bool_)
            if not (fine == times[customer]).all(axis=1).any():
                days = [int(day) + 1 for day in np.flatnonzero(times[customer])]
                said.append(
                    Both(
                        f"고객 {customer}: 방문일 {days}이(가) 방문일 조합에 없습니다",
                        f"customer {customer}: visited on days {days}, which is none of its combinations",
                    )
                )
        return said

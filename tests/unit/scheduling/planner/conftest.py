"""Small made-up programmes, and the hard rules checked one visit at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from scheduling.planner.model import Agencies, Calendar, Facts, Managers, Plan, Rules, Sites
from scheduling.planner.openings import pack, unpack


@dataclass(frozen=True)
class Sketch:
    """What a made-up programme looks like."""

    sites: int = 40
    agencies: int = 3
    managers: int = 5
    days: int = 90
    seed: int = 1
    stops: int = 3
    windows: float = 0.3
    closed: float = 0.2
    thirds: float = 0.0
    reserve: float = 0.0
    leave: float = 0.05


def make(sketch: Sketch) -> Facts:
    """A programme in one part of the country, drawn by its seed."""
    rng = np.random.default_rng(sketch.seed)
    first = date(2023, 4, 12)
    every = [first + timedelta(days=n) for n in range(2 * sketch.days)]
    dates = np.array([day.toordinal() for day in every if day.weekday() < 5][: sketch.days], np.int64)
    width = len(dates)
    return Facts(
        Rules(reserve_share=sketch.reserve),
        Calendar(dates),
        _sites(sketch, rng, dates),
        _agencies(sketch, rng),
        _managers(sketch, rng, width),
    )


def _agencies(sketch: Sketch, rng: np.random.Generator) -> Agencies:
    count = sketch.agencies
    return Agencies(rng.normal(0, 20, (count, 2)), rng.integers(1, 8, count), np.zeros(count, np.int64))


def _sites(sketch: Sketch, rng: np.random.Generator, dates: np.ndarray) -> Sites:
    count, width = sketch.sites, len(dates)
    opens = np.where(rng.random(count) < sketch.windows, rng.integers(0, width, count), 0)
    shuts = np.where(rng.random(count) < sketch.windows, rng.integers(0, width, count), width - 1)
    day = np.arange(width)
    open_days = (day >= opens[:, None]) & (day <= shuts[:, None])
    weekday = (dates + 6) % 7
    closed = np.where(rng.random(count) < sketch.closed, rng.integers(0, 5, count), 9)
    open_days &= weekday[None, :] != closed[:, None]
    visits = 2 + (rng.random(count) < sketch.thirds)
    return Sites(
        rng.normal(0, 20, (count, 2)), rng.integers(0, 3, count), rng.integers(0, 2, count),
        rng.integers(1, 10, count).astype(np.float64), pack(open_days), rng.integers(0, 32, count),
        visits.astype(np.int64),
    )  # fmt: skip


def _managers(sketch: Sketch, rng: np.random.Generator, width: int) -> Managers:
    count = sketch.managers
    days = rng.random((count, width)) >= sketch.leave
    stops = rng.integers(1, sketch.stops + 1, count)
    return Managers(rng.integers(0, sketch.agencies, count), rng.normal(0, 20, (count, 2)), stops, pack(days))


def broken(facts: Facts, plan: Plan) -> list[str]:
    """Every hard rule that a plan breaks, visit by visit, told the slow and plain way."""
    visits, width = plan.visits, len(facts.calendar)
    site_days, manager_days = unpack(facts.sites.open_days, width), unpack(facts.managers.open_days, width)
    found, on_day, of_site = list[str](), dict[tuple[int, int], int](), dict[int, list[tuple[int, int]]]()
    for row in range(len(visits)):
        site, manager, day = int(visits.site[row]), int(visits.manager[row]), int(visits.day[row])
        agency = int(facts.managers.agency[manager])
        on_day[manager, day] = on_day.get((manager, day), 0) + 1
        of_site.setdefault(site, []).append((int(visits.ordinal[row]), int(facts.calendar.dates[day])))
        if not site_days[site, day]:
            found.append(f"{site} is closed on {day}")
        if not manager_days[manager, day]:
            found.append(f"manager {manager} is away on {day}")
        if not facts.agencies.sectors[agency] >> facts.sites.sector[site] & 1:
            found.append(f"agency {agency} does not know the sector of {site}")
    found += [f"{who} has {count} visits" for who, count in on_day.items() if count > facts.managers.stops[who[0]]]
    return found + _broken_by_site(facts, plan, of_site)


def _broken_by_site(facts: Facts, plan: Plan, of_site: dict[int, list[tuple[int, int]]]) -> list[str]:
    found = list[str]()
    missing = list(zip(plan.unscheduled.site.tolist(), plan.unscheduled.ordinal.tolist(), strict=True))
    for site in range(len(facts.sites)):
        made = sorted(of_site.get(site, []))
        gaps = [later[1] - earlier[1] for earlier, later in pairwise(made)]
        if any(gap < facts.rules.spacing_days for gap in gaps):
            found.append(f"visits of {site} are {gaps} days apart")
        told = sorted([ordinal for ordinal, _ in made] + [ordinal for one, ordinal in missing if one == site])
        if told != list(range(1, int(facts.sites.visits[site]) + 1)):
            found.append(f"{site} has the visits {told}")
    return found


@pytest.fixture(scope="session")
def programme() -> Callable[..., Facts]:
    """Makes a programme: `programme(sites=40, seed=2)`."""

    def made(**wish: Any) -> Facts:
        return make(Sketch(**wish))

    return made


@pytest.fixture(scope="session")
def broken_rules() -> Callable[[Facts, Plan], list[str]]:
    """The hard rules that a plan breaks."""
    return broken

"""What a plan is worth: kilometres, waiting, load; every figure that people compare plans by."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.board import empty_board, seat_visits, world_of
from scheduling.planner.bundles import urgent
from scheduling.planner.geometry import ROAD
from scheduling.planner.model import Facts, Plan, Reals, Visits
from scheduling.planner.openings import unpack
from scheduling.planner.outstanding import standing
from scheduling.planner.waiting import Season, season_of, waits

RISKY = 0.5


@dataclass(frozen=True)
class Measures:
    """The figures of one plan; kilometres are road kilometres, waits are working days."""

    visits: int
    unscheduled: int
    scheduled_share: float
    load: float
    manager_days: int
    km: float
    km_a_visit: float
    km_a_day: float
    wait_riskiest: float
    wait_riskiest_p90: float
    wait_others: float
    load_spread: float
    same_manager_share: float
    last_day: int


def day_kilometres(facts: Facts, visits: Visits) -> Reals:
    """Road kilometres of every manager on every day, also of a day that holds more visits than the manager makes."""
    usable = unpack(facts.managers.open_days, len(facts.calendar))
    most = int(np.bincount(visits.manager * len(facts.calendar) + np.maximum(visits.day, 0)).max(initial=1))
    world, board = world_of(facts, usable), empty_board(facts, most)
    seat_visits(world, board, visits)
    return board.km * ROAD


def measure(facts: Facts, plan: Plan, season: Season | None = None) -> Measures:
    """All figures of a plan; waits by the season of all the worlds that it is compared with."""
    visits = standing(plan.visits)
    km = day_kilometres(facts, visits)
    slots = unpack(facts.managers.open_days, len(facts.calendar)).sum(axis=1) * facts.managers.stops
    made = np.bincount(visits.manager, minlength=len(facts.managers))
    of_each = made / np.maximum(slots, 1)
    site, wait = waits(season or season_of(facts), visits)
    share = urgent(facts.sites.risk)[site]
    risky = share > RISKY
    wanted = len(visits) + len(plan.unscheduled.site)
    days = int((km > 0).sum())
    return Measures(
        visits=len(visits),
        unscheduled=len(plan.unscheduled.site),
        scheduled_share=len(visits) / max(wanted, 1),
        load=wanted / max(int(slots.sum()), 1),
        manager_days=days,
        km=float(km.sum()),
        km_a_visit=float(km.sum()) / max(len(visits), 1),
        km_a_day=float(km.sum()) / max(days, 1),
        wait_riskiest=float((wait * share).sum() / max(share.sum(), 1e-9)),
        wait_riskiest_p90=float(np.percentile(wait[risky], 90)) if risky.any() else 0.0,
        wait_others=_mean(wait[~risky]),
        load_spread=float(of_each.std() / max(of_each.mean(), 1e-9)),
        same_manager_share=_same_manager(visits),
        last_day=int(visits.day.max(initial=-1)),
    )


def _mean(values: Reals) -> float:
    return float(values.mean()) if len(values) else 0.0


def _same_manager(visits: Visits) -> float:
    """The share of enterprises all of whose visits are one manager's."""
    pairs = np.unique(np.column_stack([visits.site, visits.manager]), axis=0)
    sites = len(np.unique(visits.site))
    return 1.0 - (len(pairs) - sites) / max(sites, 1)

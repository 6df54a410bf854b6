"""The nation's plan, step by step: agencies, bundles, managers, days, leftovers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from scheduling.planner.board import Board, World, empty_board, seat_visits, world_of
from scheduling.planner.bundles import DayBundles, Pool, bundle
from scheduling.planner.days import Rota, schedule
from scheduling.planner.flow import Demand, Season, serve_beside, serve_rest
from scheduling.planner.groups import Groups, group, usable_days
from scheduling.planner.leftovers import place_leftovers
from scheduling.planner.model import NOBODY, Facts, Flags, Ints, Plan, Sites, Visits
from scheduling.planner.outstanding import Outstanding, outstanding, plannable, standing
from scheduling.planner.reasons import unscheduled
from scheduling.planner.rows import drafts, in_order, join
from scheduling.planner.territories import share_out

Progress = Callable[[str, float], None]
SECOND_CHOICES = 2
STEPS = ("agencies", "bundles", "days", "leftovers", "reasons")


PATIENCE_KM = 0.7
"""Where more are expected: a bundle so many road kilometres a visit too long hurries e times less than a good one."""


@dataclass(frozen=True)
class Work:
    """What is to be planned, the managers' days (which lose those given), who is still to come, how many plan it."""

    facts: Facts
    left: Outstanding
    free: Flags
    forecast: Sites | None
    workers: int | None


class Clock:
    """Tells the listener how far the plan is, and remembers the seconds of each step."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress, self.seconds, self.last = progress, dict[str, float](), perf_counter()

    def done(self, step: str) -> None:
        now = perf_counter()
        self.seconds[step] = now - self.last
        self.last = now
        if self.progress:
            self.progress(step, (STEPS.index(step) + 1) / len(STEPS))


def plan(
    facts: Facts, progress: Progress | None = None, *, forecast: Sites | None = None, workers: int | None = None
) -> Plan:
    """A date for every visit that can have one; the same facts give the same plan, by however many workers.

    Nothing in it is drawn by lot. Without a number there are as many workers as cores.
    Those of a `forecast` get no dates: they only take part in the flow, so that agencies keep capacity for them.
    """
    clock = Clock(progress)
    facts = replace(facts, kept=standing(facts.kept))
    left, usable = outstanding(facts), usable_days(facts)
    fits = plannable(facts, left)
    work = Work(facts, left, usable.copy(), forecast, workers)
    _occupy(work)
    parts = [facts.kept]
    known = fits & (left.manager != NOBODY)
    known[known] &= np.asarray(work.free.any(axis=1), np.bool_)[left.manager[known]]
    if known.any():
        parts.append(_plan_with_their_managers(work, np.flatnonzero(known)))
    parts.append(_plan_new(work, np.flatnonzero(fits & ~known), clock))
    clock.done("days")
    world, board = _world_and_board(facts, usable, parts)
    parts.append(place_leftovers(facts, world, board, join(parts)))
    clock.done("leftovers")
    visits = in_order(join(parts), facts.sites.visits)
    missing = unscheduled(facts, visits)
    clock.done("reasons")
    return Plan(visits, missing, np.append(facts.managers.agency, NOBODY)[visits.manager], clock.seconds)


def _plan_new(work: Work, sites: Ints, clock: Clock) -> Visits:
    """Enterprises that nobody has visited yet: the flow chooses their agencies."""
    groups = group(work.facts, work.free)
    served = serve_beside(work.facts, Demand(sites, work.left.visits[sites]), groups, work.forecast)
    clock.done("agencies")
    bundled = _bundle_all(work, groups, sites, served)
    clock.done("bundles")
    placed = [_give_days(work, groups, bundles) for bundles in bundled]
    for _ in range(SECOND_CHOICES):
        sites = np.setdiff1d(sites, join(placed).site)
        placed += _second_choice(work, sites)
    return join(placed)


def _second_choice(work: Work, sites: Ints) -> list[Visits]:
    """Enterprises whose group had no days for them, bundled anew for groups that do."""
    facts, left = work.facts, work.left
    if not len(sites) or not len(facts.managers):
        return []
    groups = group(facts, work.free)
    by_group = np.zeros((len(groups), len(facts.calendar)))
    np.add.at(by_group, groups.of, work.free)
    season = Season(left.open_days[sites], by_group)
    served = serve_rest(facts, Demand(sites, left.visits[sites]), groups, season)
    return [_give_days(work, groups, bundles) for bundles in _bundle_all(work, groups, sites, served)]


def _bundle_all(work: Work, groups: Groups, sites: Ints, served: Ints) -> list[DayBundles]:
    """Bundles of enterprises with equally many visits; visits beyond the programme's minimum are placed at the end."""
    facts, left = work.facts, work.left
    visits = np.minimum(left.visits[sites], facts.rules.visits)
    pools = [_pool(left, sites[visits == count], served[visits == count], int(count)) for count in np.unique(visits)]
    return [bundle(facts, groups, pool, work.workers) for pool in pools if len(pool.site)]


def _plan_with_their_managers(work: Work, sites: Ints) -> Visits:
    """Enterprises whose manager has been there before: the same manager comes again."""
    facts, left = work.facts, work.left
    each = replace(facts.managers, agency=np.arange(len(facts.managers)))
    groups = replace(group(replace(facts, managers=each), work.free), agency=facts.managers.agency)
    placed = list[Visits]()
    for count in np.unique(left.visits[sites]):
        rows = sites[left.visits[sites] == count]
        pool = _pool(left, rows, left.manager[rows], int(count))
        placed.append(_give_days(work, groups, bundle(facts, groups, pool, work.workers)))
    return join(placed)


def _pool(left: Outstanding, sites: Ints, served: Ints, visits: int) -> Pool:
    inside = served != NOBODY
    return Pool(sites[inside], served[inside], left.open_days[sites[inside]], visits)


def _give_days(work: Work, groups: Groups, bundles: DayBundles) -> Visits:
    rota = Rota(share_out(work.facts, groups, bundles, work.free), work.free)
    patience_km = PATIENCE_KM if work.forecast is not None else np.inf
    given = schedule(work.facts, groups, bundles, rota, patience_km)
    return visits_of(work.facts, bundles, rota.manager, given)


def visits_of(facts: Facts, bundles: DayBundles, manager: Ints, given: Ints) -> Visits:
    """The visits of every enterprise of every bundle that got its days."""
    row, slot = np.nonzero((bundles.member != NOBODY) & np.all(given >= 0, axis=1, keepdims=True))
    turns = given.shape[1]
    site = np.repeat(bundles.member[row, slot], turns)
    day = given[row].ravel()
    return drafts(facts, site, np.repeat(manager[row], turns), day)


def _occupy(work: Work) -> None:
    """A day with a kept visit is no day for a whole new bundle."""
    kept = work.facts.kept.take(work.facts.kept.day >= 0)
    work.free[kept.manager, kept.day] = False


def _world_and_board(facts: Facts, usable: Flags, parts: list[Visits]) -> tuple[World, Board]:
    world, board = world_of(facts, usable), empty_board(facts)
    seat_visits(world, board, join(parts))
    return world, board

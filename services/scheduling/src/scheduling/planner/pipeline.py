"""The nation's plan, step by step: agencies, bundles, managers, days, leftovers."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from scheduling.planner.board import Board, World, empty_board, seat_visits, world_of
from scheduling.planner.bundles import DayBundles, Pool, bundle
from scheduling.planner.days import schedule
from scheduling.planner.flow import Demand, Loading, serve, serve_rest
from scheduling.planner.groups import Groups, group, usable_days
from scheduling.planner.leftovers import place_leftovers
from scheduling.planner.model import NOBODY, Facts, Flags, Ints, Plan, Visits
from scheduling.planner.outstanding import Outstanding, outstanding, plannable, standing
from scheduling.planner.reasons import unscheduled
from scheduling.planner.rows import drafts, in_order, join
from scheduling.planner.territories import share_out

Progress = Callable[[str, float], None]
SECOND_CHOICES = 2
STEPS = ("agencies", "bundles", "days", "leftovers", "reasons")


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


def plan(facts: Facts, seed: int = 0, progress: Progress | None = None) -> Plan:
    """A date for every visit that can have one; the same facts and seed give the same plan on any machine."""
    clock = Clock(progress)
    facts = replace(facts, kept=standing(facts.kept))
    left, usable = outstanding(facts), usable_days(facts)
    fits = plannable(facts, left)
    free = usable.copy()
    _occupy(facts, free)
    parts = [facts.kept]
    known = fits & (left.manager != NOBODY)
    known[known] &= np.asarray(free.any(axis=1), np.bool_)[left.manager[known]]
    if known.any():
        parts.append(_plan_with_their_managers(facts, left, free, np.flatnonzero(known)))
    parts.append(_plan_new(facts, left, free, (np.flatnonzero(fits & ~known), clock)))
    clock.done("days")
    world, board = _world_and_board(facts, usable, parts)
    parts.append(place_leftovers(facts, world, board, join(parts)))
    clock.done("leftovers")
    visits = in_order(join(parts))
    missing = unscheduled(facts, visits, usable)
    clock.done("reasons")
    return Plan(visits, missing, facts.managers.agency[visits.manager], clock.seconds)


def _plan_new(facts: Facts, left: Outstanding, free: Flags, work: tuple[Ints, Clock]) -> Visits:
    """Enterprises that nobody has visited yet: the flow chooses their agencies."""
    sites, clock = work
    groups = group(facts, free)
    served = serve(facts, Demand(sites, left.visits[sites]), groups, Loading())
    clock.done("agencies")
    bundled = _bundle_all(facts, left, groups, (sites, served))
    clock.done("bundles")
    placed = [_give_days(facts, groups, bundles, free) for bundles in bundled]
    for _ in range(SECOND_CHOICES):
        sites = np.setdiff1d(sites, join(placed).site)
        placed += _second_choice(facts, left, free, sites)
    return join(placed)


def _second_choice(facts: Facts, left: Outstanding, free: Flags, sites: Ints) -> list[Visits]:
    """Enterprises whose group had no days for them, bundled anew for groups that do."""
    if not len(sites) or not len(facts.managers):
        return []
    groups = group(facts, free)
    by_group = np.zeros((len(groups), len(facts.calendar)))
    np.add.at(by_group, groups.of, free)
    served = serve_rest(facts, Demand(sites, left.visits[sites]), groups, (left.open_days[sites], by_group))
    bundled = _bundle_all(facts, left, groups, (sites, served))
    return [_give_days(facts, groups, bundles, free) for bundles in bundled]


def _bundle_all(facts: Facts, left: Outstanding, groups: Groups, served: tuple[Ints, Ints]) -> list[DayBundles]:
    """Bundles of enterprises with equally many visits; visits beyond the programme's minimum are placed at the end."""
    sites, group_of = served
    visits = np.minimum(left.visits[sites], facts.rules.visits)
    pools = [
        _pool(left, groups, (sites[visits == count], group_of[visits == count]), int(count))
        for count in np.unique(visits)
    ]
    return [bundle(facts, groups, pool) for pool in pools if len(pool.site)]


def _plan_with_their_managers(facts: Facts, left: Outstanding, free: Flags, sites: Ints) -> Visits:
    """Enterprises whose manager has been there before: the same manager comes again."""
    each = replace(facts.managers, agency=np.arange(len(facts.managers)))
    groups = replace(group(replace(facts, managers=each), free), agency=facts.managers.agency)
    placed = list[Visits]()
    for count in np.unique(left.visits[sites]):
        rows = sites[left.visits[sites] == count]
        placed.append(
            _give_days(
                facts, groups, bundle(facts, groups, _pool(left, groups, (rows, left.manager[rows]), int(count))), free
            )
        )
    return join(placed)


def _pool(left: Outstanding, groups: Groups, served: tuple[Ints, Ints], visits: int) -> Pool:
    sites, group_of = served
    inside = group_of != NOBODY
    return Pool(sites[inside], group_of[inside], left.open_days[sites[inside]], visits)


def _give_days(facts: Facts, groups: Groups, bundles: DayBundles, free: Flags) -> Visits:
    manager = share_out(facts, groups, bundles, free)
    given = schedule(facts, groups, bundles, (manager, free))
    return visits_of(facts, bundles, manager, given)


def visits_of(facts: Facts, bundles: DayBundles, manager: Ints, given: Ints) -> Visits:
    """The visits of every enterprise of every bundle that got its days."""
    row, slot = np.nonzero((bundles.member != NOBODY) & np.all(given >= 0, axis=1, keepdims=True))
    turns = given.shape[1]
    site = np.repeat(bundles.member[row, slot], turns)
    day = given[row].ravel()
    return drafts(facts, site, np.repeat(manager[row], turns), day)


def _occupy(facts: Facts, free: Flags) -> None:
    """A day with a kept visit is no day for a whole new bundle."""
    dated = facts.kept.day >= 0
    free[facts.kept.manager[dated], facts.kept.day[dated]] = False


def _world_and_board(facts: Facts, usable: Flags, parts: list[Visits]) -> tuple[World, Board]:
    world, board = world_of(facts, usable), empty_board(facts)
    seat_visits(world, board, join(parts))
    return world, board

"""The cheapest days for one enterprise's visits in the live plan: leftovers and later events come this way."""

from typing import NamedTuple

import numpy as np

from scheduling.planner.board import Board, World, seat
from scheduling.planner.chains import cheapest_chain
from scheduling.planner.compiled import compiled
from scheduling.planner.geometry import apart, tour
from scheduling.planner.model import Bits, Flags, Ints, Reals
from scheduling.planner.openings import is_open

TRIES = 8
"""Managers that are compared once one is found who can: more gain little (measured)."""
WAIT_KM = 0.02
"""Kilometres, as all here without the detours of roads, that a working day of waiting is worth at the least risk."""

DISLIKE_KM = 1.0
"""Kilometres (1.3 of road) worth driving to come on a weekday that an enterprise prefers: it is liked, not demanded."""

SHARED = 1.15
"""What a visit costs in a good bundle, over its share of the way out and back (measured)."""


class Wanted(NamedTuple):
    """Visits to be placed: whose, how many, on which days, and how dear a day of waiting is."""

    site: int
    visits: int
    days: Bits
    wait_km: float


class Place(NamedTuple):
    """Where the visits would go, and the kilometres (waiting and prices included) that it costs."""

    manager: int
    days: Ints
    cost: float


@compiled
def dislike_km(world: World, site: int, day: int) -> float:
    """What a day costs an enterprise that would rather have others; nothing where it says none."""
    liked = world.preferred[site]
    return DISLIKE_KM if liked != 0 and (liked >> world.weekdays[day]) & 1 == 0 else 0.0


@compiled
def day_costs(world: World, board: Board, wanted: Wanted, manager: int) -> Reals:
    """The longer round on each day of one manager, dislike added; infinite where the day is closed, away or full."""
    width = board.size.shape[1]
    costs = np.full(width, np.inf)
    limit, stops = world.stops[manager], np.empty(board.stop.shape[2] + 1, np.int64)
    share = SHARED * 2 * apart(world.base[manager], world.place[wanted.site]) / limit
    for day in range(width):
        size = board.size[manager, day]
        if size >= limit or not world.usable[manager, day] or not is_open(wanted.days, day):
            continue
        stops[:size] = board.stop[manager, day, :size]
        stops[size] = wanted.site
        costs[day] = tour(world.place, world.base[manager], stops, size + 1) - board.km[manager, day]
        if day >= world.draft_from:
            costs[day] = min(costs[day], share)
        costs[day] += dislike_km(world, wanted.site, day)
    return costs


@compiled
def best_place(world: World, board: Board, wanted: Wanted, able: Flags) -> Place:
    """The cheapest manager and days among those able, nearest bases first; manager -1 where nobody has days."""
    away = np.full(len(world.base), np.inf)
    for manager in range(len(away)):
        if able[world.agency[manager]]:
            away[manager] = apart(world.base[manager], world.place[wanted.site])
    best, found = Place(-1, np.full(wanted.visits, -1, np.int64), np.inf), 0
    order = np.argsort(away, kind="mergesort")
    for rank in range(len(order)):
        manager = int(order[rank])
        if not np.isfinite(away[manager]) or found >= TRIES:
            break
        costs = day_costs(world, board, wanted, manager)
        total, days = cheapest_chain(costs, world.following, wanted.visits, wanted.wait_km)
        if np.isfinite(total):
            found += 1
            total += float(world.price[manager]) * wanted.visits
            if total < best.cost:
                best = Place(manager, days, total)
    return best


@compiled
def insert(world: World, board: Board, wanted: Wanted, able: Flags) -> Place:
    """Finds the best place and takes it."""
    best = best_place(world, board, wanted, able)
    if best.manager >= 0:
        for day in best.days:
            seat(world, board, wanted.site, best.manager, day)
    return best


class Queue(NamedTuple):
    """Enterprises to be placed one after the other."""

    site: Ints
    visits: Ints
    days: Bits
    kind: Ints
    wait_km: Reals


@compiled
def insert_all(world: World, board: Board, queue: Queue, able: Flags) -> tuple[Ints, Ints]:
    """Places a queue in its order; `able` is enterprise kind by agency. Managers and days, -1 where nobody has days."""
    count = len(queue.site)
    manager, days = np.full(count, -1, np.int64), np.full((count, queue.visits.max()), -1, np.int64)
    for row in range(count):
        wanted = Wanted(queue.site[row], queue.visits[row], queue.days[row], queue.wait_km[row])
        place = insert(world, board, wanted, able[queue.kind[row]])
        manager[row] = place.manager
        if place.manager >= 0:
            days[row, : queue.visits[row]] = place.days
    return manager, days

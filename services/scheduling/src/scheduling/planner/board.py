"""The live plan: who is where on which day, as arrays that a single event can change in microseconds."""

from typing import NamedTuple

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.planner.geometry import ROAD, tour
from scheduling.planner.model import Bits, Facts, Flags, Ints, Reals, Visits


class World(NamedTuple):
    """What does not change from event to event: places, abilities, days."""

    place: Reals
    open_days: Bits
    base: Reals
    stops: Ints
    agency: Ints
    usable: Flags
    following: Ints
    price: Reals
    draft_from: int
    preferred: Ints
    weekdays: Ints


class Board(NamedTuple):
    """Manager by day: the enterprises of the day, how many, and the kilometres of the round."""

    stop: Ints
    size: Ints
    km: Reals


def empty_board(facts: Facts, most: int = 1) -> Board:
    """Nobody goes anywhere; a day has room for `most` visits at least, and for as many as anybody makes."""
    shape = (len(facts.managers), len(facts.calendar))
    widest = max(most, int(facts.managers.stops.max(initial=1)))
    return Board(np.full((*shape, widest), -1, np.int64), np.zeros(shape, np.int64), np.zeros(shape))


def world_of(facts: Facts, usable: Flags, price: Reals | None = None, draft_from: int | None = None) -> World:
    """The facts as the compiled functions want them; `price` is what a manager's visit costs besides its way, road km.

    From `draft_from` on a later plan will find mates for whoever starts a round: such a day costs a share of one.
    """
    sites, managers = facts.sites, facts.managers
    prices = np.zeros(len(managers)) if price is None else price / ROAD
    following = facts.calendar.following(facts.rules.spacing_days)
    first_draft = len(facts.calendar) if draft_from is None else draft_from
    return World(
        sites.place, sites.open_days, managers.base, managers.stops, managers.agency, usable, following, prices,
        first_draft, sites.preferred, facts.calendar.weekdays,
    )  # fmt: skip


@compiled
def seat(world: World, board: Board, site: int, manager: int, day: int) -> None:
    """Adds an enterprise to a manager's day."""
    board.stop[manager, day, board.size[manager, day]] = site
    board.size[manager, day] += 1
    board.km[manager, day] = tour(world.place, world.base[manager], board.stop[manager, day], board.size[manager, day])


@compiled
def unseat(world: World, board: Board, site: int, manager: int, day: int) -> bool:
    """Takes an enterprise out of a manager's day; says whether it was there."""
    row, count = board.stop[manager, day], board.size[manager, day]
    for slot in range(count):
        if row[slot] == site:
            row[slot], row[count - 1] = row[count - 1], -1
            board.size[manager, day] = count - 1
            board.km[manager, day] = tour(world.place, world.base[manager], row, count - 1)
            return True
    return False


@compiled
def _seat_all(world: World, board: Board, site: Ints, manager: Ints, day: Ints) -> None:
    for row in range(len(site)):
        full = board.size[manager[row], day[row]] >= board.stop.shape[2]
        if day[row] >= 0 and not full:
            seat(world, board, site[row], manager[row], day[row])


def seat_visits(world: World, board: Board, visits: Visits) -> None:
    """Puts visits with a day on the board."""
    dated = visits.day >= 0
    _seat_all(world, board, visits.site[dated], visits.manager[dated], visits.day[dated])

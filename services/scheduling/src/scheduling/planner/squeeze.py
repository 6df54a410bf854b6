"""Bundles without days are squeezed in: a bundle that can move makes room, or another manager of the group takes it."""

from typing import NamedTuple

import numpy as np

from scheduling.planner.chains import cheapest_chain
from scheduling.planner.compiled import compiled
from scheduling.planner.groups import Groups, managers_of
from scheduling.planner.model import Flags, Ints, Reals

FREE, AWAY = -1, -2
MOVE, MOVE_A_DAY = 1.0, 0.02


class Agenda(NamedTuple):
    """Who is busy with which bundle on which day, and what each bundle may have and has been given."""

    occupant: Ints
    may: Flags
    given: Ints
    following: Ints
    urgency: Reals


def squeeze_in(groups: Groups, group_of: Ints, manager: Ints, agenda: Agenda) -> None:
    """Gives days to bundles that have none, the most urgent first; moves others' days only where it must."""
    staff = managers_of(groups.of, len(groups))
    failed = np.flatnonzero((agenda.given < 0).any(axis=1))
    for bundle in failed[np.argsort(-agenda.urgency[failed], kind="stable")]:
        mates = staff[int(group_of[bundle])]
        free = (agenda.occupant[mates] == FREE).sum(axis=1) + 1000 * (mates == manager[bundle])
        for mate in mates[np.argsort(-free, kind="stable")]:
            if squeeze(agenda, int(bundle), int(mate)):
                manager[bundle] = mate
                break


def occupants(usable: Flags, manager: Ints, given: Ints) -> Ints:
    """The bundle of each manager's day."""
    occupant = np.where(usable, FREE, AWAY).astype(np.int64)
    row, turn = np.nonzero(given >= 0)
    occupant[manager[row], given[row, turn]] = row
    return occupant


@compiled
def squeeze(agenda: Agenda, bundle: int, manager: int) -> bool:
    """Finds days with this manager, on free days or on days whose bundle can go to another day."""
    costs = np.full(agenda.may.shape[1], np.inf)
    for day in range(len(costs)):
        if agenda.may[bundle, day]:
            costs[day] = _price(agenda, manager, day)
    visits, haste = agenda.given.shape[1], 0.001 * agenda.urgency[bundle]
    total, days = cheapest_chain(costs, agenda.following, visits, haste)
    return np.isfinite(total) and _take(agenda, bundle, manager, days)


@compiled
def _take(agenda: Agenda, bundle: int, manager: int, days: Ints) -> bool:
    for day in days:
        if agenda.occupant[manager, day] == FREE:
            agenda.occupant[manager, day] = bundle
    for day in days:
        if agenda.occupant[manager, day] != bundle and not _make_room(agenda, manager, day, bundle):
            _leave(agenda, manager, bundle)
            return False
    agenda.given[bundle] = days
    return True


@compiled
def _price(agenda: Agenda, manager: int, day: int) -> float:
    occupant = agenda.occupant[manager, day]
    if occupant == FREE:
        return 0.0
    if occupant == AWAY:
        return np.inf
    other = _other_day(agenda, manager, occupant, day)
    return np.inf if other < 0 else MOVE + MOVE_A_DAY * abs(other - day)


@compiled
def _other_day(agenda: Agenda, manager: int, bundle: int, day: int) -> int:
    """The nearest free day that this visit of a bundle could have instead."""
    given, following = agenda.given[bundle], agenda.following
    turn = 0
    while given[turn] != day:
        turn += 1
    low = following[given[turn - 1]] if turn > 0 else 0
    best = -1
    for other in range(low, len(following)):
        if turn < len(given) - 1 and following[other] > given[turn + 1]:
            break
        nearer = best < 0 or abs(other - day) < abs(best - day)
        if nearer and agenda.may[bundle, other] and agenda.occupant[manager, other] == FREE:
            best = other
    return best


@compiled
def _make_room(agenda: Agenda, manager: int, day: int, bundle: int) -> bool:
    occupant = agenda.occupant[manager, day]
    other = _other_day(agenda, manager, occupant, day)
    if other < 0:
        return False
    for turn in range(agenda.given.shape[1]):
        if agenda.given[occupant, turn] == day:
            agenda.given[occupant, turn] = other
    agenda.occupant[manager, other], agenda.occupant[manager, day] = occupant, bundle
    return True


@compiled
def _leave(agenda: Agenda, manager: int, bundle: int) -> None:
    for day in range(agenda.occupant.shape[1]):
        if agenda.occupant[manager, day] == bundle:
            agenda.occupant[manager, day] = FREE

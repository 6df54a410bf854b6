"""The state of a search: the rounds of every day, and the moves that take a customer out of them or put it in."""

from typing import NamedTuple

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.pvrp.instance import Flags, Instance, Ints, Reals

NOWHERE = -1


class Case(NamedTuple):
    """An instance as compiled code reads it; row i of `choices` belongs to the customer whose span holds i."""

    distance: Reals
    near: Ints
    demand: Reals
    service: Reals
    visits: Reals
    choices: Flags
    spans: Ints
    capacity: Reals
    duration: Reals


class Rounds(NamedTuple):
    """Day by vehicle: the stops, how many, their load and how long it lasts; and where each customer is on each day."""

    stops: Ints
    sizes: Ints
    load: Reals
    lasts: Reals
    vehicle: Ints


class Dials(NamedTuple):
    """What the search turns: prices of load and time over the limits, and its temperature, in arrays of one."""

    load_price: Reals
    time_price: Reals
    heat: Reals


class Attempts(NamedTuple):
    """The rounds of a search: those it stands on, those it tries, and the best that kept every limit."""

    now: Rounds
    trial: Rounds
    best: Rounds


class Toll(NamedTuple):
    """What rounds come to: their distance, and their load and time over the limits."""

    length: float
    load: float
    time: float


class Slot(NamedTuple):
    """A place in a round."""

    day: int
    vehicle: int
    at: int


def case_of(instance: Instance) -> Case:
    sizes = [len(choices) for choices in instance.choices]
    distance = instance.distance
    return Case(
        distance=distance,
        near=np.argsort(distance, axis=1, kind="stable").astype(np.int64),
        demand=instance.demand,
        service=instance.service,
        visits=np.array([choices[0].sum() if len(choices) else 0 for choices in instance.choices], dtype=np.float64),
        choices=np.concatenate(instance.choices),
        spans=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        capacity=np.where(np.isfinite(instance.capacity), instance.capacity, 1e18),
        duration=np.where(np.isfinite(instance.duration), instance.duration, 1e18),
    )


def empty_rounds(instance: Instance) -> Rounds:
    shape = (instance.days, instance.vehicles)
    return Rounds(
        stops=np.zeros((*shape, instance.customers + 1), dtype=np.int64),
        sizes=np.zeros(shape, dtype=np.int64),
        load=np.zeros(shape),
        lasts=np.zeros(shape),
        vehicle=np.full((instance.customers + 1, instance.days), NOWHERE, dtype=np.int64),
    )


@compiled
def toll(case: Case, rounds: Rounds) -> Toll:
    """What all rounds come to."""
    length, load, time = 0.0, 0.0, 0.0
    for day in range(rounds.sizes.shape[0]):
        for vehicle in range(rounds.sizes.shape[1]):
            length += rounds.lasts[day, vehicle]
            load += max(0.0, rounds.load[day, vehicle] - case.capacity[day])
            time += max(0.0, rounds.lasts[day, vehicle] - case.duration[day])
            for at in range(rounds.sizes[day, vehicle]):
                length -= case.service[rounds.stops[day, vehicle, at]]
    return Toll(length, load, time)


@compiled
def position(rounds: Rounds, day: int, customer: int) -> int:
    """Where a customer stands in its round of the day."""
    vehicle = rounds.vehicle[customer, day]
    at = 0
    while rounds.stops[day, vehicle, at] != customer:
        at += 1
    return at


@compiled
def take_out(case: Case, rounds: Rounds, day: int, customer: int) -> None:
    """Closes the gap that the customer leaves."""
    vehicle, at = rounds.vehicle[customer, day], position(rounds, day, customer)
    stops, last = rounds.stops[day, vehicle], rounds.sizes[day, vehicle] - 1
    before = stops[at - 1] if at > 0 else 0
    after = stops[at + 1] if at < last else 0
    detour = case.distance[before, customer] + case.distance[customer, after] - case.distance[before, after]
    for place in range(at, last):
        stops[place] = stops[place + 1]
    rounds.sizes[day, vehicle] = last
    rounds.load[day, vehicle] -= case.demand[customer]
    rounds.lasts[day, vehicle] -= detour + case.service[customer]
    rounds.vehicle[customer, day] = NOWHERE


@compiled
def put_in(case: Case, rounds: Rounds, slot: Slot, customer: int) -> None:
    """Inserts the customer before whoever stands there."""
    day, vehicle, at = slot
    stops, count = rounds.stops[day, vehicle], rounds.sizes[day, vehicle]
    before = stops[at - 1] if at > 0 else 0
    after = stops[at] if at < count else 0
    detour = case.distance[before, customer] + case.distance[customer, after] - case.distance[before, after]
    for place in range(count, at, -1):
        stops[place] = stops[place - 1]
    stops[at] = customer
    rounds.sizes[day, vehicle] = count + 1
    rounds.load[day, vehicle] += case.demand[customer]
    rounds.lasts[day, vehicle] += detour + case.service[customer]
    rounds.vehicle[customer, day] = vehicle


@compiled
def copy_rounds(source: Rounds, target: Rounds, touched: Flags) -> None:
    """Copies the touched rounds only."""
    for day in range(touched.shape[0]):
        for vehicle in range(touched.shape[1]):
            if touched[day, vehicle]:
                count = source.sizes[day, vehicle]
                for at in range(count):
                    target.stops[day, vehicle, at] = source.stops[day, vehicle, at]
                target.sizes[day, vehicle] = count
                target.load[day, vehicle] = source.load[day, vehicle]
                target.lasts[day, vehicle] = source.lasts[day, vehicle]

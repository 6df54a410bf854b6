"""Ruin and recreate (slack induction by string removals) under simulated annealing, each customer free in its days."""

import numpy as np

from scheduling.planner.compiled import compiled
from scheduling.pvrp.instance import Flags, Ints
from scheduling.pvrp.rounds import (
    NOWHERE,
    Attempts,
    Case,
    Dials,
    Rounds,
    Slot,
    Toll,
    copy_rounds,
    position,
    put_in,
    take_out,
    toll,
)

# Christiaens and Vanden Berghe, "Slack induction by string removals", Transportation Science 54(2), 2020.
MEAN_REMOVED = 10.0
LONGEST_STRING = 10
SPLIT_SHARE = 0.5
KEEP_SHARE = 0.01
BLINK = 0.01
ROUNDING = 1e-7
UNKNOWN = -1.0


@compiled
def seed_random(seed: int) -> None:
    """Compiled code has its own random numbers."""
    np.random.seed(seed)


@compiled
def mean_count(rounds: Rounds) -> float:
    """Stops of a round that has any."""
    stops, used = 0, 0
    for sizes in rounds.sizes:
        for size in sizes:
            stops += size
            used += size > 0
    return stops / max(1, used)


@compiled
def a_day_of(rounds: Rounds, customer: int) -> int:
    """One of the days on which the customer is visited, at random; -1 if there is none."""
    chosen, seen = NOWHERE, 0
    for day in range(rounds.vehicle.shape[1]):
        if rounds.vehicle[customer, day] != NOWHERE:
            seen += 1
            if np.random.random() * seen < 1.0:
                chosen = day
    return chosen


@compiled
def mark_string(rounds: Rounds, day: int, customer: int, longest: int, gone: Flags) -> None:
    """Marks a run of stops around the customer, at times with a kept piece in its middle."""
    vehicle = rounds.vehicle[customer, day]
    count = rounds.sizes[day, vehicle]
    length = int(np.random.random() * min(count, longest)) + 1
    kept = 0
    if length > 1 and np.random.random() < SPLIT_SHARE:
        kept = 1
        while length + kept < count and np.random.random() < KEEP_SHARE:
            kept += 1
        kept = min(kept, count - length)
    at, whole = position(rounds, day, customer), length + kept
    first = max(0, at - whole + 1)
    start = first + int(np.random.random() * (min(at, count - whole) - first + 1))
    hole = start + int(np.random.random() * (length + 1))
    for place in range(start, start + whole):
        if not hole <= place < hole + kept or place == at:
            gone[rounds.stops[day, vehicle, place]] = True


@compiled
def ruin(case: Case, rounds: Rounds, touched: Flags, removed: Ints) -> int:
    """Takes out customers in strings of neighbouring rounds, each from all its days; says how many."""
    gone = np.zeros(len(case.demand), np.bool_)
    hit = np.zeros(touched.shape, np.bool_)
    longest = min(float(LONGEST_STRING), mean_count(rounds))
    most = 4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0
    strings = int(np.random.random() * most) + 1
    seed = 1 + int(np.random.random() * (len(case.demand) - 1))
    for customer in case.near[seed]:
        if strings == 0:
            break
        day = a_day_of(rounds, customer)
        if customer == 0 or gone[customer] or day == NOWHERE or hit[day, rounds.vehicle[customer, day]]:
            continue
        hit[day, rounds.vehicle[customer, day]] = True
        mark_string(rounds, day, customer, max(1, int(longest)), gone)
        strings -= 1
    return take_out_all(case, rounds, touched, gone, removed)


@compiled
def take_out_all(case: Case, rounds: Rounds, touched: Flags, gone: Flags, removed: Ints) -> int:
    """Takes every marked customer out of every day."""
    count = 0
    for customer in range(1, len(gone)):
        if gone[customer]:
            removed[count] = customer
            count += 1
            for day in range(rounds.vehicle.shape[1]):
                if rounds.vehicle[customer, day] != NOWHERE:
                    touched[day, rounds.vehicle[customer, day]] = True
                    take_out(case, rounds, day, customer)
    return count


@compiled
def sort_removed(case: Case, removed: Ints, count: int) -> None:
    """At random, or heavy first, or far first, or near first, or those with the fewest choices of days first."""
    keys, way = np.empty(count), np.random.random() * 12.0
    for i in range(count):
        customer = removed[i]
        key = np.random.random()
        if way < 3.0:
            key = -case.demand[customer] * case.visits[customer]
        elif way < 5.0:
            key = -case.distance[0, customer]
        elif way < 6.0:
            key = case.distance[0, customer]
        elif way < 8.0:
            key += case.spans[customer + 1] - case.spans[customer]
        place = i
        while place > 0 and keys[place - 1] > key:
            keys[place], removed[place] = keys[place - 1], removed[place - 1]
            place -= 1
        keys[place], removed[place] = key, customer


@compiled
def cheapest_place(case: Case, rounds: Rounds, day: int, vehicle: int, customer: int) -> tuple[float, int]:
    """The least detour in one round, now and then overlooking a place."""
    best, where, before = np.inf, 0, 0
    stops, count, far = rounds.stops[day, vehicle], rounds.sizes[day, vehicle], case.distance[customer]
    for at in range(count + 1):
        after = stops[at] if at < count else 0
        detour = far[before] + far[after] - case.distance[before, after]
        if detour < best and np.random.random() > BLINK:
            best, where = detour, at
        before = after
    return best, where


@compiled
def cheapest_of_day(case: Case, rounds: Rounds, dials: Dials, day: int, customer: int) -> tuple[float, int, int]:
    """The least price of a visit on a day, over all its rounds, and where."""
    best, chosen, where, seen_empty = np.inf, 0, 0, False
    for vehicle in range(rounds.sizes.shape[1]):
        if rounds.sizes[day, vehicle] == 0:
            if seen_empty:
                continue
            seen_empty = True
        detour, at = cheapest_place(case, rounds, day, vehicle, customer)
        load, time = rounds.load[day, vehicle] - case.capacity[day], rounds.lasts[day, vehicle] - case.duration[day]
        heavier = max(0.0, load + case.demand[customer]) - max(0.0, load)
        longer = max(0.0, time + detour + case.service[customer]) - max(0.0, time)
        price = detour + dials.load_price[0] * heavier + dials.time_price[0] * longer
        if price < best:
            best, chosen, where = price, vehicle, at
    return best, chosen, where


@compiled
def insert(case: Case, rounds: Rounds, dials: Dials, touched: Flags, customer: int) -> None:
    """Puts the customer into the combination of days that costs least."""
    days = rounds.sizes.shape[0]
    price, vehicle, at = np.full(days, UNKNOWN), np.zeros(days, np.int64), np.zeros(days, np.int64)
    best, chosen = np.inf, case.spans[customer]
    for choice in range(case.spans[customer], case.spans[customer + 1]):
        total = 0.0
        for day in range(days):
            if case.choices[choice, day] and price[day] == UNKNOWN:
                price[day], vehicle[day], at[day] = cheapest_of_day(case, rounds, dials, day, customer)
            total += price[day] if case.choices[choice, day] else 0.0
        if total < best:
            best, chosen = total, choice
    for day in np.flatnonzero(case.choices[chosen]):
        put_in(case, rounds, Slot(int(day), vehicle[day], at[day]), customer)
        touched[day, vehicle[day]] = True


@compiled
def build(case: Case, rounds: Rounds, dials: Dials, touched: Flags, order: Ints) -> None:
    """Inserts customers one after another; without choices of days a customer is left out."""
    for customer in order:
        if case.spans[customer + 1] > case.spans[customer]:
            insert(case, rounds, dials, touched, customer)


@compiled
def total(due: Toll, dials: Dials) -> float:
    """Distance and what the limits cost that are exceeded."""
    return due.length + dials.load_price[0] * due.load + dials.time_price[0] * due.time


@compiled
def step(case: Case, now: Rounds, trial: Rounds, dials: Dials, removed: Ints) -> bool:
    """One ruin and recreate on the trial; `now` takes it over if it is accepted, else the trial goes back to `now`."""
    touched = np.zeros(now.sizes.shape, np.bool_)
    count = ruin(case, trial, touched, removed)
    sort_removed(case, removed, count)
    build(case, trial, dials, touched, removed[:count])
    bar = total(toll(case, now), dials) - dials.heat[0] * np.log(np.random.random())
    is_taken = total(toll(case, trial), dials) < bar
    source, target = (trial, now) if is_taken else (now, trial)
    copy_rounds(source, target, touched)
    for customer in removed[:count]:
        for day in range(now.vehicle.shape[1]):
            target.vehicle[customer, day] = source.vehicle[customer, day]
    return is_taken


@compiled
def turn_prices(dials: Dials, load_over: float, time_over: float) -> None:
    """Limits that are exceeded grow dearer, those that are kept grow cheaper: the search stays near the edge."""
    dials.load_price[0] = min(1e6, max(1e-3, dials.load_price[0] * (1.04 if load_over > ROUNDING else 0.97)))
    dials.time_price[0] = min(1e6, max(1e-3, dials.time_price[0] * (1.04 if time_over > ROUNDING else 0.97)))


@compiled
def anneal(case: Case, attempts: Attempts, dials: Dials, steps: int) -> None:
    """So many steps from the rounds that are now; the best of those that keep every limit are remembered."""
    now, trial, best = attempts
    removed = np.empty(len(case.demand), np.int64)
    everything = np.ones(now.sizes.shape, np.bool_)
    least = toll(case, best).length if best.sizes.sum() > 0 else np.inf
    for number in range(steps):
        if step(case, now, trial, dials, removed):
            length, load, time = toll(case, now)
            if load <= ROUNDING and time <= ROUNDING and length < least - ROUNDING:
                least = length
                copy_rounds(now, best, everything)
        if number % 50 == 0:
            _, load, time = toll(case, now)
            turn_prices(dials, load, time)

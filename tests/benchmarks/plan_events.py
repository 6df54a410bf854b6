"""Single events in the nation's live plan: an arrival, a closing, a no-show, a hand-back, a wish for another day."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from scheduling.planner import events
from scheduling.planner.events import Live, Moved
from scheduling.planner.model import NOBODY, Facts, Ints, Reals, Visits

EVENTS = 1_000
"""Of each kind."""
TODAY = 40
KINDS = ("close", "arrive", "missed", "hand_back", "another_day")
FORTNIGHT = 10
Event = Callable[[Live, int], list[Moved]]


def measure_events(facts: Facts, visits: Visits, seed: int) -> tuple[dict[str, float], str]:
    """The median of each kind, the slowest kind's as `event_ms`, and all of it in words."""
    each = event_milliseconds(facts, visits, seed)
    medians = {f"event_{kind}_ms": float(np.median(spent)) for kind, (spent, _) in each.items()}
    slowest = {
        "event_ms": max(medians.values()),
        "event_p99_ms": max(float(np.percentile(spent, 99)) for spent, _ in each.values()),
    }
    words = [_told(kind, spent, done) for kind, (spent, done) in each.items()]
    return medians | slowest, "\n".join(words)


def _told(kind: str, spent: Reals, done: float) -> str:
    found = "closed" if kind == "close" else "placed"
    p99 = np.percentile(spent, 99)
    return f"{kind}: {np.median(spent):.3f} ms, p99 {p99:.3f} ms, {done:.1%} of {len(spent):,} {found}"


def event_milliseconds(facts: Facts, visits: Visits, seed: int) -> dict[str, tuple[Reals, float]]:
    """For each kind the time of every event, and the share of events that found (or, closing, freed) their places.

    Enterprises whose visits all lie ahead are closed and arrive again; the other kinds happen to others.
    """
    state = events.live(facts, visits)
    chosen = _chosen(state, np.random.default_rng(seed))
    happen: dict[str, tuple[Event, Ints]] = {
        "close": (lambda live, site: events.close(live, site, TODAY), chosen[0]),
        "arrive": (lambda live, site: events.arrive(live, site, TODAY), chosen[0]),
        "missed": (lambda live, site: events.missed(live, site, 1, int(live.day[site, 0])), chosen[1]),
        "hand_back": (lambda live, site: events.hand_back(live, site, TODAY), chosen[2]),
        "another_day": (_another_day, chosen[3]),
    }
    each = {kind: _spent(state, happen[kind], is_closing=kind == "close") for kind in KINDS}
    if each["arrive"][1] < 0.99:
        raise RuntimeError(f"only {each['arrive'][1]:.1%} of the new enterprises found days")
    return each


def _chosen(state: Live, rng: np.random.Generator) -> list[Ints]:
    """As many enterprises for each kind, nobody twice, all of whose visits lie ahead and have a date."""
    needs = state.facts.sites.visits
    ahead = (state.day > TODAY).sum(axis=1) == needs
    able = rng.permutation(np.flatnonzero(ahead & (needs > 1)))
    return np.array_split(able[: 4 * EVENTS], 4)


def _another_day(state: Live, site: int) -> list[Moved]:
    """Any day of the two weeks after its second visit, which moves further away from the first."""
    days, was = np.arange(len(state.facts.calendar)), state.day[site, 1]
    return events.another_day(state, site, 2, (days > was) & (days <= was + FORTNIGHT))


def _spent(state: Live, happening: tuple[Event, Ints], *, is_closing: bool) -> tuple[Reals, float]:
    """Milliseconds of each event but the first, which loads the compiled functions."""
    event, sites = happening
    spent, done = np.empty(len(sites)), 0
    for row, site in enumerate(sites.tolist()):
        began = perf_counter()
        moved = event(state, site)
        spent[row] = perf_counter() - began
        done += bool(moved) and all((one.day == NOBODY) == is_closing for one in moved)
    return 1000 * spent[1:], done / max(len(sites), 1)

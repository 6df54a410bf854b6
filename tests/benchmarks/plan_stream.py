"""A year as it comes: half of the enterprises are known at the start, the others arrive until day 110.

Every ten working days everything beyond the next five is planned again, for those known and for a forecast of those
to come: enterprises like the known ones, at random, as many as are still expected.
"""

from dataclasses import dataclass, replace

import numpy as np

from scheduling.planner import plan
from scheduling.planner.bundles import urgent
from scheduling.planner.measures import day_kilometres
from scheduling.planner.model import Facts, Flags, Ints, Sites, Visits
from scheduling.planner.openings import pack, unpack

KNOWN_AT_START, LAST_ARRIVAL = 0.5, 110
STEP, FROZEN, LEAD, LATEST = 10, 5, 3, 40


@dataclass(frozen=True)
class Stream:
    """What the year came to."""

    km_a_visit: float
    scheduled_share: float
    wait_riskiest: float
    wait_riskiest_p90: float
    replans: int
    slowest_s: float


def run_stream(facts: Facts, seed: int) -> Stream:
    """Plans the year in steps; what is frozen or past stays as it is."""
    rng, width = np.random.default_rng(seed), len(facts.calendar)
    open_days = unpack(facts.sites.open_days, width)
    arrival = _arrivals(open_days, rng)
    open_days &= np.arange(width)[None, :] >= np.where(arrival > 0, arrival + LEAD, 0)[:, None]
    kept, slowest, replans = Visits(), 0.0, 0
    visits = Visits()
    for today in range(0, LAST_ARRIVAL + STEP, STEP):
        first = today + FROZEN if today else 0
        kept = visits.take(visits.day < first)
        asked, known = _forecast(facts, (open_days, arrival), today, rng)
        made = plan(replace(asked, kept=_renumbered(kept, known), rules=replace(facts.rules, first_open_day=first)))
        mine = made.visits.site < len(known)
        visits = replace(made.visits.take(mine), site=known[made.visits.site[mine]])
        replans, slowest = replans + 1, max(slowest, sum(made.seconds.values()))
    return _told(replace(facts, sites=replace(facts.sites, open_days=pack(open_days))), visits, (replans, slowest))


def _arrivals(open_days: Flags, rng: np.random.Generator) -> Ints:
    """The day on which each becomes known; a construction site is known while there is time for its visits."""
    count, width = open_days.shape
    arrival = np.where(rng.random(count) < KNOWN_AT_START, 0, rng.integers(0, LAST_ARRIVAL + 1, count))
    closes = width - 1 - open_days[:, ::-1].argmax(axis=1)
    return np.minimum(arrival, np.maximum(0, closes - LATEST))


def _forecast(facts: Facts, when: tuple[Flags, Ints], today: int, rng: np.random.Generator) -> tuple[Facts, Ints]:
    """Those known today, then as many made-up ones as are still to come, each like a known one somewhere near it."""
    open_days, arrival = when
    known = np.flatnonzero(arrival <= today)
    share = 1 - min(1.0, (today + 1) / (LAST_ARRIVAL + 1))
    expected = round(len(arrival) * (1 - KNOWN_AT_START) * share)
    like = rng.choice(known, expected)
    opens = rng.integers(min(today + 1, LAST_ARRIVAL), LAST_ARRIVAL + 1, expected) + LEAD
    days = unpack(facts.sites.open_days[like], len(facts.calendar)) & (np.arange(len(facts.calendar)) >= opens[:, None])
    rows = np.concatenate([known, like])
    sites = _take(facts.sites, rows)
    moved = sites.place.copy()
    moved[len(known) :] += rng.normal(0, 1.5, (expected, 2))
    everything = np.concatenate([open_days[known], days])
    return replace(facts, sites=replace(sites, place=moved, open_days=pack(everything))), known


def _take(sites: Sites, rows: Ints) -> Sites:
    return Sites(**{name: getattr(sites, name)[rows] for name in Sites.__dataclass_fields__})


def _renumbered(visits: Visits, known: Ints) -> Visits:
    return replace(visits, site=np.searchsorted(known, visits.site))


def _told(facts: Facts, visits: Visits, work: tuple[int, float]) -> Stream:
    opens = unpack(facts.sites.open_days, len(facts.calendar)).argmax(axis=1)
    first = visits.take(visits.ordinal == 1)
    wait = (first.day - opens[first.site])[urgent(facts.sites.risk)[first.site] > 0]
    return Stream(
        km_a_visit=float(day_kilometres(facts, visits).sum()) / max(len(visits), 1),
        scheduled_share=len(visits) / int(facts.sites.visits.sum()),
        wait_riskiest=float(wait.mean()),
        wait_riskiest_p90=float(np.percentile(wait, 90)),
        replans=work[0],
        slowest_s=work[1],
    )

"""A year as it comes: half of the enterprises are known at the start, the others arrive until day 110.

Every ten working days everything beyond the next five is planned again, with room left for those still expected.
In between each arriving enterprise is placed at once, where its way and the managers' shadow prices cost least.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from scheduling.planner import Plan, events, plan
from scheduling.planner.difference import difference
from scheduling.planner.forecast import forecast, in_proportion
from scheduling.planner.measures import measure
from scheduling.planner.model import PROVINCES, Facts, Flags, Ints, Reason, Sites, Stage, Unscheduled, Visits
from scheduling.planner.openings import pack, unpack
from scheduling.planner.prices import shadow_prices

KNOWN_AT_START, LAST_ARRIVAL = 0.5, 110
STEP, FROZEN, LEAD, LATEST = 10, 5, 3, 40


@dataclass(frozen=True)
class Outlook:
    """How well those to come are foreseen: which share of them, and how wrongly by province (a log-normal sigma)."""

    share: float = 1.0
    error: float = 0.0


LOW = Outlook(0.85, 0.4)


@dataclass(frozen=True)
class Stream:
    """What the year came to; milliseconds and shares are of the arrivals, the plans' seconds are of the slowest.

    `too_early` counts, plan by plan, visits before anybody knew the enterprise.
    """

    km_a_visit: float
    scheduled_share: float
    wait_riskiest: float
    wait_riskiest_p90: float
    published_moved: int
    too_early: int
    drafts_moved_share: float
    placed_at_once_share: float
    arrival_ms: float
    replan_s: float


@dataclass
class Tally:
    """What is counted on the way."""

    published_moved: int = 0
    too_early: int = 0
    drafts: int = 0
    drafts_moved: int = 0
    arrived: int = 0
    placed: int = 0
    arrive_s: float = 0.0
    replan_s: float = 0.0


@dataclass
class Year:
    """The facts as the whole year will show them, the day on which each becomes known, and the visits of today."""

    facts: Facts
    arrival: Ints
    outlook: Outlook
    seed: int
    visits: Visits
    tally: Tally


def run_stream(facts: Facts, seed: int, outlook: Outlook) -> tuple[Stream, Plan]:
    """The year in steps; what is published or past stays as it is."""
    year = begin(facts, seed, outlook)
    for today in range(0, LAST_ARRIVAL + STEP, STEP):
        plan_again(year, today)
        place_arrivals(year, today)
    made = _whole(year)
    return _told(year, made), made


def begin(facts: Facts, seed: int, outlook: Outlook) -> Year:
    """Nothing is planned; whoever arrives later is open some days after that."""
    rng, width = np.random.default_rng(seed), len(facts.calendar)
    open_days = unpack(facts.sites.open_days, width)
    arrival = _arrivals(open_days, rng)
    open_days &= np.arange(width)[None, :] >= np.where(arrival > 0, arrival + LEAD, 0)[:, None]
    sites = replace(facts.sites, open_days=pack(open_days))
    return Year(replace(facts, sites=sites), arrival, outlook, seed, Visits(), Tally())


def _arrivals(open_days: Flags, rng: np.random.Generator) -> Ints:
    """The day on which each becomes known; a construction site is known while there is time for its visits."""
    count, width = open_days.shape
    arrival = np.where(rng.random(count) < KNOWN_AT_START, 0, rng.integers(0, LAST_ARRIVAL + 1, count))
    closes = width - 1 - open_days[:, ::-1].argmax(axis=1)
    return np.minimum(arrival, np.maximum(0, closes - LATEST))


def plan_again(year: Year, today: int) -> None:
    """Keeps what is published by now and plans the rest of those known."""
    began, first = perf_counter(), today + FROZEN if today else 0
    published = year.visits.day < first
    before = replace(year.visits, stage=np.where(published, int(Stage.PUBLISHED), int(Stage.DRAFT)))
    facts, known = _as_known(year, today, before.take(published), first)
    made = plan(facts, forecast=_foreseen(year, facts, today)).visits
    year.tally.replan_s = max(year.tally.replan_s, perf_counter() - began)
    year.visits = replace(made, site=known[made.site])
    change = difference(year.facts, before, year.visits)
    year.tally.published_moved += len(_rows(before.take(published)) - _rows(year.visits))
    year.tally.drafts += int((~published).sum())
    year.tally.drafts_moved += len(change.moved) + len(change.dropped) - change.published_moved
    year.tally.too_early += int((year.visits.day < year.arrival[year.visits.site]).sum())


def _rows(visits: Visits) -> set[tuple[int, ...]]:
    """Who is visited when by whom, to be compared without the planner's own account of it."""
    columns = (visits.site, visits.ordinal, visits.manager, visits.day)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def place_arrivals(year: Year, today: int) -> None:
    """Those who arrive before the next plan get their days at once."""
    coming = np.flatnonzero((year.arrival > today) & (year.arrival <= today + STEP))
    coming = coming[np.argsort(year.arrival[coming], kind="stable")]
    facts, _ = _as_known(year, today, year.visits.take(year.visits.day < today), today)
    price = shadow_prices(facts, _foreseen(year, facts, today))
    state = events.live(year.facts, year.visits, price, today + STEP + FROZEN)
    began = perf_counter()
    for site in coming.tolist():
        year.tally.placed += events.arrive(state, site, int(year.arrival[site]))[0].manager >= 0
    year.tally.arrive_s += perf_counter() - began
    year.tally.arrived += len(coming)
    site, turn = np.nonzero(state.day >= 0)
    day, none = state.day[site, turn], np.zeros(len(site), np.int64)
    year.visits = Visits(site, turn + 1, state.manager[site, turn], day, year.facts.calendar.dates[day], none, none > 0)


def _as_known(year: Year, today: int, kept: Visits, first: int) -> tuple[Facts, Ints]:
    """The facts that anybody can know today, and which enterprises of the whole year they are about."""
    known = np.flatnonzero(year.arrival <= today)
    kept = replace(kept, site=np.searchsorted(known, kept.site))
    rules = replace(year.facts.rules, first_open_day=first)
    return replace(year.facts, sites=year.facts.sites.take(known), kept=kept, rules=rules), known


def _foreseen(year: Year, known: Facts, today: int) -> Sites:
    """Those expected today to come, like those known; where the outlook is wrong, it is so in the same way all year."""
    share = 1 - min(1.0, (today + 1) / (LAST_ARRIVAL + 1))
    table = in_proportion(known.sites, round(len(year.arrival) * (1 - KNOWN_AT_START) * share * year.outlook.share))
    wrong = np.exp(np.random.default_rng(year.seed).normal(0, year.outlook.error, PROVINCES))
    weight = table * np.tile(wrong, len(table) // PROVINCES)
    table = np.round(weight * table.sum() / max(weight.sum(), 1)).astype(np.int64)
    return forecast(known, table, year.seed + today)


def _whole(year: Year) -> Plan:
    """The year's visits as one plan."""
    sites, visits = year.facts.sites, year.visits
    turn = np.arange(int(sites.visits.max(initial=0)))
    missing = turn[None, :] < sites.visits[:, None]
    missing[visits.site, visits.ordinal - 1] = False
    site, ordinal = np.nonzero(missing)
    left = Unscheduled(site, ordinal + 1, np.full(len(site), int(Reason.NO_CAPACITY)))
    return Plan(visits, left, year.facts.managers.agency[visits.manager])


def _told(year: Year, made: Plan) -> Stream:
    figures, tally = measure(year.facts, made), year.tally
    return Stream(
        km_a_visit=figures.km_a_visit,
        scheduled_share=figures.scheduled_share,
        wait_riskiest=figures.wait_riskiest,
        wait_riskiest_p90=figures.wait_riskiest_p90,
        published_moved=tally.published_moved,
        too_early=tally.too_early,
        drafts_moved_share=tally.drafts_moved / max(tally.drafts, 1),
        placed_at_once_share=tally.placed / max(tally.arrived, 1),
        arrival_ms=1000 * tally.arrive_s / max(tally.arrived, 1),
        replan_s=tally.replan_s,
    )

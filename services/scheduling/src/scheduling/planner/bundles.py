"""Day bundles: near enterprises of one group of managers, three or four to a day, reused for every later visit."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from scheduling.planner.groups import Groups
from scheduling.planner.model import NOBODY, Bits, Facts, Flags, Ints, Reals
from scheduling.planner.openings import unpack
from scheduling.planner.savings import Bundles, Ground, alone, every_pair, join_all, unfinished
from scheduling.planner.search import improve

NEAR_TO_JOIN, NEAR_TO_IMPROVE, ROUNDS = 32, 12, 20
EVERY_PAIR_UPTO = 700
SLACK_DAYS = 12
MAY_WAIT = 25


@dataclass(frozen=True)
class Pool:
    """Enterprises that need the same number of visits from their groups, and the days each may still be visited."""

    site: Ints
    group: Ints
    open_days: Bits
    visits: int


@dataclass(frozen=True)
class DayBundles:
    """One row a bundle: its group, its enterprises (NOBODY where the row is shorter), its common days, its round."""

    group: Ints
    member: Ints
    size: Ints
    open_days: Bits
    km: Reals
    visits: int

    def __len__(self) -> int:
        return len(self.group)

    def take(self, rows: Ints | Flags) -> "DayBundles":
        """Only these bundles."""
        return DayBundles(
            self.group[rows], self.member[rows], self.size[rows], self.open_days[rows], self.km[rows], self.visits
        )


def bundle(facts: Facts, groups: Groups, pool: Pool, workers: int | None = None) -> DayBundles:
    """Bundles of every group; the groups are independent, so any number of workers gives the same."""
    order = np.argsort(pool.group, kind="stable")
    order = order[pool.group[order] != NOBODY]
    rows = np.split(order, np.flatnonzero(np.diff(pool.group[order])) + 1) if len(order) else []
    latest = deadlines(facts)

    def one(of_group: Ints) -> DayBundles:
        return _bundle_group(facts, groups, _part(pool, of_group), latest)

    return _together(facts, groups, side_by_side(one, rows, workers), pool.visits)


def urgent(risk: Reals) -> Reals:
    """How much of each enterprise belongs to the riskiest tenth; where it divides equal risks, all have a share."""
    tenth = max(len(risk) / 10, 1.0)
    limit = np.sort(risk)[::-1][: int(np.ceil(tenth))][-1] if len(risk) else 0.0
    above, equal = (risk > limit).astype(np.float64), (risk == limit).astype(np.float64)
    return above + equal * (tenth - above.sum()) / max(equal.sum(), 1.0)


def deadlines(facts: Facts) -> Ints:
    """The day after which no bundle of an enterprise may open: what opens late must not keep the riskiest waiting."""
    opens = unpack(facts.sites.open_days, len(facts.calendar)).argmax(axis=1)
    return np.where(
        urgent(facts.sites.risk) > 0.5, np.maximum(opens, facts.rules.first_open_day) + MAY_WAIT, len(facts.calendar)
    )


def side_by_side(work: Callable[[Ints], DayBundles], parts: list[Ints], workers: int | None) -> list[DayBundles]:
    """Does independent parts by so many workers, or on all cores; the answers come in the order of the parts."""
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as threads:
        return list(threads.map(work, parts))


def shorter(place: Reals, base: Reals, limit: int) -> tuple[Ints, Reals]:
    """Bundles of places that may meet on any day: which bundle each is in, and each bundle's round."""
    ground = Ground(
        place, base, np.ones((len(place), 1), np.uint64) * 3, np.arange(2), limit, 0, np.ones(len(place), np.int64)
    )
    made = build(ground)
    return made.of, made.km


def build(ground: Ground) -> Bundles:
    """Savings among near ones, then among whatever is unfinished, then the search for better."""
    bundles = alone(ground)
    count = len(ground.place)
    if count > 1:
        near = nearest(ground.place, NEAR_TO_JOIN)
        one, other = np.repeat(np.arange(count), near.shape[1]), near.ravel()
        pairs = np.unique(np.minimum(one, other) * count + np.maximum(one, other))
        join_all(ground, bundles, pairs // count, pairs % count)
        _join_rest(ground, bundles)
        improve(ground, bundles, near[:, :NEAR_TO_IMPROVE].copy(), ROUNDS)
    return bundles


def _join_rest(ground: Ground, bundles: Bundles) -> None:
    rest = unfinished(ground, bundles)
    if 1 < len(rest) <= EVERY_PAIR_UPTO:
        join_all(ground, bundles, *every_pair(rest))
    elif len(rest) > EVERY_PAIR_UPTO:
        near = nearest(ground.place[rest], 4 * NEAR_TO_JOIN)
        join_all(ground, bundles, rest.repeat(near.shape[1]), rest[near.ravel()])


def nearest(place: Reals, count: int) -> Ints:
    """The places nearest to each, without itself, nearest first."""
    count = min(count, len(place) - 1)
    found = np.asarray(KDTree(place).query(place, k=count + 1)[1], np.int64)
    itself = found == np.arange(len(place))[:, None]
    # Of places on one spot a place may not find itself at all: then the farthest is left out.
    itself[~itself.any(axis=1), -1] = True
    return found[~itself].reshape(len(place), count)


def _part(pool: Pool, rows: Ints) -> Pool:
    return Pool(pool.site[rows], pool.group[rows], pool.open_days[rows], pool.visits)


def _bundle_group(facts: Facts, groups: Groups, pool: Pool, latest: Ints) -> DayBundles:
    group, widest = int(pool.group[0]), _widest(groups)
    span = (pool.visits - 1) * facts.rules.spacing_days + (SLACK_DAYS if pool.visits > 1 else 0)
    ground = Ground(
        facts.sites.place[pool.site],
        groups.base[group],
        pool.open_days & groups.open_days[group],
        facts.calendar.dates,
        int(groups.stops[group]),
        span,
        latest[pool.site],
    )
    made = build(ground)
    rows = np.flatnonzero(made.size)
    member = np.full((len(rows), widest), NOBODY, np.int64)
    inside = made.member[rows, : int(groups.stops[group])]
    member[:, : inside.shape[1]] = np.where(inside >= 0, pool.site[inside], NOBODY)
    member[np.arange(widest)[None, :] >= made.size[rows][:, None]] = NOBODY
    return DayBundles(np.full(len(rows), group), member, made.size[rows], made.days[rows], made.km[rows], pool.visits)


def _widest(groups: Groups) -> int:
    """The columns of a table of members: as many as anybody visits a day."""
    return int(groups.stops.max(initial=1))


def _together(facts: Facts, groups: Groups, parts: list[DayBundles], visits: int) -> DayBundles:
    if not parts:
        words, none = facts.sites.open_days.shape[1], np.empty(0, np.int64)
        member = np.empty((0, _widest(groups)), np.int64)
        return DayBundles(none, member, none, np.empty((0, words), np.uint64), np.empty(0), visits)
    columns = [
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("group", "member", "size", "open_days", "km")
    ]
    return DayBundles(columns[0], columns[1], columns[2], columns[3], columns[4], visits)

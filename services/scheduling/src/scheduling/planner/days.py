"""Bundles get their days: for each manager one assignment of first visits, risk first, then one of each later visit."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from scheduling.planner.bundles import DayBundles, urgent
from scheduling.planner.geometry import ROAD
from scheduling.planner.groups import Groups
from scheduling.planner.model import NOBODY, Facts, Flags, Ints, Reals
from scheduling.planner.openings import unpack
from scheduling.planner.squeeze import FREE, Agenda, occupants, squeeze_in

IMPOSSIBLE = 1e9
URGENT_WEIGHT = 30.0
BETWEEN_VISITS = 70
"""Working days aimed at between two visits: time for measures to be taken, and to be verified this year."""
PREFERENCE = 3.0
CHANGE_TAX = 40.0
TIGHT_SHARE = 0.9
VERY_TIGHT = 70


@dataclass(frozen=True)
class Wishes:
    """What a day of a bundle costs: urgency for a first visit, and what its enterprises would rather have."""

    urgency: Reals
    dislike: Reals
    changed: Reals


@dataclass(frozen=True)
class Rota:
    """Who makes each bundle, and on which days each manager is free; both change in place as days are given."""

    manager: Ints
    free: Flags


@dataclass
class Diary:
    """One manager's days: which are free, which bundles may have which, and what has been given."""

    free: Flags
    may: Flags
    following: Ints
    given: Ints

    def give(self, rows: Ints, turn: int, cost: Reals) -> None:
        """The cheapest different days for these bundles, among the free ones that each may have."""
        days = np.flatnonzero(self.free)
        if not len(rows) or not len(days):
            return
        allowed = self.may[np.ix_(rows, days)] & self._between(rows, turn, days)
        row, column = linear_sum_assignment(np.where(allowed, cost[:, days], IMPOSSIBLE))
        fine = allowed[row, column]
        self.given[rows[row[fine]], turn] = days[column[fine]]
        self.free[days[column[fine]]] = False

    def _between(self, rows: Ints, turn: int, days: Ints) -> Flags:
        """Days late enough after the visit before, and early enough for the visits still to come."""
        left = self.given.shape[1] - 1 - turn
        last = np.where(self.may.any(axis=1), self.may.shape[1] - 1 - self.may[:, ::-1].argmax(axis=1), -1)[rows]
        end = days.copy()
        for _ in range(left):
            end = np.append(self.following, len(self.following))[end]
        fits = end[None, :] <= last[:, None]
        if turn:
            before = self.given[rows, turn - 1]
            fits &= (days[None, :] >= self.following[before][:, None]) & (before >= 0)[:, None]
        return fits

    def take_back(self, rows: Ints) -> None:
        """Bundles that did not get all their days get none."""
        short = rows[(self.given[rows] < 0).any(axis=1)]
        back = self.given[short].ravel()
        self.free[back[back >= 0]] = True
        self.given[short] = NOBODY


def schedule(facts: Facts, groups: Groups, bundles: DayBundles, rota: Rota, patience_km: float = np.inf) -> Ints:
    """The days of each bundle's visits (NOBODY where no day was found).

    Another manager takes a bundle where only a colleague has room; the free days lose those that are given.
    With patience, bundles that still lack near mates and carry none of the riskiest let the others go first.
    """
    may, wishes = unpack(bundles.open_days, len(facts.calendar)), wishes_of(facts, bundles)
    urgency = wishes.urgency
    wishes = replace(
        wishes, urgency=urgency * ripeness(facts, groups, bundles, patience_km) ** (urgency < URGENT_WEIGHT)
    )
    given = _assign(facts, bundles, wishes, rota)
    following = facts.calendar.following(facts.rules.spacing_days)
    agenda = Agenda(occupants(rota.free, rota.manager, given), may, given, following, urgency)
    squeeze_in(groups, bundles.group, rota.manager, agenda)
    rota.free[:] = agenda.occupant == FREE
    return given


def ripeness(facts: Facts, groups: Groups, bundles: DayBundles, patience_km: float) -> Reals:
    """One for a full bundle of near enterprises, less for each kilometre a visit beyond its share of the ways out."""
    inside = bundles.member != NOBODY
    place = facts.sites.place[np.where(inside, bundles.member, 0)] - groups.base[bundles.group][:, None, :]
    share = (np.hypot(place[:, :, 0], place[:, :, 1]) * inside).sum(axis=1) * 2 / groups.stops[bundles.group]
    return np.exp(-ROAD * np.maximum(bundles.km - share, 0.0) / bundles.size / patience_km)


def _assign(facts: Facts, bundles: DayBundles, wishes: Wishes, rota: Rota) -> Ints:
    given = np.full((len(bundles), bundles.visits), NOBODY, np.int64)
    may_all = unpack(bundles.open_days, len(facts.calendar))
    following = facts.calendar.following(facts.rules.spacing_days)
    changes = changes_of(facts, bundles)
    order = np.argsort(rota.manager, kind="stable")
    order = order[rota.manager[order] != NOBODY]
    rows_of = np.split(order, np.flatnonzero(np.diff(rota.manager[order])) + 1) if len(order) else []
    for rows in rows_of:
        free = rota.free[rota.manager[rows[0]]]
        diary = Diary(free.copy(), may_all[rows] & free, following, given[rows])
        _fill(diary, Wishes(wishes.urgency[rows], wishes.dislike[rows], changes[:, rows]), facts)
        given[rows] = diary.given
    return given


def _fill(diary: Diary, wishes: Wishes, facts: Facts) -> None:
    """Short windows and the riskiest choose first; then the others."""
    width = len(facts.calendar)
    opens = diary.may.argmax(axis=1)
    shuts = width - 1 - diary.may[:, ::-1].argmax(axis=1)
    tight = (shuts - opens) < TIGHT_SHARE * np.ptp(np.flatnonzero(diary.free)) if diary.free.any() else opens < 0
    risky = wishes.urgency >= URGENT_WEIGHT
    taste = wishes.dislike[:, facts.calendar.weekdays]
    wait = np.maximum(np.arange(width)[None, :] - opens[:, None], 0) * wishes.urgency[:, None] + taste
    turn_of = np.where(shuts - opens < VERY_TIGHT, 0, np.where(tight | risky, 1, 2))
    for rows in (np.flatnonzero(turn_of == turn) for turn in range(3)):
        diary.give(rows, 0, wait[rows] + wishes.changed[0, rows])
        for turn in range(1, diary.given.shape[1]):
            aim = np.minimum(diary.given[rows, turn - 1] + BETWEEN_VISITS, shuts[rows])
            late = np.abs(np.arange(width)[None, :] - aim[:, None])
            diary.give(rows, turn, late + taste[rows] + wishes.changed[turn, rows])
        diary.take_back(rows)


def wishes_of(facts: Facts, bundles: DayBundles) -> Wishes:
    """The wishes of every bundle's enterprises, added up."""
    inside = bundles.member != NOBODY
    member = np.where(inside, bundles.member, 0)
    risk = facts.sites.risk
    urgency = 0.1 + 3 * (risk / 9) ** 2 + facts.rules.risk_weight * URGENT_WEIGHT * urgent(risk)
    preferred = facts.sites.preferred[member]
    wanted = (preferred[:, :, None] >> np.arange(7)[None, None, :]) & 1
    dislike = ((preferred > 0)[:, :, None] & (wanted == 0) & inside[:, :, None]).sum(axis=1) * PREFERENCE
    return Wishes((urgency[member] * inside).sum(axis=1), dislike.astype(np.float64), np.zeros((bundles.visits, 0)))


def changes_of(facts: Facts, bundles: DayBundles) -> Reals:
    """By turn, bundle and day: the price of leaving the days of the drafts; no drafts, nothing."""
    taxed = np.zeros((bundles.visits, len(bundles), len(facts.calendar) if len(facts.drafts) else 1))
    row, slot = np.nonzero(bundles.member != NOBODY)
    of = np.full(len(facts.sites), NOBODY, np.int64)
    of[bundles.member[row, slot]] = row
    drafts = facts.drafts.take((facts.drafts.day >= 0) & (of[facts.drafts.site] != NOBODY))
    # Where earlier visits are kept, the draft of the second visit is the first that the bundle still plans.
    turn = drafts.ordinal - 1 - (facts.sites.visits[drafts.site] - bundles.visits)
    inside = (turn >= 0) & (turn < bundles.visits)
    at = (turn[inside], of[drafts.site[inside]])
    np.add.at(taxed, at, CHANGE_TAX)
    np.add.at(taxed, (*at, drafts.day[inside]), -CHANGE_TAX)
    return taxed

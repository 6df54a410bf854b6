"""The fewest managers that would end a shortfall on paper: as many as the cuts demand, and enough for the flow."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from scheduling.planner.capacity import MANY, Cut, Market, cut
from scheduling.planner.model import PROVINCES, Ints, Reals

ROUNDS = 200
NODES = 5_000
"""Limits that a clock does not set, so that every machine gives the same answer."""


@dataclass(frozen=True)
class Repair:
    """Managers of one kind for one province: the sectors that their agency must be able to serve."""

    sectors: int
    province: int
    managers: int


@dataclass(frozen=True)
class Fewest:
    """No fewer than `bound` managers can end the shortfall; `repairs` do, leaving `unserved` visits.

    `hopeless` of these no manager can make; whether the others can be made, the reserve of new managers decides.
    """

    bound: int
    repairs: list[Repair]
    unserved: int
    hopeless: int

    @property
    def managers(self) -> int:
        return sum(one.managers for one in self.repairs)


@dataclass(frozen=True)
class _Enough:
    """So many managers of each kind, and no fewer than `bound` in all, leave no more than any number: `hopeless`."""

    more: Ints
    bound: int
    unserved: int
    hopeless: int


def fewest_managers(market: Market, first: Cut) -> Fewest:
    """Adds managers until the flow serves everybody; every cut met on the way bounds them from below.

    A cut says: so many of these visits can only be made by those kinds of staff in those spans. So managers of those
    kinds must bring the difference, whatever else is done. The smallest number that all cuts allow, were each manager's
    reserve where it hurts least, is a bound. The repair counts on managers whose reserve hurts most.
    """
    cuts = [first]
    repair = _enough(market, cuts, market.staff.one_more)
    best = _enough(market, cuts, market.staff.one_more_at_most)
    return Fewest(best.bound, _where(market, first, repair.more), repair.unserved, best.hopeless)


def _enough(market: Market, cuts: list[Cut], one_more: Ints) -> _Enough:
    """As few as the cuts demand, who make so many visits each by span; the cuts met on the way are added to them."""
    staff, more, bound, now = market.staff.capacity, np.zeros(len(market.staff), np.int64), 0, cuts[0]
    hopeless = int(cut(market, staff + MANY * one_more).unserved.sum())
    for _ in range(ROUNDS):
        if now.unserved.sum() <= hopeless:
            break
        gains = np.array([one.staff_spans @ one_more for one in cuts])
        more, bound = _smallest(gains, np.array([_missing(market, one) - hopeless for one in cuts]))
        now = cut(market, staff + more[:, None] * one_more)
        cuts.append(now)
    return _Enough(more, bound, int(now.unserved.sum()), hopeless)


def _missing(market: Market, now: Cut) -> int:
    """What the visits inside the cut lack of today's room inside it."""
    demanded = market.need.visits[now.needs].sum() - now.elsewhere.sum()
    return int(demanded - market.staff.capacity[now.staff_spans].sum())


def _smallest(gains: Ints, wants: Ints) -> tuple[Ints, int]:
    kinds = gains.shape[1]
    found = milp(
        np.ones(kinds),
        constraints=LinearConstraint(gains.astype(np.float64), lb=wants.astype(np.float64)),
        integrality=np.ones(kinds),
        bounds=Bounds(0, np.inf),
        options={"node_limit": NODES},
    )
    if found.x is None:
        raise ArithmeticError("no number of managers was found")
    return np.rint(found.x).astype(np.int64), int(np.ceil(found.mip_dual_bound - 1e-6))


def _where(market: Market, first: Cut, more: Ints) -> list[Repair]:
    """Each kind's managers, shared among the provinces that lack most of what the kind may do."""
    province = market.places % PROVINCES
    lacking = np.bincount(market.need.place, weights=first.unserved, minlength=len(market.places))
    found = list[Repair]()
    for kind in np.flatnonzero(more):
        by_province = np.bincount(province, weights=lacking * market.able[:, kind], minlength=PROVINCES)
        if not by_province.any():
            by_province = np.bincount(province, weights=market.able[:, kind], minlength=PROVINCES)
        for number, managers in enumerate(shared(int(more[kind]), by_province / by_province.sum())):
            if managers:
                found.append(Repair(int(market.staff.sectors[kind]), number, managers))
    return found


def shared(count: int, shares: Reals) -> list[int]:
    """So many, by these shares, whole: the largest remainders get what is left."""
    exact = count * shares
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: count - int(whole.sum())]] += 1
    return whole.tolist()

"""The fewest managers that would end a shortfall on paper: as many as the cuts demand, and enough for the flow."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from scheduling.planner.capacity import Cut, Market, cut
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
    """No fewer than `bound` managers can end the shortfall; `repairs` do, leaving `unserved` visits."""

    bound: int
    repairs: list[Repair]
    unserved: int

    @property
    def managers(self) -> int:
        return sum(one.managers for one in self.repairs)


def fewest_managers(market: Market, first: Cut) -> Fewest:
    """Adds managers until the flow serves everybody; every cut met on the way bounds them from below.

    A cut says: so many of these visits can only be made by those kinds of staff in those spans. So managers of those
    kinds must bring the difference, whatever else is done. The smallest number that all cuts allow, were each manager's
    reserve where it hurts least, is a bound. The repair counts on managers whose reserve hurts most.
    """
    hopeless = _hopeless(market)
    more, now = np.zeros(len(market.staff), np.int64), first
    gains, at_most, wants = list[Ints](), list[Ints](), list[int]()
    for _ in range(ROUNDS):
        if now.unserved.sum() <= hopeless:
            break
        gains.append(now.staff_spans @ market.staff.one_more)
        at_most.append(now.staff_spans @ market.staff.one_more_at_most)
        wants.append(_missing(market, now) - hopeless)
        more, _ = _smallest(np.array(gains), np.array(wants))
        now = cut(market, market.staff.capacity + more[:, None] * market.staff.one_more)
    bound = _smallest(np.array(at_most), np.array(wants))[1] if wants else 0
    return Fewest(bound, _where(market, first, more), int(now.unserved.sum()))


def _hopeless(market: Market) -> int:
    """Visits that no manager can make: more than their enterprises' spans hold in which a new manager would work."""
    held = market.need.most[:, market.staff.one_more > 0].sum(axis=1)
    return int(np.maximum(market.need.visits - held, 0).sum())


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

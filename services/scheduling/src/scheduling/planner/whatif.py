"""What if: other capacity, dates, risk weight or a suspension, answered by a second plan beside the first."""

from dataclasses import dataclass, replace

import numpy as np

from scheduling.planner.changes import allowed, without_agency
from scheduling.planner.model import Agencies, Closed, Facts, Flags, Ints, Managers, Stage, Visits
from scheduling.planner.openings import pack, unpack
from scheduling.planner.outstanding import standing


@dataclass(frozen=True)
class Question:
    """What would be different; nothing said, nothing changed."""

    managers_more: float = 0.0
    stops_more: int = 0
    has_new_days: bool = False
    suspended: int | None = None
    suspended_from: int = 0
    risk_weight: float | None = None

    @property
    def only_takes_away(self) -> bool:
        """Whether nothing becomes possible that was not: then all that may stay stays where it is."""
        gives = self.managers_more > 0 or self.stops_more > 0 or self.has_new_days
        return not gives and self.risk_weight is None


def around(world: Facts, question: Question, before: Visits) -> Facts:
    """A world in which the visits of a plan at hand stand, as far as the world allows them.

    Where the question only takes away all of them do, else those that are settled: done, published, pinned, or on a day
    that is over or comes before a suspension. Both worlds of a question begin so, and a question that asks nothing
    changes nothing.
    """
    # By the suspension the days before it are gone: nothing new can be placed there.
    first = max(world.rules.first_open_day, question.suspended_from)
    then = replace(world, rules=replace(world.rules, first_open_day=first))
    visits = standing(before)
    is_over = (visits.day >= 0) & (visits.day < world.rules.first_open_day)
    # Whoever leaves, and however few visits a manager makes from now on: what is over has been made.
    visits = replace(visits, stage=np.where(is_over, int(Stage.DONE), visits.stage))
    stays = allowed(then, visits)
    if not question.only_takes_away:
        stays &= (visits.stage != Stage.DRAFT) | visits.pinned | (visits.day < first)
    return replace(then, kept=visits.take(stays))


def changed(facts: Facts, question: Question) -> Facts:
    """The facts as the question would have them; every manager keeps its place, further ones come at the end.

    Who leaves, leaves with the first day that is still open: the days before it were worked.
    """
    days = unpack(facts.managers.open_days, len(facts.calendar))
    fewer = round(len(days) * max(-question.managers_more, 0.0))
    days[_evenly(fewer, len(days)), facts.rules.first_open_day :] = False
    stops = np.maximum(facts.managers.stops + question.stops_more, 1)
    managers = _with_more(replace(facts.managers, open_days=pack(days), stops=stops), question.managers_more)
    weight = facts.rules.risk_weight if question.risk_weight is None else question.risk_weight
    asked = replace(facts, managers=managers, rules=replace(facts.rules, risk_weight=weight))
    return asked if question.suspended is None else without_agency(asked, question.suspended, question.suspended_from)


def _with_more(managers: Managers, share: float) -> Managers:
    """So many managers more, like those that are there, evenly spread over the list."""
    extra = _evenly(round(len(managers) * max(share, 0.0)), len(managers))
    new = managers.key.max(initial=-1) + 1 + np.arange(len(extra))
    both = managers.take(np.append(np.arange(len(managers)), extra))
    return replace(both, key=np.append(managers.key, new))


def _evenly(count: int, among: int) -> Ints:
    return np.arange(count) * among // max(count, 1)


def of_province(facts: Facts, province: int) -> Facts:
    """One province by itself: its enterprises, and its share of the managers, the nearest."""
    inside = facts.sites.province == province
    sites = facts.sites.take(inside)
    kept = _nearest_managers(facts, inside)
    managers = facts.managers.take(kept)
    left = inside[facts.closed.site]
    closed = Closed((np.cumsum(inside) - 1)[facts.closed.site[left]], facts.closed.agency[left])
    return replace(facts, sites=sites, managers=managers, kept=Visits(), drafts=Visits(), closed=closed)


def _nearest_managers(facts: Facts, inside: Flags) -> Ints:
    """Managers whose agency may serve the province and whose nearest enterprises lie in it."""
    middle = facts.sites.place[inside].mean(axis=0) if inside.any() else np.zeros(2)
    reach = 1.5 * np.sqrt(((facts.sites.place[inside] - middle) ** 2).sum(axis=1)).max(initial=0.0)
    away = np.hypot(*(facts.managers.base - middle).T)
    province = int(facts.sites.province[inside][0]) if inside.any() else 0
    goes = _goes_there(facts.agencies, province)[facts.managers.agency]
    near = np.flatnonzero(goes & (away <= reach))
    need = facts.sites.visits[inside].sum() / max(facts.sites.visits.sum(), 1)
    wanted = int(np.ceil(len(facts.managers) * need))
    return np.sort(near[np.argsort(away[near], kind="stable")][: max(wanted, 1)])


def _goes_there(agencies: Agencies, province: int) -> Flags:
    return (agencies.provinces == 0) | ((agencies.provinces >> province) & 1 == 1)

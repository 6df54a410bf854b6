"""What if: other capacity, dates, risk weight or a suspension, answered by planning both worlds."""

from dataclasses import dataclass, replace

import numpy as np

from scheduling.planner.changes import without_agency
from scheduling.planner.measures import Measures, measure
from scheduling.planner.model import Agencies, Facts, Flags, Ints, Managers, Sites, Visits
from scheduling.planner.openings import pack, unpack
from scheduling.planner.pipeline import plan
from scheduling.planner.shortfall import Certificate, certify


@dataclass(frozen=True)
class Question:
    """What would be different; nothing said, nothing changed."""

    managers_more: float = 0.0
    stops_more: int = 0
    window_from: int = 0
    window_until: int | None = None
    suspended: int | None = None
    suspended_from: int = 0
    risk_weight: float | None = None


@dataclass(frozen=True)
class Answer:
    """The figures before and after, and the shortfall that remains certain."""

    before: Measures
    after: Measures
    certificate: Certificate


def what_if(facts: Facts, question: Question, province: int | None = None) -> Answer:
    """Plans both worlds and measures them; with a province, only its enterprises and the agencies that serve them."""
    here = facts if province is None else of_province(facts, province)
    there = changed(here, question)
    return Answer(measure(here, plan(here)), measure(there, plan(there)), certify(there))


def changed(facts: Facts, question: Question) -> Facts:
    """The facts as the question would have them."""
    width = len(facts.calendar)
    days = unpack(facts.managers.open_days, width)
    days[:, : question.window_from] = False
    days[:, width if question.window_until is None else question.window_until + 1 :] = False
    stops = np.maximum(facts.managers.stops + question.stops_more, 1)
    managers = _more(replace(facts.managers, open_days=pack(days), stops=stops), question.managers_more)
    weight = facts.rules.risk_weight if question.risk_weight is None else question.risk_weight
    asked = replace(facts, managers=managers, rules=replace(facts.rules, risk_weight=weight))
    return asked if question.suspended is None else without_agency(asked, question.suspended, question.suspended_from)


def _more(managers: Managers, share: float) -> Managers:
    """So many managers more of each agency's kind, or so many fewer, evenly spread over the list."""
    count = len(managers)
    wanted = round(count * (1 + share))
    rows = (np.arange(wanted) * count // max(wanted, 1)).astype(np.int64)
    return Managers(**{name: getattr(managers, name)[rows] for name in Managers.__dataclass_fields__})


def of_province(facts: Facts, province: int) -> Facts:
    """One province by itself: its enterprises, and its share of the managers, the nearest."""
    inside = facts.sites.province == province
    sites = Sites(**{name: getattr(facts.sites, name)[inside] for name in Sites.__dataclass_fields__})
    kept = _nearest_managers(facts, inside)
    managers = Managers(**{name: getattr(facts.managers, name)[kept] for name in Managers.__dataclass_fields__})
    return replace(facts, sites=sites, managers=managers, kept=Visits(), drafts=Visits())


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

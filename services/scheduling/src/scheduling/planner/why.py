"""Why this agency, this manager, this day: what each next best choice would have cost, and what stood in the way."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.events import Live, able
from scheduling.planner.geometry import ROAD, apart, tour
from scheduling.planner.insertion import WAIT_KM, Wanted, day_costs
from scheduling.planner.model import Bits, Ints, Reals
from scheduling.planner.openings import pack, unpack

COMPARED = 5


@dataclass(frozen=True)
class Choice:
    """One manager and day, and how many road kilometres more it would cost (infinite: impossible)."""

    agency: int
    manager: int
    day: int
    km: float
    more_km: float
    obstacle: tuple[str, str]


@dataclass(frozen=True)
class Why:
    """The place of a visit, its price, and the next best agencies, managers and days."""

    chosen: Choice
    other_agencies: list[Choice]
    other_managers: list[Choice]
    other_days: list[Choice]
    sentence: tuple[str, str]


def why(state: Live, site: int, ordinal: int) -> Why:
    """Compares a visit's place with every other that the same rules allow today."""
    manager, day = int(state.manager[site, ordinal - 1]), int(state.day[site, ordinal - 1])
    prices = _prices(state, site, ordinal, manager)
    here = prices[manager]
    # A visit's own seat is taken, so its price is what its day would lose without it.
    here[day] = _saved(state, site, (manager, day)) + _wait(state, site, day)
    chosen = _choice(state, (manager, day), float(here[day]), float(here[day]))
    days = np.argsort(here, kind="stable")[: COMPARED + 1]
    best = {who: int(np.argmin(row)) for who, row in prices.items()}
    ranked = sorted((float(prices[who][at]), who, at) for who, at in best.items() if who != manager)
    own = chosen.agency
    compared = [_choice(state, (who, at), km, chosen.km) for km, who, at in ranked]
    mates = [choice for choice in compared if choice.agency == own][:COMPARED]
    others = _first_of_each([choice for choice in compared if choice.agency != own])
    others_days = [_choice(state, (manager, int(at)), float(here[at]), chosen.km) for at in days if at != day]
    return Why(chosen, others, mates, others_days, _sentence(state, site, chosen, others))


def _prices(state: Live, site: int, ordinal: int, manager: int) -> dict[int, Reals]:
    """What each able manager near the enterprise would ask on each day."""
    facts = state.facts
    others = np.delete(state.day[site], ordinal - 1)
    open_days = facts.sites.open_days[site] & _spaced(state, others[others >= 0])
    wanted = Wanted(site, 1, open_days, 0.0)
    who = np.flatnonzero(able(state, site)[facts.managers.agency])
    away = np.hypot(*(facts.managers.base[who] - facts.sites.place[site]).T)
    near = who[np.argsort(away, kind="stable")][: 8 * COMPARED]
    asked = np.unique(np.append(near, manager))
    wait = _wait(state, site, np.arange(len(facts.calendar)))
    return {int(one): day_costs(state.world, state.board, wanted, int(one)) * ROAD + wait for one in asked}


def _spaced(state: Live, others: Ints) -> Bits:
    dates = state.facts.calendar.dates
    far = np.abs(dates[:, None] - dates[others][None, :]) >= state.facts.rules.spacing_days
    return pack(np.all(far, axis=1, keepdims=True).T)[0]


def _wait(state: Live, site: int, day: Ints | int) -> Reals:
    weight = WAIT_KM * float(state.facts.sites.risk[site]) * state.facts.rules.risk_weight
    opens = int(unpack(state.facts.sites.open_days[site][None], len(state.facts.calendar))[0].argmax())
    return np.maximum(np.asarray(day) - opens, 0) * weight


def _saved(state: Live, site: int, at: tuple[int, int]) -> float:
    stops = state.board.stop[at][: state.board.size[at]]
    rest = stops[stops != site]
    base = state.facts.managers.base[at[0]]
    return (float(state.board.km[at]) - tour(state.facts.sites.place, base, rest, len(rest))) * ROAD


def _choice(state: Live, at: tuple[int, int], km: float, chosen_km: float) -> Choice:
    fine = np.isfinite(km)
    full = ("", "") if fine else ("빈 날이 없습니다.", "No day with room keeps the rules.")
    return Choice(int(state.facts.managers.agency[at[0]]), at[0], at[1] if fine else -1, km, km - chosen_km, full)


def _first_of_each(choices: list[Choice]) -> list[Choice]:
    seen = dict[int, Choice]()
    for choice in choices:
        seen.setdefault(choice.agency, choice)
    return list(seen.values())[:COMPARED]


def _sentence(state: Live, site: int, chosen: Choice, others: list[Choice]) -> tuple[str, str]:
    facts = state.facts
    km = apart(facts.managers.base[chosen.manager], facts.sites.place[site]) * ROAD
    together = int(state.board.size[chosen.manager, chosen.day]) - 1
    nearest = others[0].more_km if others and np.isfinite(others[0].more_km) else None
    korean = f"담당자에게서 {km:.1f} km이고 같은 날 가까운 사업장 {together}곳과 함께 방문합니다."
    english = f"It is {km:.1f} km from the manager and shares the day with {together} near enterprises."
    if nearest is not None:
        korean += f" 다음으로 나은 기관은 {nearest:+.1f} km입니다."
        english += f" The next best agency would make it {nearest:+.1f} km."
    if nearest is not None and nearest < 0:
        korean += " 이 방문만 옮기면 짧아지지만, 같은 담당자가 모든 방문을 맡도록 묶음을 나누지 않았습니다."
        english += (
            " Moved by itself it would be shorter; its bundle was kept whole so that one manager makes all visits."
        )
    return korean, english

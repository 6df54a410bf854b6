"""Why this agency, this manager, this day: what each next best choice would have cost, and what stood in the way."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.events import Live, able, far_from, in_order
from scheduling.planner.geometry import ROAD, apart, tour
from scheduling.planner.insertion import WAIT_KM, Wanted, day_costs, dislike_km
from scheduling.planner.model import NOBODY, Ints, Reals
from scheduling.planner.openings import unpack

COMPARED = 5


@dataclass(frozen=True)
class Choice:
    """One manager and day (NOBODY where none is possible): the road it adds, the wait until then, and both weighed.

    `costs_more` is in road kilometres, over the chosen place; a working day of waiting weighs `WAIT_KM` times the risk,
    and a weekday that the enterprise does not prefer `DISLIKE_KM`, both by `ROAD`.
    """

    agency: int
    manager: int
    day: int
    km: float
    wait_days: int
    costs_more: float
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
    prices = _prices(state, site, ordinal)
    manager, day = prices.manager, prices.day
    here = prices.of[manager]
    best = {who: int(np.argmin(row)) for who, row in prices.of.items() if who != manager}
    ranked = sorted(best, key=lambda who: (float(prices.of[who][best[who]]), who))
    chosen, compared = prices.choice(manager, day), [prices.choice(who, best[who]) for who in ranked]
    mates = [choice for choice in compared if choice.agency == chosen.agency][:COMPARED]
    others = _first_of_each([choice for choice in compared if choice.agency != chosen.agency])
    days = [int(at) for at in np.argsort(here, kind="stable") if at != day and np.isfinite(here[at])]
    other_days = [prices.choice(manager, at) for at in days[:COMPARED]]
    return Why(chosen, others, mates, other_days, _sentence(state, site, chosen, others))


@dataclass(frozen=True)
class _Prices:
    """What each able manager near the enterprise would ask on each day: the road, and what is weighed `beside` it.

    That is the wait, and a weekday that is not liked. `manager` and `day` are those chosen.
    """

    state: Live
    of: dict[int, Reals]
    beside: Reals
    wait_days: Ints
    manager: int
    day: int

    def choice(self, manager: int, day: int) -> Choice:
        """One of them, told."""
        agency, price = int(self.state.facts.managers.agency[manager]), float(self.of[manager][day])
        if not np.isfinite(price):
            full = ("빈 날이 없습니다.", "No day with room keeps the rules.")
            return Choice(agency, manager, NOBODY, price, 0, price, full)
        wait, least = int(self.wait_days[day]), float(self.of[self.manager][self.day])
        return Choice(agency, manager, day, price - float(self.beside[day]), wait, price - least, ("", ""))


def _prices(state: Live, site: int, ordinal: int) -> _Prices:
    facts, turn = state.facts, ordinal - 1
    manager, day = int(state.manager[site, turn]), int(state.day[site, turn])
    others = np.delete(state.day[site], turn)
    open_days = facts.sites.open_days[site] & far_from(state, others[others >= 0]) & in_order(state, site, turn)
    wanted = Wanted(site, 1, open_days, 0.0)
    who = np.flatnonzero(able(state, site)[facts.managers.agency])
    away = np.hypot(*(facts.managers.base[who] - facts.sites.place[site]).T)
    near = who[np.argsort(away, kind="stable")][: 8 * COMPARED]
    wait_days, width = _wait_days(state, site), len(facts.calendar)
    disliked = np.array([dislike_km(state.world, site, one) for one in range(width)]) * ROAD
    waits = wait_days * _weight(state, site)
    asked = {
        int(one): day_costs(state.world, state.board, wanted, int(one)) * ROAD + waits
        for one in np.unique(np.append(near, manager))
    }
    # A visit's own seat is taken, so its price is what its day would lose without it.
    asked[manager][day] = _saved(state, site, manager, day) + waits[day] + disliked[day]
    return _Prices(state, asked, waits + disliked, wait_days, manager, day)


def _wait_days(state: Live, site: int) -> Ints:
    """Working days from the enterprise's first open one to each."""
    opens = int(unpack(state.facts.sites.open_days[site][None], len(state.facts.calendar))[0].argmax())
    return np.maximum(np.arange(len(state.facts.calendar)) - opens, 0)


def _weight(state: Live, site: int) -> float:
    """The road kilometres that a day of waiting weighs."""
    return WAIT_KM * ROAD * float(state.facts.sites.risk[site]) * state.facts.rules.risk_weight


def _saved(state: Live, site: int, manager: int, day: int) -> float:
    board, base = state.board, state.facts.managers.base[manager]
    stops = board.stop[manager, day][: board.size[manager, day]]
    rest = stops[stops != site]
    return (float(board.km[manager, day]) - tour(state.facts.sites.place, base, rest, len(rest))) * ROAD


def _first_of_each(choices: list[Choice]) -> list[Choice]:
    seen = dict[int, Choice]()
    for choice in choices:
        seen.setdefault(choice.agency, choice)
    return list(seen.values())[:COMPARED]


def _sentence(state: Live, site: int, chosen: Choice, others: list[Choice]) -> tuple[str, str]:
    korean, english = _round(state, site, chosen)
    if not others or others[0].day == NOBODY:
        return korean, english
    more, later = others[0].km - chosen.km, others[0].wait_days - chosen.wait_days
    korean += f" 다음으로 나은 기관이라면 {more:+.1f} km, 대기 {later:+d}일입니다."
    english += f" The next best agency would make it {more:+.1f} km and {later:+d} working days of waiting."
    if others[0].costs_more >= 0:
        return korean, english
    who = np.unique(state.manager[site][state.manager[site] != NOBODY], return_counts=True)[1]
    if len(who) == 1 and who[0] > 1:
        korean += " 이 방문만 옮기면 더 낫지만, 그러면 한 관리자가 모든 방문을 맡지 못합니다."
        return korean, english + " Moved by itself it would be better, but one manager would not make all visits then."
    return korean + " 이 방문만 옮기면 더 낫습니다.", english + " Moved by itself it would be better."


def _round(state: Live, site: int, chosen: Choice) -> tuple[str, str]:
    """How far it is from the manager, and how far from it the other enterprises of the day are at most."""
    place, board = state.facts.sites.place, state.board
    km = apart(state.facts.managers.base[chosen.manager], place[site]) * ROAD
    korean, english = f"관리자에게서 {km:.1f} km이고", f"It is {km:.1f} km from the manager and"
    stops = board.stop[chosen.manager, chosen.day][: board.size[chosen.manager, chosen.day]]
    away = [apart(place[site], place[mate]) * ROAD for mate in stops if mate != site]
    if not away:
        return f"{korean} 그날은 이 사업장만 방문합니다.", f"{english} has the day to itself."
    korean += f" 같은 날 {max(away):.1f} km 안의 사업장 {len(away)}곳과 함께 방문합니다."
    plural = "s" if len(away) > 1 else ""
    return korean, f"{english} shares the day with {len(away)} enterprise{plural} within {max(away):.1f} km."

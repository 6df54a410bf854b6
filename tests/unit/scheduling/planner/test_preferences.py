"""Weekdays that an enterprise prefers are taken where that costs little, in bundles and for newcomers alike."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from scheduling.planner import Facts, plan
from scheduling.planner.events import arrive, live
from scheduling.planner.geometry import ROAD
from scheduling.planner.insertion import DISLIKE_KM
from scheduling.planner.model import Ints, Visits

Make = Callable[..., Facts]
FRIDAY = 4


def with_wishes(facts: Facts, liked: int) -> Facts:
    """The facts with every enterprise liking these weekdays."""
    return replace(facts, sites=replace(facts.sites, preferred=np.full(len(facts.sites), liked)))


def on_fridays(facts: Facts, days: Ints) -> float:
    return float((facts.calendar.weekdays[days] == FRIDAY).mean())


def test_bundles_come_on_the_days_that_their_enterprises_prefer(programme: Make) -> None:
    facts = programme(sites=40, managers=6, windows=0.0, closed=0.0, days=120, seed=3)
    as_liked = {liked: on_fridays(facts, plan(with_wishes(facts, liked)).visits.day) for liked in (0, 1 << FRIDAY)}
    assert as_liked[1 << FRIDAY] > as_liked[0] + 0.2


def test_newcomers_come_on_the_days_that_they_prefer(programme: Make) -> None:
    facts = programme(sites=40, managers=6, windows=0.0, closed=0.0, days=120, seed=3)
    as_liked = dict[int, float]()
    for liked in (0, 1 << FRIDAY):
        state = live(with_wishes(facts, liked), Visits())
        moved = [one for site in range(40) for one in arrive(state, site, 5)]
        as_liked[liked] = on_fridays(facts, np.array([one.day for one in moved if one.day >= 0]))
    assert as_liked[1 << FRIDAY] > as_liked[0] + 0.2


def test_the_page_tells_what_a_weekday_that_is_not_preferred_costs() -> None:
    told = re.findall(
        r"preferred (?:costs|as) ([\d.]+) km of road", Path("docs/planner.md").read_text(encoding="utf-8")
    )
    assert told == [f"{DISLIKE_KM * ROAD:g}"] * 2

"""What an explanation says of a visit is so: who is near on the day, and who makes all visits."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from scheduling.planner import Facts, plan
from scheduling.planner.events import Live, live
from scheduling.planner.geometry import ROAD
from scheduling.planner.why import Why, why

Make = Callable[..., Facts]


@pytest.fixture(scope="module")
def state(programme: Make) -> Live:
    facts = programme(sites=80, managers=8, windows=0.1, days=120, seed=4)
    return live(facts, plan(facts).visits)


def explained(state: Live) -> Iterator[tuple[int, Why]]:
    for site in np.flatnonzero(state.day.min(axis=1) >= 0).tolist():
        yield from ((site, why(state, site, ordinal)) for ordinal in (1, 2))


def test_the_others_of_the_day_are_as_near_as_is_said(state: Live) -> None:
    place, counts = state.facts.sites.place, set[int]()
    for site, found in explained(state):
        day = state.board.stop[found.chosen.manager, found.chosen.day]
        mates = [mate for mate in day.tolist() if mate not in (site, -1)]
        counts.add(len(mates))
        if not mates:
            assert "has the day to itself" in found.sentence[1]
            continue
        said = re.search(r"with (\d+) enterprises? within ([\d.]+) km", found.sentence[1])
        assert said
        furthest = max(float(np.hypot(*(place[mate] - place[site]))) * ROAD for mate in mates)
        assert (int(said[1]), float(said[2])) == (len(mates), pytest.approx(furthest, abs=0.051))
        assert f"{said[2]} km 안의 사업장 {said[1]}곳" in found.sentence[0]
    assert {0, 1} < counts


def test_one_manager_is_said_to_make_all_visits_only_where_that_is_so(state: Live) -> None:
    said = "one manager would not make all visits then"
    better = [site for site, found in explained(state) if said in found.sentence[1]]
    assert better
    for site in better:
        assert state.manager[site, 0] == state.manager[site, 1]
        for ordinal in (1, 2):
            korean, english = why(two_managers(state, site, 2 - ordinal), site, ordinal).sentence
            assert said not in english
            assert "한 관리자가" not in korean


def two_managers(state: Live, site: int, turn: int) -> Live:
    """The same, but for one visit of an enterprise that somebody else makes."""
    manager = state.manager.copy()
    manager[site, turn] = (manager[site, turn] + 1) % len(state.facts.managers)
    return replace(state, manager=manager)

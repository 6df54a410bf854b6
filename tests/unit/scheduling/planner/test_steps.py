"""The single steps: rounds, sets of days, bundles, chains of days, explanations and proofs."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from scheduling.planner import Facts, plan
from scheduling.planner.bundles import shorter, urgent
from scheduling.planner.chains import cheapest_chain
from scheduling.planner.difference import difference
from scheduling.planner.events import live
from scheduling.planner.geometry import ROAD, on_the_globe, on_the_map, tour
from scheduling.planner.insertion import DISLIKE_KM, WAIT_KM
from scheduling.planner.openings import first_open, last_open, pack, unpack
from scheduling.planner.prices import shadow_prices
from scheduling.planner.whatif import Question, around, changed
from scheduling.planner.why import why

Make = Callable[..., Facts]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_round_of_up_to_four_stops_is_the_shortest_there_is(count: int) -> None:
    place, base = np.random.default_rng(count).normal(0, 10, (count, 2)), np.zeros(2)

    def length(order: tuple[int, ...]) -> float:
        path = np.vstack([base, place[list(order)], base])
        return float(np.hypot(*np.diff(path, axis=0).T).sum())

    best = min(length(order) for order in permutations(range(count)))
    assert tour(place, base, np.arange(count), count) == pytest.approx(best)


def test_a_long_round_is_not_much_longer_than_the_shortest() -> None:
    angle = np.linspace(0, 2 * np.pi, 9)[:-1]
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * 10
    stops = np.random.default_rng(0).permutation(7) + 1
    around = float(np.hypot(*np.diff(np.vstack([circle, circle[:1]]), axis=0).T).sum())
    assert tour(circle, circle[0], stops, 7) == pytest.approx(around)


def test_places_come_back_from_the_map() -> None:
    latitude, longitude = np.array([37.5, 33.2]), np.array([126.9, 126.5])
    back = on_the_globe(on_the_map(latitude, longitude))
    assert np.allclose(back[0], latitude)
    assert np.allclose(back[1], longitude)


def test_days_come_back_from_their_bits() -> None:
    days = np.random.default_rng(3).random((5, 177)) < 0.3
    assert np.array_equal(unpack(pack(days), 177), days)
    assert first_open(pack(days)[0], 0, 177) == days[0].argmax()
    assert last_open(pack(days)[0], 176) == 176 - days[0][::-1].argmax()


def test_the_cheapest_chain_of_days_keeps_the_spacing() -> None:
    costs = np.array([1.0, 0.0, 5.0, 1.0, np.inf, 2.0])
    following = np.minimum(np.arange(6) + 3, 6)
    total, days = cheapest_chain(costs, following, 2, 0.0)
    assert (total, days.tolist()) == (2.0, [0, 3])


def test_bundles_are_no_larger_than_a_day_and_no_longer_than_driving_singly() -> None:
    place, base = np.random.default_rng(2).normal(0, 15, (60, 2)), np.zeros(2)
    of, km = shorter(place, base, 3)
    assert np.bincount(of).max() <= 3
    assert km.sum() < 2 * np.hypot(*place.T).sum() / 1.5


def test_the_riskiest_tenth_counts_a_tenth_even_where_risks_are_equal() -> None:
    assert urgent(np.array([9.0, 6, 6, 6, 1, 1, 1, 1, 1, 1] * 3)).sum() == pytest.approx(3)
    assert urgent(np.full(50, 3.0)).sum() == pytest.approx(5)


def test_an_explanation_names_the_chosen_place_and_others_with_their_price(programme: Make) -> None:
    facts = programme(sites=60, seed=2, windows=0.0)
    visits = plan(facts).visits
    found = why(live(facts, visits), int(visits.site[0]), int(visits.ordinal[0]))
    assert (found.chosen.manager, found.chosen.day) == (visits.manager[0], visits.day[0])
    assert found.chosen.costs_more == 0
    assert found.other_days
    assert all(choice.agency != found.chosen.agency for choice in found.other_agencies)


def test_an_explanation_tells_the_road_from_the_wait(programme: Make) -> None:
    facts = programme(sites=60, seed=2, windows=0.0)
    visits = plan(facts).visits
    for risk_weight in (0.0, 50.0):
        weighed = replace(facts, rules=replace(facts.rules, risk_weight=risk_weight))
        found = why(live(weighed, visits), int(visits.site[0]), int(visits.ordinal[0]))
        opens = int(unpack(facts.sites.open_days, len(facts.calendar))[visits.site[0]].argmax())
        a_day = WAIT_KM * ROAD * risk_weight * float(facts.sites.risk[visits.site[0]])
        chosen = found.chosen
        for one in (chosen, *found.other_days, *found.other_agencies, *found.other_managers):
            if one.day >= 0:
                assert one.wait_days == one.day - opens
                more = one.km - chosen.km + a_day * (one.wait_days - chosen.wait_days)
                more += disliked(facts, int(visits.site[0]), one.day) - disliked(facts, int(visits.site[0]), chosen.day)
                assert one.costs_more == pytest.approx(more)
        assert chosen.km < 500


def disliked(facts: Facts, site: int, day: int) -> float:
    """Road kilometres that a day costs because another weekday would be liked."""
    liked, weekday = int(facts.sites.preferred[site]), int(facts.calendar.weekdays[day])
    return DISLIKE_KM * ROAD if liked and not liked >> weekday & 1 else 0.0


def test_the_other_days_of_an_explanation_keep_the_order_of_visits(programme: Make) -> None:
    facts = programme(sites=60, seed=2, windows=0.0)
    visits = plan(facts).visits
    state = live(facts, visits)
    for site in np.flatnonzero(state.day.min(axis=1) >= 0)[:20].tolist():
        first, second = state.day[site, :2].tolist()
        assert all(choice.day < second for choice in why(state, site, 1).other_days)
        assert all(choice.day > first for choice in why(state, site, 2).other_days)


def test_capacity_that_is_short_has_a_price_and_plenty_has_none(programme: Make) -> None:
    plenty = programme(sites=10, managers=6, windows=0.0)
    scarce = programme(sites=400, managers=2, agencies=1, windows=0.0)
    assert shadow_prices(plenty).max() == pytest.approx(0)
    assert shadow_prices(scarce).max() > 0


def test_fewer_managers_make_fewer_visits(programme: Make) -> None:
    facts = programme(sites=150, managers=4, stops=2, days=60, windows=0.0)
    fewer = changed(facts, Question(managers_more=-0.5))
    assert unpack(fewer.managers.open_days, len(fewer.calendar)).any(axis=1).sum() == 2
    assert len(plan(fewer).visits) < len(plan(facts).visits)


def test_more_managers_come_after_those_that_are_there(programme: Make) -> None:
    facts = programme(sites=20, managers=4)
    more = changed(facts, Question(managers_more=0.5)).managers
    assert len(more) == 6
    assert np.array_equal(more.agency[:4], facts.managers.agency)


def test_a_question_that_only_takes_away_moves_only_what_it_takes(programme: Make) -> None:
    facts = programme(sites=80, managers=6, windows=0.1, days=120, seed=4)
    before = plan(facts).visits
    agency = int(np.bincount(facts.managers.agency[before.manager]).argmax())
    question = Question(suspended=agency, suspended_from=30)
    there = changed(facts, question)
    change = difference(there, before, plan(around(there, question, before)).visits)
    touched = np.concatenate([change.moved, change.dropped])
    assert len(touched) > 0
    assert (facts.managers.agency[before.manager[touched]] == agency).all()
    assert (before.day[touched] >= 30).all()

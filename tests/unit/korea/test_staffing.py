"""Agencies and managers of the synthetic population: as many as in 2023, and enough for every province and sector."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from korea.calendar import working_days
from korea.population import Population, populate
from korea.provinces import PROVINCES

SECTORS = ("manufacturing", "construction", "service")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_agencies_apply_and_pass_as_in_2023(registry: Path) -> None:
    scores = [
        sum(int(row[part]) for part in ("staff_capability", "earlier_delivery", "accident_record", "equipment"))
        for row in read(registry / "inspections.csv")
    ]
    assert (len(scores), sum(score >= 70 for score in scores)) == (314, 236)
    assert {69, 70} <= set(scores)


def test_points_stay_within_what_each_criterion_gives(population: Population) -> None:
    most = {"staff_capability": 40, "earlier_delivery": 30, "accident_record": 15, "equipment": 15}
    for criterion, points in most.items():
        given = population.inspections[criterion]
        assert (given.min() >= 0, given.max() <= points) == (True, True)


def test_managers_enrol_and_finish_as_in_2023(population: Population, registry: Path) -> None:
    days: dict[str, set[str]] = {}
    for row in read(registry / "attendance.csv"):
        days.setdefault(row["manager_id"], set()).update([row["day"]] if row["attended"] == "true" else [])
    finished = {manager for manager, there in days.items() if len(there) == 4}
    assert (len(days), len(finished)) == (900, 872)
    trained = population.managers["is_trained"]
    assert finished == set(population.managers["manager_id"][trained].tolist())
    assert set(map(tuple, (sorted(there) for there in days.values() if len(there) == 4))) == {
        ("2023-04-04", "2023-04-05", "2023-04-06", "2023-04-11")
    }


def test_every_qualified_agency_has_1_to_22_trained_managers_and_no_other_has_any(population: Population) -> None:
    trained = population.managers["agency_id"][population.managers["is_trained"]].tolist()
    qualified = population.agencies["agency_id"][population.agencies["is_qualified"]].tolist()
    teams = [trained.count(agency) for agency in qualified]
    assert (sum(teams), min(teams)) == (872, 1)
    assert max(teams) <= 22


def slots_of(population: Population) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    programme, managers = population.programme, population.managers
    days = len(working_days(programme.window_from, programme.window_until))
    leave = np.array([text.count("|") + 1 if text else 0 for text in managers["leave_days"].tolist()])
    return managers["visits_a_day"] * (days - leave) * managers["is_trained"]


def test_the_nation_loads_its_managers_to_78_in_a_hundred(nation: Population) -> None:
    assert 400_000 / slots_of(nation).sum() == pytest.approx(0.78, abs=0.02)


def test_every_province_and_group_of_sectors_can_be_served_from_its_own_agencies(nation: Population) -> None:
    agency = {name: n for n, name in enumerate(nation.agencies["agency_id"].tolist())}
    slots = np.zeros(len(agency))
    np.add.at(slots, [agency[name] for name in nation.managers["agency_id"].tolist()], slots_of(nation))
    sites = nation.enterprises
    for province in PROVINCES:
        here = nation.agencies["province"] == province.code
        meant = (sites["province"] == province.code) & sites["is_targeted"]
        for size in (1, 2, 3):
            for group in combinations(SECTORS, size):
                able = [not set(group).isdisjoint(text.split("|")) for text in nation.agencies["sectors"].tolist()]
                visits = 2 * np.sum(meant & np.isin(sites["sector"].astype(str), group))
                assert visits / slots[here & np.array(able)].sum() < 0.92, (province.code, group)


def test_agencies_serve_everywhere_or_their_own_province_and_neighbours(population: Population) -> None:
    agencies = population.agencies
    for own, served in zip(agencies["province"].tolist(), agencies["provinces"].tolist(), strict=True):
        near = next(province.neighbours for province in PROVINCES if province.code == own)
        assert served == "" or {own} <= set(served.split("|")) <= {own, *near}
    assert 0.1 < np.mean(agencies["provinces"] == "") < 0.3


def test_a_smaller_population_may_keep_the_nations_load() -> None:
    small = populate(20_000, is_scaled=True)
    assert 40_000 / slots_of(small).sum() == pytest.approx(0.78, abs=0.04)

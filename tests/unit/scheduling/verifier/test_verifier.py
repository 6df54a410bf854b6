"""Each hard rule, broken once in an otherwise valid plan, is found, and nothing else is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

import pytest

from scheduling.verifier import RULES, Report

Case = dict[str, Any]
Check = Callable[..., Report]
Name = Callable[[str], str]


def _set(table: str, row: int, **values: str) -> Callable[[Case], None]:
    return lambda case: case[table][row].update(values)


def _programme(**values: object) -> Callable[[Case], None]:
    return lambda case: case["programme"].update(values)


def _add(table: str, row: int, **values: str) -> Callable[[Case], None]:
    return lambda case: case[table].append(case[table][row] | values)


def _unscheduled(enterprise: str, ordinal: str, reason: str = "no_capacity") -> Callable[[Case], None]:
    line = {"enterprise_id": enterprise, "ordinal": ordinal, "reason": reason}
    return lambda case: case["unscheduled"].append(line)


def _drop_visit(row: int) -> Callable[[Case], None]:
    return lambda case: case["visits"].pop(row)


def _swap_days(first: int, second: int) -> Callable[[Case], None]:
    def swap(case: Case) -> None:
        a, b = case["visits"][first], case["visits"][second]
        a["visit_on"], b["visit_on"] = b["visit_on"], a["visit_on"]

    return swap


def _to_stranger(case: Case) -> None:
    """One visit more to an enterprise of nobody."""
    name = str(uuid5(UUID(case["programme"]["programme_id"]), "stranger:1"))
    case["visits"].append(case["visits"][4] | {"visit_id": name, "enterprise_id": "stranger", "visit_on": "2023-07-04"})


def _same_day(case: Case) -> None:
    case["programme"]["spacing_days"] = 1
    case["visits"][7]["visit_on"] = case["visits"][6]["visit_on"]


PLANTED: dict[str, tuple[Callable[[Case], object], str]] = {
    "unreadable_row": (_add("visits", 0, visit_id="press-9", visit_on="soon"), "visits 11"),
    "unknown_enterprise": (_to_stranger, "stranger-1"),
    "unknown_agency": (_set("visits", 6, agency_id="nobody"), "foundry-1"),
    "unknown_manager": (_set("visits", 6, manager_id="nobody"), "foundry-1"),
    "agency_not_qualified": (_set("agencies", 1, qualified_on="2023-05-04"), "cafe-1"),
    "agency_licence_ended": (_set("agencies", 1, licence_until="2023-06-11"), "cafe-2"),
    "agency_suspended": (
        _set("agencies", 1, suspended_from="2023-06-12", suspended_until="2023-06-30"),
        "cafe-2",
    ),
    "agency_not_competent": (_set("agencies", 0, sectors="construction|manufacturing"), ""),
    "agency_out_of_province": (_set("agencies", 0, provinces="KR-41"), ""),
    "agency_handed_back": (_set("enterprises", 1, handed_back="nobody|north"), ""),
    "manager_of_another_agency": (_set("visits", 6, manager_id="choi"), "foundry-1"),
    "manager_not_trained": (_set("managers", 1, trained_on="2023-05-04"), "foundry-1"),
    "training_not_over": (_programme(training_days=["2023-04-18", "2023-05-02"]), ""),
    "manager_on_leave": (_set("managers", 1, leave="2023-05-30..2023-06-02"), "foundry-2"),
    "manager_not_available": (_set("managers", 1, available_until="2023-05-31"), "foundry-2"),
    "not_a_working_day": (_set("visits", 5, visit_on="2023-10-02"), "cafe-2"),
    "outside_programme_window": (_set("visits", 5, visit_on="2024-01-03"), "cafe-2"),
    "outside_construction_period": (_set("enterprises", 1, open_until="2023-06-07"), "scaffold-2"),
    "before_it_was_known": (_set("enterprises", 3, known_on="2023-05-05"), "foundry-1"),
    "closed_weekday": (_set("enterprises", 3, closed_weekdays="fri|thu"), ""),
    "closed_day": (_set("enterprises", 3, closed_days="2023-07-01|2023-06-01"), "foundry-2"),
    "visit_misnamed": (_set("visits", 6, visit_id="0" * 8), "00000000"),
    "visit_twice": (_add("visits", 7, visit_on="2023-09-01"), "foundry-2"),
    "enterprise_twice_a_day": (_same_day, "foundry-2"),
    "spacing_too_short": (_set("visits", 7, visit_on="2023-05-31"), "foundry-2"),
    "ordinals_out_of_order": (_swap_days(6, 7), "foundry-2"),
    "over_capacity": (_set("managers", 0, visits_a_day="1"), ""),
    "visit_lost": (_drop_visit(7), "foundry 2"),
    "visit_planned_and_unscheduled": (_unscheduled("foundry", "2"), "foundry 2"),
    "visit_not_owed": (_unscheduled("foundry", "3"), "foundry 3"),
    "unscheduled_twice": (_unscheduled("hotel", "2"), "hotel 2"),
    "unknown_reason": (lambda case: case["unscheduled"][0].update(reason="weather"), "hotel 2"),
}
SEVERAL = {
    "agency_not_competent": (_set("agencies", 0, sectors="construction"), 4),
    "agency_out_of_province": (_set("agencies", 0, provinces="KR-41"), 2),
    "agency_handed_back": (_set("enterprises", 1, handed_back="nobody|north"), 2),
    "training_not_over": (_programme(training_days=["2023-04-18", "2023-05-02"]), 2),
    "closed_weekday": (_set("enterprises", 3, closed_weekdays="fri|thu"), 2),
    "over_capacity": (_set("managers", 0, visits_a_day="1"), 2),
}


def test_a_plan_that_keeps_every_rule_is_valid(case: Case, check: Check) -> None:
    report = check(case)

    assert report.is_valid
    assert (report.enterprises, report.visits, report.unscheduled) == (5, 9, 1)


@pytest.mark.parametrize("rule", [rule for rule in PLANTED if rule not in SEVERAL])
def test_one_planted_violation_is_found_and_nothing_else(rule: str, case: Case, check: Check, visit_id: Name) -> None:
    plant, key = PLANTED[rule]
    plant(case)

    found = check(case).violations

    named = visit_id(key) if key[-2:] in ("-1", "-2") else key
    assert [(violation.rule, violation.key) for violation in found] == [(rule, named)]


@pytest.mark.parametrize("rule", SEVERAL)
def test_a_fact_that_breaks_several_visits_names_each(rule: str, case: Case, check: Check) -> None:
    plant, times = SEVERAL[rule]
    plant(case)

    assert check(case).by_rule == {rule: times}


def test_every_rule_has_a_test_that_breaks_it() -> None:
    against = {
        "done_changed",
        "pinned_moved",
        "published_moved",
        "stage_went_back",
        "pin_lost",
        "placed_in_frozen_days",
    }

    assert set(PLANTED) | against == set(RULES)


@pytest.mark.parametrize("rule", PLANTED)
def test_every_violation_is_told_in_korean_and_in_english(rule: str, case: Case, check: Check) -> None:
    (SEVERAL.get(rule) or PLANTED[rule])[0](case)

    told = check(case).as_json()["violations"][0]

    assert any("가" <= letter <= "힣" for letter in told["sentence_ko"])
    assert told["sentence_en"].isascii()
    assert "{" not in told["sentence_ko"] + told["sentence_en"]


def test_a_third_visit_is_owed_where_risk_stayed_high(case: Case, check: Check) -> None:
    case["enterprises"][0]["residual_risk"] = "6"

    assert [violation.key for violation in check(case).violations] == ["press 3"]


def test_an_unreadable_enterprise_is_nobody_s_debt_but_may_not_be_visited(case: Case, check: Check) -> None:
    case["enterprises"][4]["sector"] = "hospitality"
    case["enterprises"].append(case["enterprises"][4] | {"enterprise_id": "broken", "latitude": "north"})

    report = check(case)

    assert report.by_rule == {"unknown_enterprise": 2}
    assert {(cell.row, cell.column) for cell in report.refused_facts} == {(6, "sector"), (7, "sector"), (7, "latitude")}


def test_what_was_done_is_not_judged_by_later_facts(case: Case, check: Check) -> None:
    case["visits"][4]["stage"] = "done"
    case["agencies"][1]["qualified_on"] = "2023-05-04"

    assert check(case).is_valid


def test_what_was_missed_may_follow_a_later_visit_that_was_made(case: Case, check: Check) -> None:
    _swap_days(6, 7)(case)
    case["visits"][7]["stage"] = "done"
    assert check(case).is_valid


def test_a_missed_visit_counts_for_nothing(case: Case, check: Check) -> None:
    case["visits"][7]["stage"] = "missed"

    assert [violation.rule for violation in check(case).violations] == ["visit_lost"]


def test_a_workday_that_the_programme_adds_is_worked(case: Case, check: Check) -> None:
    case["visits"][5]["visit_on"] = "2023-06-06"
    case["programme"]["workdays_added"] = ["2023-06-06"]

    assert check(case).is_valid


@pytest.mark.parametrize("day", ["2023-05-01", "2023-05-29", "2023-09-28", "2023-05-27"])
def test_labour_day_substitutes_and_weekends_are_not_worked(day: str, case: Case, check: Check) -> None:
    case["enterprises"][4]["closed_weekdays"] = ""
    case["visits"][8]["visit_on"] = day

    assert check(case).by_rule == {"not_a_working_day": 1}

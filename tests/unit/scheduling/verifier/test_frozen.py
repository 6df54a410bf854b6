"""Against an earlier plan: what was published, pinned or done stays unless its own people or site force it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from scheduling.verifier import Report

Case = dict[str, Any]
Check = Callable[..., Report]
Name = Callable[[str], str]
FOUNDRY_1, FOUNDRY_2 = 6, 7
PRESS_1, SCAFFOLD_1 = 0, 2


def _before(case: Case, **values: str) -> Case:
    """The plan as it was, with the foundry's first visit settled as the values say."""
    case["visits"][FOUNDRY_1].update(values)
    return deepcopy(case)


def test_a_published_visit_that_moves_unforced_is_named(case: Case, check: Check, visit_id: Name) -> None:
    before = _before(case, stage="published")
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    found = check(case, before).violations

    assert [(violation.rule, violation.key) for violation in found] == [("published_moved", visit_id("foundry-1"))]
    assert found[0].values["now_visit_on"] == "2023-05-03"


def test_a_published_visit_given_to_a_colleague_has_moved(case: Case, check: Check) -> None:
    before = _before(case, stage="published")
    case["visits"][FOUNDRY_1]["manager_id"] = "kim"

    assert check(case, before).by_rule == {"published_moved": 1}


def test_a_published_visit_that_is_dropped_is_named(case: Case, check: Check) -> None:
    before = _before(case, stage="published")
    del case["visits"][FOUNDRY_1]
    case["unscheduled"].append({"enterprise_id": "foundry", "ordinal": "1", "reason": "no_capacity"})

    assert check(case, before).by_rule == {"published_moved": 1}


@pytest.mark.parametrize("stage", ["published", "done"])
def test_visits_that_trade_their_enterprises_have_moved(stage: str, case: Case, check: Check, visit_id: Name) -> None:
    press, foundry = case["visits"][PRESS_1], case["visits"][FOUNDRY_1]
    press["stage"] = foundry["stage"] = stage
    before = deepcopy(case)
    press["enterprise_id"], foundry["enterprise_id"] = foundry["enterprise_id"], press["enterprise_id"]

    rule = "published_moved" if stage == "published" else "done_changed"
    told = {(violation.rule, violation.key) for violation in check(case, before).violations}
    assert told == {(name, visit_id(key)) for name in (rule, "visit_misnamed") for key in ("press-1", "foundry-1")}


def test_visits_that_trade_their_ordinals_have_moved(case: Case, check: Check) -> None:
    before = _before(case, stage="published")
    first, second = case["visits"][FOUNDRY_1], case["visits"][FOUNDRY_2]
    first["ordinal"], second["ordinal"] = second["ordinal"], first["ordinal"]

    assert check(case, before).by_rule == {"ordinals_out_of_order": 1, "published_moved": 1, "visit_misnamed": 2}


@pytest.mark.parametrize(
    ("table", "row", "values"),
    [
        ("managers", 1, {"leave": "2023-05-04"}),
        ("managers", 1, {"manager_id": "park"}),
        ("enterprises", 3, {"closed_days": "2023-05-04"}),
        ("agencies", 0, {"suspended_from": "2023-05-04", "suspended_until": "2023-05-04"}),
    ],
)
def test_its_own_manager_agency_or_site_may_force_it(
    table: str, row: int, values: dict[str, str], case: Case, check: Check
) -> None:
    before = _before(case, stage="published")
    case[table][row].update(values)
    case["visits"][FOUNDRY_1].update(visit_on="2023-05-03", manager_id="kim")
    case["visits"][FOUNDRY_2]["manager_id"] = "kim"

    assert check(case, before).is_valid


def test_another_s_leave_forces_nothing(case: Case, check: Check) -> None:
    before = _before(case, stage="published")
    case["managers"][2]["leave"] = "2023-05-04"
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    assert check(case, before).by_rule == {"published_moved": 1}


def test_a_visit_that_its_own_people_released_may_move(case: Case, check: Check, visit_id: Name) -> None:
    before = _before(case, stage="published")
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    assert check(case, before, released=(visit_id("foundry-1"),)).is_valid


def test_a_pinned_visit_that_moves_is_named(case: Case, check: Check) -> None:
    before = _before(case, pinned="true")
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    assert check(case, before).by_rule == {"pinned_moved": 1}


def test_a_pin_that_is_lost_is_named(case: Case, check: Check) -> None:
    before = _before(case, pinned="true")
    case["visits"][FOUNDRY_1]["pinned"] = "false"

    assert check(case, before).by_rule == {"pin_lost": 1}


def test_a_draft_may_move_freely(case: Case, check: Check) -> None:
    before = _before(case)
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    assert check(case, before).is_valid


def test_a_published_visit_does_not_go_back_to_draft(case: Case, check: Check) -> None:
    before = _before(case, stage="published")
    case["visits"][FOUNDRY_1]["stage"] = "draft"

    assert check(case, before).by_rule == {"stage_went_back": 1}


def test_a_visit_that_was_done_is_not_rewritten(case: Case, check: Check) -> None:
    before = _before(case, stage="done")
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    assert check(case, before).by_rule == {"done_changed": 1}


def test_nothing_new_is_placed_in_frozen_days(case: Case, check: Check, visit_id: Name) -> None:
    before = _before(case)
    case["programme"]["published_until"] = "2023-05-12"
    case["visits"][FOUNDRY_1]["visit_on"] = "2023-05-03"

    found = check(case, before).violations

    assert [(violation.rule, violation.key) for violation in found] == [
        ("placed_in_frozen_days", visit_id("foundry-1"))
    ]


def test_a_draft_that_is_published_in_place_has_not_moved(case: Case, check: Check) -> None:
    before = _before(case)
    case["programme"]["published_until"] = "2023-05-12"
    case["visits"][FOUNDRY_1]["stage"] = "published"

    assert check(case, before).is_valid


def _crowded(case: Case, **first: str) -> Case:
    """Kim, who makes two visits a day, has three published ones; the first of them with these values."""
    for row in (PRESS_1, SCAFFOLD_1, FOUNDRY_1):
        case["visits"][row].update(visit_on="2023-05-02", manager_id="kim", stage="published")
    case["visits"][PRESS_1].update(first)
    return deepcopy(case)


@pytest.mark.parametrize(("moved", "pinned", "broken"), [
    ([FOUNDRY_1], "false", {}),
    ([PRESS_1], "false", {}),
    ([SCAFFOLD_1, FOUNDRY_1], "false", {"published_moved": 1}),
    ([PRESS_1, SCAFFOLD_1, FOUNDRY_1], "false", {"published_moved": 2}),
    ([PRESS_1], "true", {"pinned_moved": 1}),
])  # fmt: skip
def test_an_overfull_day_frees_as_many_visits_as_are_too_many(
    moved: list[int], pinned: str, broken: dict[str, int], case: Case, check: Check
) -> None:
    before = _crowded(case, pinned=pinned)
    for row in moved:
        case["visits"][row]["visit_on"] = "2023-05-09"
    found = check(case, before).by_rule
    assert {rule: count for rule, count in found.items() if rule in ("published_moved", "pinned_moved")} == broken


@pytest.mark.parametrize("released", ["press-1", "foundry-1"])
def test_who_was_released_takes_nobody_s_turn_to_leave_an_overfull_day(
    released: str, case: Case, check: Check, visit_id: Name
) -> None:
    before = _crowded(case)
    for row in (PRESS_1, FOUNDRY_1):
        case["visits"][row]["visit_on"] = "2023-05-09"
    assert "published_moved" not in check(case, before, released=(visit_id(released),)).by_rule

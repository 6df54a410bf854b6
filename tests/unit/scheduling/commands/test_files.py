"""The files: what is read, what is refused by name, and what the commands say."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from korea.districts import place_in
from scheduling.commands import plan as group
from scheduling.planfiles.facts import read_facts
from scheduling.planfiles.plans import read_plan, visit_ids, write_plan
from scheduling.planner import plan
from scheduling.planner.geometry import on_the_map


def open_dates(bits: Any, dates: Any) -> list[str]:
    """The days of one row, as ISO dates."""
    return [date.fromordinal(int(day)).isoformat() for n, day in enumerate(dates) if int(bits[n >> 6]) >> (n & 63) & 1]


def test_the_calendar_begins_after_training_and_follows_later_decisions(folder: Callable[..., Path]) -> None:
    facts = read_facts(folder()).facts
    everything = open_dates([(1 << 64) - 1] * 9, facts.calendar.dates)
    assert everything[0] == "2023-04-12"
    assert "2023-07-03" not in everything
    assert "2023-07-08" in everything
    assert "2023-05-01" not in everything
    assert "2023-10-02" not in everything


def test_a_manager_visits_after_training_and_not_on_leave(folder: Callable[..., Path]) -> None:
    facts = read_facts(folder()).facts
    first, second = (open_dates(row, facts.calendar.dates) for row in facts.managers.open_days)
    assert not {"2023-05-02", "2023-05-04", "2023-06-01"} & set(first)
    assert second[0] == "2023-04-21"
    assert second[-1] == "2023-08-31"
    assert facts.managers.stops.tolist() == [3, 4]


def test_an_enterprise_is_open_when_it_says_so_and_from_when_it_is_known(folder: Callable[..., Path]) -> None:
    facts = read_facts(folder()).facts
    days = [open_dates(row, facts.calendar.dates) for row in facts.sites.open_days]
    assert days[0][0] == "2023-04-12"
    assert "2023-04-13" not in days[0]
    assert "2023-04-18" not in days[0]
    assert days[1][0] == "2023-05-10"
    assert (days[2][0], days[2][-1]) == ("2023-05-02", "2023-09-27")
    assert facts.sites.visits.tolist() == [3, 2, 2]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("e1,service,KR-11,,37.5,127.0,2,,,,,,,", "enterprise_id", "appears twice"),
        ("e9,farming,KR-11,,37.5,127.0,2,,,,,,,", "sector", "none of"),
        ("e9,service,KR-99,,37.5,127.0,2,,,,,,,", "province", "none of"),
        ("e9,service,KR-11,,north,127.0,2,,,,,,,", "latitude", "not a number"),
        ("e9,service,KR-11,,,127.0,2,,,,,,,", "latitude", "is empty"),
        ("e9,service,KR-11,,,,2,,,,,,,", "latitude", "`district` is no"),
        ("e9,service,KR-11,26110,,,2,,,,,,,", "latitude", "of the row's province"),
        ("e9,service,KR-11,,37.5,127.0,12,,,,,,,", "risk", "not between"),
        ("e9,service,KR-11,,37.5,127.0,2,2023-13-01,,,,,,", "open_from", "not a date"),
        ("e9,service,KR-11,,37.5,127.0,2,2023-09-01,2023-08-01,,,,,", "open_until", "before"),
        ("e9,service,KR-11", "", "3 cells"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_planned(
    folder: Callable[..., Path], line: str, column: str, reason: str
) -> None:
    reading = read_facts(folder(line))
    assert [(one.file, one.row, one.column) for one in reading.refusals] == [("enterprises.csv", 5, column)]
    assert reason in reading.refusals[0].reason
    assert reading.names.enterprises == ["e1", "e2", "e3"]


def test_an_enterprise_without_a_place_lies_in_its_district_always_at_the_same_place(
    folder: Callable[..., Path],
) -> None:
    reading = read_facts(folder("e8,service,KR-11,11110,,,2,,,,,,,", "e9,service,KR-11,11110,,,2,,,,,,,"))
    assert reading.refusals == []
    place = np.array([place_in("11110", name) for name in ("e8", "e9")])
    assert reading.facts.sites.place[3:].tolist() == on_the_map(*place.T).tolist()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_plan_comes_back_from_its_files(folder: Callable[..., Path], ending: str) -> None:
    reading = read_facts(folder())
    made = plan(reading.facts)
    write_plan(folder() / "plan", reading.names, made, ending)
    read = read_plan(folder() / "plan", reading.facts, reading.names)
    back, refusals = read.plan, read.refusals
    assert refusals == []
    assert back.visits.date.tolist() == made.visits.date.tolist()
    assert back.unscheduled.reason.tolist() == made.unscheduled.reason.tolist()


def test_a_visit_has_the_same_name_in_every_plan() -> None:
    programme = "7f2924e4-230c-5c72-9d1e-18c0f71c4e05"
    named = visit_ids(programme, ["e1", "e1"], np.array([1, 2]))
    assert named == visit_ids(programme, ["e1", "e1"], np.array([1, 2]))
    assert len(set(named)) == 2


def call(*words: str) -> Result:
    """What a command says."""
    return CliRunner().invoke(group, [str(word) for word in words])


def test_the_commands_plan_prove_explain_and_change(folder: Callable[..., Path]) -> None:
    facts, out, later = str(folder()), str(folder() / "plan"), str(folder() / "later")
    told = json.loads(call("run", facts, "--out", out, "--json").stdout)
    assert (told["visits"], told["unscheduled"]) == (7, 0)
    assert call("verify", facts, out).exit_code == 0
    assert json.loads(call("explain", facts, out, "e1", "--ordinal", "2", "--json").stdout)["chosen"]
    assert json.loads(call("replan", facts, out, "--out", later, "--json").stdout)["moved"] == 0
    assert json.loads(call("diff", facts, out, later, "--json").stdout)["moved"] == 0
    asked = json.loads(call("what-if", facts, "--suspend", "a2", "--json").stdout)
    assert asked["unscheduled"] == {"before": 0, "after": 2}
    around = json.loads(call("what-if", facts, out, "--suspend", "a2", "--from", "2023-06-01", "--json").stdout)
    assert around["difference"]["moved"] == 0


def test_a_plan_with_room_for_more_enterprises_names_only_those_known(folder: Callable[..., Path]) -> None:
    facts, out = str(folder()), folder() / "plan"
    told = json.loads(call("run", facts, "--out", str(out), "--expect", "40", "--json").stdout)
    assert (told["visits"], told["unscheduled"]) == (7, 0)
    assert call("verify", facts, str(out)).exit_code == 0


def test_a_replan_that_moves_too_much_is_refused_as_a_whole(folder: Callable[..., Path]) -> None:
    facts, out, later = folder(), folder() / "plan", folder() / "later"
    call("run", str(facts), "--out", str(out))
    changed = json.loads((facts / "programme.json").read_text()) | {"window_from": "2023-06-01"}
    (facts / "programme.json").write_text(json.dumps(changed))
    refused = call("replan", str(facts), str(out), "--out", str(later), "--most-moved", "0")
    assert refused.exit_code == 1
    assert not later.exists()


def test_the_picture_of_a_plan_is_drawn(folder: Callable[..., Path]) -> None:
    facts, picture = folder(), folder() / "plan.png"
    assert call("run", str(facts), "--out", str(facts / "plan"), "--picture", str(picture)).exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_change_that_names_nobody_changes_nothing(folder: Callable[..., Path]) -> None:
    facts, out, later = folder(), folder() / "plan", folder() / "later"
    call("run", str(facts), "--out", str(out))
    for words in (
        ("--suspend", "a9", "--from", "2023-06-01"),
        ("--suspend", "a1"),
        ("--missed", "no-such-visit"),
        ("--hand-back", "e9"),
    ):
        refused = call("replan", str(facts), str(out), "--out", str(later), *words)
        assert refused.exit_code == 2
        assert "Error: " in refused.output
    assert not later.exists()

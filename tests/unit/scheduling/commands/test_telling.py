"""What the commands say fits a narrow terminal: nothing is cut off unsaid, and cells are said as they are."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from scheduling.commands import plan as group
from scheduling.planfiles.shortages import certificate
from scheduling.planner.shortfall import Certificate, Missing

AGENCY, MANAGER = "합성-가람이엔지산업안전보건센터 [/b]", "f4676361-9531-5efc-8ca6-b0b63ad4520e"
ENTERPRISE = "6e7adbfc-8d60-590c-84a9-f85ba635cdb6"


def call(*words: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(group, [str(word) for word in words])


def _rewrite(path: Path, was: str, name: str, more: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(was, name) + more, encoding="utf-8")


@pytest.fixture
def facts(folder: Callable[..., Path]) -> Path:
    """Facts whose ids are as long as those of a nation, and two agencies that may both come."""
    found = folder()
    _rewrite(found / "agencies.csv", "One", AGENCY, f"a3,{AGENCY} 2,manufacturing|service,,37.5,127.0,2023-02-01,,\n")
    _rewrite(found / "managers.csv", "m1", MANAGER, "m3,a3,,,3,2023-04-11,,,\n")
    _rewrite(found / "enterprises.csv", "e1", ENTERPRISE, "")
    assert call("run", found, "--out", found / "plan").exit_code == 0
    return found


def test_an_explanation_shows_each_day_and_name_whole(facts: Path) -> None:
    words = ("explain", facts, facts / "plan", ENTERPRISE)
    told, asked = call(*words), json.loads(call(*words, "--json").stdout)
    choices = [one for kind in ("chosen", "other_agency", "other_manager", "other_day") for one in asked[kind]]
    assert {AGENCY, f"{AGENCY} 2"} == {one["agency"] for one in choices}
    for one in choices:
        assert one["visit_on"] in told.stdout
        assert one["manager_id"] in told.stdout
        assert one["agency"] in told.stdout
    assert "…" not in told.stdout


def test_a_difference_names_those_who_move_and_json_names_all(facts: Path) -> None:
    words = ("replan", facts, facts / "plan", "--out", facts / "later", "--suspend", "a3", "--from", "2023-04-12")
    told, asked = call(*words), json.loads(call(*words, "--json").stdout)
    assert asked["moved"] == len(asked["moves"]) > 0
    for one in asked["moves"]:
        assert all(one[name] in told.stdout for name in ("was_on", "visit_on", "was_agency", "agency"))
        assert one["enterprise_id"] in told.stdout
    assert "…" not in told.stdout
    between = json.loads(call("diff", facts, facts / "plan", facts / "later", "--json").stdout)
    assert between["moves"] == asked["moves"]


def test_what_is_published_and_pinned_is_said(facts: Path) -> None:
    visit = (facts / "plan" / "visits.csv").read_text().splitlines()[1].split(",")[0].strip('"')
    words = ("replan", facts, facts / "plan", "--out", facts / "later", "--freeze", "2023-12-29", "--pin", visit)
    assert "7 visits are published, 1 pinned" in call(*words).stdout


@pytest.mark.parametrize("command", ["run", "explain", "replan", "diff", "what-if", "verify"])
def test_brackets_in_a_cell_are_no_markup(facts: Path, command: str) -> None:
    with (facts / "enterprises.csv").open("a") as lines:
        lines.write("e9,[/b],KR-11,,37.5,127.0,2,,,,,,,\n")
    with (facts / "plan" / "visits.csv").open("a") as lines:
        lines.write('"v","[/b]",1,"a1","m1",2023-05-02,"draft",false\n')
    words = {"run": ("--out", facts / "out"), "explain": (facts / "plan", "e2"), "what-if": (),
             "replan": (facts / "plan", "--out", facts / "out"), "diff": (facts / "plan", facts / "plan"),
             "verify": (facts / "plan",)}  # fmt: skip
    answer = call(command, facts, *words[command])
    assert isinstance(answer.exception, SystemExit) or answer.exception is None, answer.exception
    assert "[/b]" in answer.output


@pytest.mark.parametrize("command", ["run", "verify", "replan", "what-if", "pvrp"])
def test_a_bar_shows_at_a_terminal_how_far_it_is_and_nowhere_else(facts: Path, command: str) -> None:
    periodic = facts / "p01"
    periodic.write_text("1 1 1 2\n0 10\n0 10\n0 0 0 0 0 0 0\n1 3 4 0 1 1 2 1 2\n", encoding="ascii")
    plan, out = facts / "plan", ("--out", facts / "out")
    words = {"run": (facts, *out), "verify": (facts, plan), "what-if": (facts,), "replan": (facts, plan, *out),
             "pvrp": (periodic, "--iterations", "200")}  # fmt: skip
    said = [str(word) for word in (command, *words[command], "--json")]
    assert call(*said).stderr == ""
    assert "0:00:00" in CliRunner(env={"COLUMNS": "80", "FORCE_COLOR": "1"}).invoke(group, said).stderr


def shortfall(rows: int, unserved_then: int = 0, hopeless: int = 0) -> str:
    missing = [Missing(row % 17, row % 3, row % 12, row + 1) for row in range(rows)]
    proof = Certificate(99, 99, 0, 0, 99, 0, missing, 0, 0, [], unserved_then, hopeless)
    told = StringIO()
    certificate(Console(file=told, width=80), proof, 99)
    return told.getvalue()


def test_a_long_table_of_what_is_missing_says_where_the_rest_is() -> None:
    assert "more, with" not in shortfall(20)
    assert "… and 5 more, with 15 visits; --json names them all." in shortfall(25)


def test_visits_that_no_manager_can_make_are_not_said_to_be_ended_by_managers() -> None:
    told = shortfall(3, unserved_then=99, hopeless=99)
    assert "99 visits no manager can make" in told
    assert "managers can end it" not in told
    assert "reserve" not in told.partition("visits missing")[2]


def test_visits_that_hang_on_the_reserve_of_new_managers_are_told_apart_from_those() -> None:
    told = " ".join(shortfall(3, unserved_then=9, hopeless=2).split())
    assert "2 visits no manager can make" in told
    assert "Whether more managers can make another 7 depends on the days" in told


def test_what_is_published_stays_and_counts_whatever_is_asked(facts: Path) -> None:
    planned, later = facts / "planned", facts / "later"
    assert call("run", facts, "--out", planned).exit_code == 0
    assert call("replan", facts, planned, "--out", later, "--freeze", "2023-12-28").exit_code == 0
    answer = json.loads(call("what-if", later / "facts", later, "--risk-weight", "1", "--json").stdout)
    assert answer["difference"] == dict.fromkeys(answer["difference"], 0)
    assert answer["certificate"]["unserved"] <= answer["unscheduled"]["after"]
    assert "-" not in call("what-if", later / "facts", later, "--risk-weight", "1").stdout.partition("At least")[2]


def test_a_province_is_told_of_the_managers_nearest_to_it(facts: Path) -> None:
    lines = "".join(f"x{n},service,KR-11,,37.5,127.0,2,,,,,,,\n" for n in range(600))
    _rewrite(facts / "enterprises.csv", "", "", lines)
    told = " ".join(call("what-if", facts, "--province", "KR-11").stdout.split())
    assert "visits cannot be made by the managers nearest to it while the reserve is kept" in told
    assert "anyone" not in told

"""Changes told to the command: what comes out is valid, counts what is gone, keeps its limits and answers each wish."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scheduling.commands import plan as commands
from scheduling.verifier import verify

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


@dataclass(frozen=True)
class Desk:
    """A facts folder and its plan, whose every visit is published, and the commands on them."""

    facts: Path
    plan: Path

    def call(self, *words: str | Path) -> Result:
        return CliRunner().invoke(commands, [str(word) for word in words])

    def replan(self, *words: str) -> Result:
        return self.call("replan", self.facts, self.plan, "--out", self.later, "--json", *words)

    @property
    def later(self) -> Path:
        return self.facts / "later"

    def visits_of(self, enterprise: str, folder: Path | None = None) -> list[Row]:
        return [row for row in read((folder or self.plan) / "visits.csv") if row["enterprise_id"] == enterprise]

    def visit(self, enterprise: str, ordinal: int = 1) -> Row:
        return self.visits_of(enterprise)[ordinal - 1]

    def edit(self, file: str, change: Callable[[list[Row]], list[Row]]) -> None:
        write(self.facts / file, change(read(self.facts / file)))

    def broken(self) -> dict[str, int]:
        facts, released = self.later / "facts", self.later / "released.csv"
        free = [row["visit_id"] for row in read(released)] if released.exists() else []
        return verify(facts if facts.exists() else self.facts, self.later, self.plan, free).by_rule


@pytest.fixture
def desk(folder: Callable[..., Path]) -> Desk:
    facts = folder()
    found = Desk(facts, facts / "plan")
    assert found.call("run", facts, "--out", found.plan).exit_code == 0
    write(found.plan / "visits.csv", [row | {"stage": "published"} for row in read(found.plan / "visits.csv")])
    return found


def holiday(facts: Path, day: str) -> None:
    said: dict[str, Any] = json.loads((facts / "programme.json").read_text())
    (facts / "programme.json").write_text(json.dumps(said | {"holidays_added": [*said["holidays_added"], day]}))


def test_a_new_enterprise_beside_a_pin_is_planned(desk: Desk) -> None:
    desk.edit("enterprises.csv", lambda rows: [*rows, rows[1] | {"enterprise_id": "e4"}])
    assert desk.replan("--pin", desk.visit("e1")["visit_id"]).exit_code == 0
    assert len(desk.visits_of("e4", desk.later)) == 2
    assert desk.broken() == {}


def test_a_holiday_in_the_facts_beside_a_missed_visit_is_kept_free(desk: Desk) -> None:
    holiday(desk.facts, desk.visit("e2")["visit_on"])
    assert desk.replan("--missed", desk.visit("e1")["visit_id"]).exit_code == 0
    assert desk.broken() == {}


def test_a_plan_that_breaks_a_rule_is_not_written(desk: Desk) -> None:
    done = desk.visits_of("e1")[0] | {"stage": "done"}
    write(desk.plan / "visits.csv", [done, *read(desk.plan / "visits.csv")[1:]])
    desk.edit("managers.csv", lambda rows: [rows[1]])
    refused = desk.replan()
    assert refused.exit_code == 1
    assert "done_changed" in refused.stderr
    assert not desk.later.exists()


def test_the_visits_of_a_manager_whom_the_facts_no_longer_know_count(desk: Desk) -> None:
    desk.edit("managers.csv", lambda rows: [rows[1], rows[0] | {"manager_id": "m3"}])
    refused = desk.replan("--most-moved", "0")
    assert (refused.exit_code, json.loads(refused.stdout)["moved"]) == (1, 5)
    assert json.loads(refused.stdout)["published_moved"] == 5
    assert not desk.later.exists()
    assert desk.replan("--most-moved", "5", "--most-dropped", "0").exit_code == 0


def test_the_visits_of_an_enterprise_that_is_gone_are_dropped(desk: Desk) -> None:
    desk.edit("enterprises.csv", lambda rows: rows[:1])
    assert json.loads(desk.replan("--most-dropped", "3").stdout)["dropped"] == 4
    assert not desk.later.exists()
    assert desk.replan("--most-dropped", "4").exit_code == 0


def test_the_visits_of_an_enterprise_that_is_gone_are_compared_by_its_name(desk: Desk) -> None:
    rows = read(desk.plan / "visits.csv")
    write(desk.plan / "visits.csv", rows[::-1])
    assert desk.replan().exit_code == 0
    write(desk.later / "visits.csv", rows[2:] + rows[:2])
    desk.edit("enterprises.csv", lambda rows: rows[:1])
    said = json.loads(desk.call("diff", desk.facts, desk.plan, desk.later, "--json").stdout)
    assert (said["moved"], said["added"], said["dropped"]) == (0, 0, 0)


def test_dropped_visits_have_a_limit_of_their_own(desk: Desk) -> None:
    words = ("--suspend", "a2", "--from", "2023-04-01")
    refused = desk.replan(*words, "--most-moved", "0", "--most-dropped", "1")
    assert refused.exit_code == 1
    assert "2 visits would be dropped, and 1 are allowed" in refused.stderr
    assert desk.replan(*words, "--most-moved", "0", "--most-dropped", "2").exit_code == 0


def refused_wish(desk: Desk, *words: str) -> str:
    """The code with which the one wish is refused; nothing moves then."""
    said = desk.replan(*words, "--most-moved", "0", "--most-dropped", "0")
    assert said.exit_code == 0, said.output
    (one,) = json.loads(said.stdout)["refused_wishes"]
    assert one["ko"]
    assert one["en"]
    return one["code"]


def test_an_enterprise_stays_with_its_agency_where_no_other_can_come(desk: Desk) -> None:
    assert refused_wish(desk, "--hand-back", "e1") == "nobody_else"
    assert desk.visits_of("e1", desk.later) == desk.visits_of("e1")
    assert desk.broken() == {}


def test_a_pinned_visit_is_neither_handed_back_nor_given_another_day(desk: Desk) -> None:
    visit = desk.visit("e1")["visit_id"]
    assert refused_wish(desk, "--hand-back", "e1", "--pin", visit) == "pinned"
    desk.call("replan", desk.facts, desk.plan, "--out", desk.plan, "--pin", visit)
    assert refused_wish(desk, "--another-day", f"{visit}=2023-08-01..2023-08-31") == "pinned"
    assert [row["pinned"] for row in desk.visits_of("e1", desk.later)] == ["true", "false", "false"]


def test_what_lies_in_the_frozen_days_stays(desk: Desk) -> None:
    visit = desk.visit("e1")
    frozen = ("--freeze", visit["visit_on"])
    assert refused_wish(desk, "--hand-back", "e1", *frozen) == "frozen"
    assert refused_wish(desk, "--another-day", f"{visit['visit_id']}=2023-08-01", *frozen) == "frozen"


def test_a_day_on_which_nobody_can_come_is_no_day(desk: Desk) -> None:
    assert refused_wish(desk, "--another-day", f"{desk.visit('e3')['visit_id']}=2023-12-26") == "no_such_day"


def test_an_enterprise_goes_to_another_agency_that_has_room(desk: Desk) -> None:
    other = {"agency_id": "a3", "name": "Three"}
    desk.edit("agencies.csv", lambda rows: [*rows, rows[0] | other])
    desk.edit("managers.csv", lambda rows: [*rows, rows[0] | {"manager_id": "m3", "agency_id": "a3"}])
    agency = desk.visit("e1")["agency_id"]
    said = desk.replan("--hand-back", "e1")
    assert json.loads(said.stdout)["refused_wishes"] == []
    assert {row["agency_id"] for row in desk.visits_of("e1", desk.later)} == {"a1", "a3"} - {agency}
    assert desk.broken() == {}
    assert [row["handed_back"] for row in read(desk.later / "facts" / "enterprises.csv")] == [agency, "", ""]


def test_who_gave_an_enterprise_back_never_gets_it_again(desk: Desk) -> None:
    desk.edit(
        "enterprises.csv", lambda rows: [row | {"handed_back": "a1" * (row["enterprise_id"] == "e1")} for row in rows]
    )
    assert json.loads(desk.replan().stdout)["dropped"] == 3
    assert desk.visits_of("e1", desk.later) == []
    assert desk.call("run", desk.facts, "--out", desk.plan).exit_code == 0
    assert desk.visits_of("e1") == []
    assert desk.call("what-if", desk.facts, "--province", "KR-11", "--json").exit_code == 0


@pytest.mark.parametrize("second", ["--missed", "--pin"])
def test_one_visit_is_asked_one_thing_at_a_time(desk: Desk, second: str) -> None:
    visit = desk.visit("e1")["visit_id"]
    assert desk.replan("--another-day", f"{visit}=2023-08-01", second, visit).exit_code == 2
    assert desk.replan("--another-day", f"{visit}=2023-08-01", "--hand-back", "e1").exit_code == 2
    assert not desk.later.exists()


def test_a_pin_can_be_taken_back_and_then_the_visit_moves_again(desk: Desk) -> None:
    visit = desk.visit("e1", 3)["visit_id"]
    desk.call("replan", desk.facts, desk.plan, "--out", desk.plan, "--pin", visit)
    assert desk.replan("--unpin", visit, "--most-moved", "0").exit_code == 0
    assert [row["pinned"] for row in desk.visits_of("e1", desk.later)] == ["false"] * 3
    assert desk.broken() == {}
    assert verify(desk.facts, desk.later, desk.plan).by_rule == {"pin_lost": 1}
    freed = desk.call("replan", desk.facts, desk.later, "--out", desk.facts / "freed", "--json",
                      "--another-day", f"{visit}=2023-10-10..2023-12-29")  # fmt: skip
    assert json.loads(freed.stdout)["refused_wishes"] == []

"""Rule sets: dated, one at a time, and a mistake in their file stops the start."""

from datetime import date
from pathlib import Path

import pytest

from eligibility.model import RuleBookError
from eligibility.rules import read_rules

SET = """
[[rule_set]]
name = "{name}"
valid_from = {first}
{last}
source = {{title_ko = "보도자료", title_en = "press release", issued_by = "MOEL"}}
[[rule_set.rules]]
sector = "service"
measure = "headcount"
bound = "{bound}"
limit = {limit}
"""


def rule_set(name: str, first: str, last: str = "", *, bound: str = "at_most", limit: int = 50) -> str:
    return SET.format(name=name, first=first, last=f"valid_until = {last}" if last else "", bound=bound, limit=limit)


def file_with(folder: Path, *texts: str) -> Path:
    file = folder / "rules.toml"
    file.write_text("\n".join(texts), "utf-8")
    return file


def test_the_shipped_rules_are_the_press_releases() -> None:
    (of_2023,) = read_rules().rule_sets
    rules = {(rule.sector, rule.measure, rule.bound, rule.limit) for rule in of_2023.rules}
    assert rules == {
        ("manufacturing", "headcount", "at_most", 10),
        ("construction", "contract_value", "below", 100_000_000),
        ("service", "headcount", "at_most", 50),
    }
    assert of_2023.valid_from == date(2023, 1, 1)
    assert "press release" in of_2023.source.title_en


def test_the_day_chooses_the_rule_set(tmp_path: Path) -> None:
    book = read_rules(
        file_with(
            tmp_path, rule_set("a", "2023-01-01", "2023-12-31"), rule_set("b", "2024-02-01", bound="below", limit=50)
        )
    )
    in_force = {day: book.in_force(date.fromisoformat(day)) for day in DAYS}
    assert {day: found and found.name for day, found in in_force.items()} == DAYS


DAYS = {
    "2022-12-31": None,
    "2023-01-01": "a",
    "2023-12-31": "a",
    "2024-01-31": None,
    "2024-02-01": "b",
    "2030-01-01": "b",
}


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ([], "no rule set at all"),
        ([rule_set("a", "2023-01-01"), rule_set("b", "2024-01-01")], "'b' begins while 'a' is in force"),
        ([rule_set("a", "2023-01-01", "2024-01-01"), rule_set("b", "2024-01-01")], "'b' begins while 'a'"),
        ([rule_set("b", "2024-01-01", "2024-12-31"), rule_set("a", "2023-01-01")], "'a' begins while 'b'"),
        ([rule_set("a", "2023-01-02", "2023-01-01")], "ends before it begins"),
        ([rule_set("a", "2023-01-01", bound="under")], "bound"),
        ([rule_set("a", "2023-01-01") + "limits = 3\n"], "limits"),
        ([rule_set("a", "2023-01-01").replace("service", "mining")], "sector"),
        ([rule_set("a", "2023-01-01") + rule_set("a", "2023-01-01").partition("}\n")[2]], "two rules for one sector"),
        (["[[rule_set"], "cannot be used"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, texts: list[str], complaint: str) -> None:
    with pytest.raises(RuleBookError, match=complaint):
        read_rules(file_with(tmp_path, *texts))

"""Damaged files and words: every command names the thing, in two languages, and never shows its own insides."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scheduling.commands import plan as commands

Damage = Callable[[Path], object]


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(commands, [str(word) for word in words])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, small_facts: Callable[..., Path]) -> Path:
    """Facts and their plan, unharmed."""
    facts = small_facts(tmp_path_factory.mktemp("whole"))
    assert call("run", facts, "--out", facts / "plan").exit_code == 0
    return facts


def programme(**fields: Any) -> Damage:
    """Other fields; a field that is `...` is taken out."""

    def damage(folder: Path) -> None:
        said = json.loads((folder / "programme.json").read_text()) | fields
        left = {name: value for name, value in said.items() if value is not ...}
        (folder / "programme.json").write_text(json.dumps(left))

    return damage


def text(file: str, old: str, new: str) -> Damage:
    def damage(folder: Path) -> None:
        said = (folder / file).read_text(encoding="utf-8")
        assert old in said
        (folder / file).write_text(said.replace(old, new, 1), encoding="utf-8")

    return damage


def raw(file: str, content: bytes) -> Damage:
    return lambda folder: (folder / file).write_bytes(content)


def gone(file: str) -> Damage:
    return lambda folder: (folder / file).unlink()


FACTS: dict[str, tuple[Damage, str]] = {
    f"{field} {kind}": (programme(**{field: value}), field)
    for field in ("window_from", "window_until", "minimum_visits", "spacing_days", "visits_a_day")
    for kind, value in {"missing": ..., "null": None, "a word": "soon", "a list": [1]}.items()
} | {
    "window reversed": (programme(window_from="2023-12-29", window_until="2023-04-10"), "window_until"),
    "window mistyped": (programme(window_until="2203-12-29"), "window_until"),
    "window mistyped without a year": (programme(year=None, window_from="0202-04-10"), "window_from"),
    "year a word": (programme(year="this"), "year"),
    "training day no date": (programme(training_days=["11 April"]), "training_days"),
    "holidays no list": (programme(holidays_added="2023-07-03"), "holidays_added"),
    "published no date": (programme(published_until="soon"), "published_until"),
    "third no number": (programme(third_visit_from_risk="high"), "third_visit_from_risk"),
    "no JSON": (raw("programme.json", b"{"), "programme.json"),
    "JSON in CP949": (raw("programme.json", '{"name": "한국"}'.encode("cp949")), "programme.json"),
    "JSON list": (raw("programme.json", b"[]"), "programme.json"),
    "no programme": (gone("programme.json"), "programme.json"),
    "no managers": (gone("managers.csv"), "managers.csv"),
    "empty file": (raw("managers.csv", b""), "managers.csv"),
    "agencies in CP949": (raw("agencies.csv", "agency_id,name\na1,한국\n".encode("cp949")), "agencies.csv"),
    "header in CP949": (raw("enterprises.csv", "enterprise_id,이름\n".encode("cp949")), "enterprises.csv"),
    "binary": (raw("enterprises.csv", bytes(range(256))), "enterprises.csv"),
    "field misspelt": (programme(holiday_added=["2023-07-04"]), "holidays_added"),
    "leave misspelt": (text("managers.csv", "leave", "leaves"), "leaves"),
    "closed days misspelt": (text("enterprises.csv", "closed_days", "closed_day"), "closed_day"),
    "licence in capitals": (text("agencies.csv", "licence_until", "Licence_Until"), "licence_until"),
    "column twice": (text("managers.csv", "available_from", "leave"), "leave"),
    "no Parquet": (raw("managers.parquet", b"PAR1nothing"), "managers.parquet"),
}  # fmt: skip
PLANNED_FROM: dict[str, tuple[Damage, str]] = {
    "no UUID": (programme(programme_id="2023"), "programme_id"),
    "no id": (programme(programme_id=...), "programme_id"),
    "empty calendar": (programme(training_days=["2023-12-29"]), "programme.json"),
    "reserve": (programme(reserve_share=3), "reserve_share"),
    "no column": (text("managers.csv", "trained_on", "trained"), "trained_on"),
}
PLANS: dict[str, tuple[Damage, str]] = {
    "no visits": (gone("plan/visits.csv"), "visits.csv"),
    "no unscheduled": (gone("plan/unscheduled.csv"), "unscheduled.csv"),
    "visits in CP949": (raw("plan/visits.csv", "visit_id,이름\ne1,한국\n".encode("cp949")), "visits.csv"),
    "pins misspelt": (text("plan/visits.csv", '"pinned"', '"pined"'), "pined"),
    "reasons misspelt": (text("plan/unscheduled.csv", '"reason"', '"reason","reasons"'), "reasons"),
    "empty visits": (raw("plan/visits.csv", b""), "visits.csv"),
}
READS_FACTS: dict[str, Callable[[Path], tuple[str | Path, ...]]] = {
    "run": lambda f: ("run", f, "--out", f / "out"),
    "explain": lambda f: ("explain", f, f / "plan", "e1"),
    "replan": lambda f: ("replan", f, f / "plan", "--out", f / "out"),
    "replan with a change": lambda f: ("replan", f, f / "plan", "--out", f / "out", "--holiday", "2023-06-01"),
    "replan without a manager": lambda f: (
        "replan", f, f / "plan", "--out", f / "out", "--away", "m1", "--from", "2023-06-01"),
    "diff": lambda f: ("diff", f, f / "plan", f / "plan"),
    "what-if": lambda f: ("what-if", f, f / "plan", "--managers", "-0.1"),
}  # fmt: skip
VERIFY: dict[str, Callable[[Path], tuple[str | Path, ...]]] = {"verify": lambda f: ("verify", f, f / "plan")}


def says(answer: Result, named: str) -> None:
    """A sentence in each language, no traceback, exit 2, and the thing by its name in both."""
    assert isinstance(answer.exception, SystemExit), answer.exception
    assert "Traceback" not in answer.output
    assert answer.exit_code == (2 if named else 0), answer.output
    if named:
        korean, _, english = answer.stderr.partition("오류: ")[2].partition("\nError: ")
        assert any("가" <= letter <= "힣" for letter in korean)
        assert named in korean.replace("\n", "")
        assert named in english.replace("\n", "")


@pytest.mark.parametrize("command", READS_FACTS | VERIFY)
@pytest.mark.parametrize("damage", FACTS)
def test_damaged_facts_are_named(whole: Path, tmp_path: Path, command: str, damage: str) -> None:
    folder = copytree(whole, tmp_path / "f")
    harm, named = FACTS[damage]
    harm(folder)
    says(call(*(READS_FACTS | VERIFY)[command](folder)), named)
    assert not (folder / "out").exists()


@pytest.mark.parametrize("command", READS_FACTS)
@pytest.mark.parametrize("damage", PLANNED_FROM)
def test_facts_that_nothing_can_be_planned_from_are_named(
    whole: Path, tmp_path: Path, command: str, damage: str
) -> None:
    folder = copytree(whole, tmp_path / "f")
    harm, named = PLANNED_FROM[damage]
    harm(folder)
    says(call(*READS_FACTS[command](folder)), named)


@pytest.mark.parametrize("command", [name for name in READS_FACTS | VERIFY if name != "run"])
@pytest.mark.parametrize("damage", PLANS)
def test_a_damaged_plan_is_named(whole: Path, tmp_path: Path, command: str, damage: str) -> None:
    folder = copytree(whole, tmp_path / "f")
    harm, named = PLANS[damage]
    harm(folder)
    says(call(*(READS_FACTS | VERIFY)[command](folder)), named)


WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "what-if from after the end": (("what-if", "F", "--from", "2024-06-01"), "window_until"),
    "what-if until before the beginning": (("what-if", "F", "--until", "2023-01-01"), "window_until"),
    "what-if of no province": (("what-if", "F", "--province", "XX"), "XX"),
    "what-if of an unknown agency": (("what-if", "F", "--suspend", "a9"), "a9"),
    "reversed span": (
        ("replan", "F", "P", "--out", "O", "--away", "m1", "--from", "2023-06-02", "--until", "2023-06-01"), "--until"),
    "from without whom": (("replan", "F", "P", "--out", "O", "--from", "2023-06-02"), "--away"),
    "no such visit": (("replan", "F", "P", "--out", "O", "--pin", "v9"), "v9"),
    "no visit": (("explain", "F", "P", "e1", "--ordinal", "9"), "9"),
    "no enterprise": (("explain", "F", "P", "e9"), "e9"),
    "no days": (("replan", "F", "P", "--out", "O", "--another-day", "v9="), "v9"),
}  # fmt: skip


@pytest.mark.parametrize("said", WORDS)
def test_words_that_cannot_be_meant_are_named(whole: Path, tmp_path: Path, said: str) -> None:
    words, named = WORDS[said]
    places = {"F": whole, "P": whole / "plan", "O": tmp_path / "out"}
    says(call(*(places.get(word, word) for word in words)), named)


def test_a_row_that_stands_twice_holds_once(whole: Path, tmp_path: Path) -> None:
    folder = copytree(whole, tmp_path / "f")
    visits = (folder / "plan" / "visits.csv").read_text()
    (folder / "plan" / "visits.csv").write_text(visits + visits.splitlines()[-1] + "\n")
    for command in READS_FACTS.values():
        answer = call(*command(folder))
        assert answer.exit_code == 0, answer.output
    assert "said twice" in call("diff", folder, folder / "plan", folder / "plan").output


@pytest.mark.parametrize("content", [b"\x00\x01\xff", "1 2 3 4\n한국".encode(), b"", b"1 2 3 99999999999999999\n"])
def test_a_file_that_is_no_periodic_instance_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p01").write_bytes(content)
    says(call("pvrp", tmp_path / "p01"), "p01")

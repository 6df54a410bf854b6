"""Whatever the commands say to people they say in Korean and in English."""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scheduling import commands, planfiles, pvrp, verifier
from scheduling.bar import STEPS
from scheduling.both import Both
from scheduling.commands import plan as group
from scheduling.planfiles.explaining import HEADER, KINDS, LEGEND
from scheduling.planfiles.telling import CHANGES, TOLD

HANGUL = re.compile("[가-힣]")


def call(*words: str | Path, width: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(width)}).invoke(group, [str(word) for word in words])


def pairs_in(value: Any) -> Iterator[Both]:
    """The pairs that a constant is, or holds."""
    if isinstance(value, Both):
        yield value
    elif isinstance(value, dict):
        yield from pairs_in(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            yield from pairs_in(one)


def constants() -> dict[str, Both]:
    """Every pair that the modules of the commands keep, by module and English."""
    names = ["scheduling.bar"]
    for package in (commands, planfiles, verifier, pvrp):
        names += [f"{package.__name__}.{one.name}" for one in pkgutil.iter_modules(package.__path__)]
    kept = {name: vars(importlib.import_module(name)).values() for name in names}
    return {f"{name}: {pair.en}": pair for name, some in kept.items() for one in some for pair in pairs_in(one)}


def test_a_label_or_sentence_has_both_languages() -> None:
    kept = constants()
    assert {*kept.values()} >= {*CHANGES.values(), *KINDS.values(), *HEADER, LEGEND, *STEPS.values()}
    assert {*kept.values()} >= {label for label, _ in TOLD.values()}
    assert [name for name, pair in kept.items() if not HANGUL.search(pair.ko) or HANGUL.search(pair.en or "가")] == []


@pytest.fixture
def facts(folder: Callable[..., Path]) -> Path:
    """Facts with a row that cannot be read, and their plan; nobody may come to one enterprise."""
    found = folder("e4,construction,KR-11,,37.5,127.0,2,,,,,,,", "e9,farming,KR-11,,37.5,127.0,2,,,,,,,")
    agencies = found / "agencies.csv"
    agencies.write_text(agencies.read_text(encoding="utf-8").replace("construction", "service"), encoding="utf-8")
    assert call("run", found, "--out", found / "plan").exit_code == 0
    return found


def words_of(pairs: Iterator[Both]) -> set[str]:
    return {word for pair in pairs for word in (*pair.ko.split(), *pair.en.split())}


@pytest.mark.parametrize("width", [60, 80])
def test_labels_fold_and_lose_no_word(facts: Path, width: int) -> None:
    told = call("what-if", facts, "--managers", "-0.5", width=width).stdout.split()
    assert words_of(label for label, _ in TOLD.values()) <= set(told)
    explained = call("explain", facts, facts / "plan", "e1", width=width).stdout.split()
    assert words_of(iter((*HEADER, LEGEND, KINDS["chosen"]))) <= set(explained)
    moved = call("diff", facts, facts / "plan", facts / "plan", width=width).stdout.split()
    assert words_of(iter(CHANGES.values())) <= set(moved)


def both_said(text: str) -> bool:
    """Whether some lines are Korean and others English alone."""
    lines = text.splitlines()
    return any(map(HANGUL.search, lines)) and any(
        re.search("[a-z]{3}", one) and not HANGUL.search(one) for one in lines
    )


@pytest.mark.parametrize("command", ["run", "explain", "replan", "diff", "what-if", "verify"])
def test_each_command_answers_in_both_languages(facts: Path, command: str) -> None:
    plan, out = facts / "plan", ("--out", facts / "later")
    words = {"run": out, "explain": (plan, "e4"), "replan": (plan, *out), "diff": (plan, plan), "what-if": (),
             "verify": (plan,)}[command]  # fmt: skip
    answer = call(command, facts, *words)
    assert answer.exit_code in (0, 1), answer.output
    assert HANGUL.search(answer.stdout)
    assert command in ("verify",) or both_said(answer.stderr)


def test_a_refused_row_has_its_reason_in_both_languages_wherever_it_is_written(facts: Path) -> None:
    header, row = (facts / "plan" / "refused.csv").read_text(encoding="utf-8").splitlines()
    assert header == '"file","row","column","reason","reason_ko"'
    assert "중 하나가 아닙니다: `farming`" in row
    (told,) = json.loads(call("run", facts, "--out", facts / "later", "--json").stdout)["refused"]
    assert "`farming` is none of" in told["reason"]
    assert "중 하나가 아닙니다: `farming`" in told["reason_ko"]


@pytest.mark.parametrize("words", [(), *((name,) for name in group.commands)])
def test_the_help_begins_in_korean_and_cuts_nothing_off(words: tuple[str, ...]) -> None:
    told = call(*words, "--help").stdout
    assert HANGUL.search(told.splitlines()[2])
    assert not told.partition("[OPTIONS]")[2].replace("COMMAND [ARGS]...", "").count("...")

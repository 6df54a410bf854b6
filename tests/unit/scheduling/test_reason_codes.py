"""Reason codes: the glossary explains each one that the code can say, in both languages, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from events.contracts.scheduling import CancelledReason, MissedReason
from scheduling import reasons
from scheduling.model import Because
from scheduling.planner.model import Reason
from scheduling.planner.reasons import SENTENCES

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "services/scheduling/src/scheduling"


def explained() -> list[list[str]]:
    """The rows of the glossary's table of reason codes."""
    section = (ROOT / "docs/glossary.md").read_text("utf-8").partition("## Reason codes\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")][2:]


def refusals(text: str) -> Iterator[str]:
    """The code of every `Because("code", ...)`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Because" and node.args:
            yield str(ast.literal_eval(node.args[0]))


def test_the_glossary_explains_every_reason_code_and_no_other() -> None:
    said = {code for path in SOURCES.rglob("*.py") for code in refusals(path.read_text("utf-8"))}
    said |= {reason.name.lower() for reason in Reason} | {*get_args(MissedReason)} | {*get_args(CancelledReason)}
    codes = [row[0] for row in explained()]
    assert len(codes) == len(set(codes))
    assert set(codes) == said


def test_the_glossary_tells_why_a_visit_has_no_date_in_the_words_of_the_planner() -> None:
    told = {code: (korean, english) for code, of, korean, english in explained() if of == "a visit without a date"}
    assert told == {reason.name.lower(): sentence for reason, sentence in SENTENCES.items()}


def test_the_glossary_tells_refusals_in_the_words_of_the_service() -> None:
    fixed = [one for one in (*vars(reasons).values(), *reasons.REFUSED_STATES.values()) if isinstance(one, Because)]
    told = {code: (korean, english) for code, _, korean, english in explained()}
    said = {one.code: (one.ko, one.en) for one in fixed if one is not reasons.WISH_NOT_VALID}  # of plans, too
    assert said
    assert {code: told[code] for code in said} == said


def test_every_reason_code_is_told_in_korean_and_in_english() -> None:
    for code, _, korean, english in explained():
        assert re.search("[가-힣]", korean), code
        assert re.search("[A-Za-z]", english), code


def test_a_new_refusal_would_be_noticed() -> None:
    assert list(refusals('x = Because("brand_new", "새 사유", "New.")')) == ["brand_new"]

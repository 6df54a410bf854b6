"""Names: the glossary decides the word, and its banned words name nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs/glossary.md"
SOURCES = sorted(
    path
    for top in ("libs", "services", "deploy", "tests")
    for path in (ROOT / top).rglob("*.py")
    if "node_modules" not in path.parts
)
EXCEPTIONS: dict[str, str] = {
    "tests/benchmarks/year.py:common": "what two facts have in common; lives for a dozen lines",
}
"""Names that contain a banned word: `path:name`, and why no other name would do."""


def table(title: str) -> list[list[str]]:
    """The rows of the glossary's table under a title."""
    section = GLOSSARY.read_text("utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


BANNED = {row[0] for row in table("Words that are not names")}


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def last_word_of(name: str) -> str:
    """The word that says what the thing is: in `common_span` a span, in `span_data` nothing."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return words[-1].lower() if words else ""


def offences(path: Path, text: str) -> list[str]:
    place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    names = {*names_in(ast.parse(text)), path.stem}
    bad = {name for name in names if last_word_of(name) in BANNED or re.search(r"[a-z]Manager$", name)}
    return sorted(f"{place}:{name}" for name in bad)


def test_no_banned_word_is_a_name() -> None:
    found = {each for path in SOURCES for each in offences(path, path.read_text("utf-8"))}
    assert found - EXCEPTIONS.keys() == set()
    assert EXCEPTIONS.keys() - found == set(), "an exception that nobody needs any more"


@pytest.mark.parametrize(
    "text",
    ["def load_data(): ...", "class PlanManager: ...", "class ReaderImpl: ...", "userInfo = 1", "def f(data): ..."],
)
def test_a_banned_word_is_found_wherever_a_name_begins(text: str) -> None:
    assert len(offences(Path("place.py"), text)) == 1


@pytest.mark.parametrize(
    "text", ["database = 1", "common_span = 1", "information = 1", "class Manager: ...", "x.data", "f(data=1)"]
)
def test_a_word_that_only_contains_one_is_no_offence(text: str) -> None:
    assert offences(Path("place.py"), text) == []


@pytest.mark.parametrize("title", ["The field's words", "The system's words"])
def test_every_term_is_explained_once_in_both_languages(title: str) -> None:
    rows = table(title)
    assert len({row[0] for row in rows}) == len(rows) > 5
    for english, korean, meaning in rows:
        assert re.search("[가-힣]", korean), english
        assert meaning.endswith("."), english


def test_the_glossary_knows_the_nouns_of_every_fact() -> None:
    known = {row[0] for title in ("The field's words", "The system's words") for row in table(title)}
    nouns = {"programme", "agency", "manager", "enterprise", "decision", "visit", "plan", "sector", "province", "risk"}
    assert nouns <= known

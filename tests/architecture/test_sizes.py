"""Sizes: a function fits a screen, a file a sitting; what exceeds them says why."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTION_LINES = {"libs": 30, "services": 30, "deploy": 30, "tests": 40}
FILE_LINES = {"libs": 250, "services": 250, "deploy": 250, "tests": 320}
"""A test file is a list of sentences about one thing; tearing it apart helps nobody."""
EXCEPTIONS: dict[str, str] = {}
"""`path` or `path:function`, and the reason."""


def sources(top: str) -> Iterator[Path]:
    for path in sorted((ROOT / top).rglob("*.py")):
        if "node_modules" not in path.parts:
            yield path


def lines_of_functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def too_large(place: str, text: str, top: str) -> list[str]:
    found = [place] if len(text.splitlines()) > FILE_LINES[top] else []
    functions = lines_of_functions(ast.parse(text))
    return found + [f"{place}:{name}" for name, lines in functions if lines > FUNCTION_LINES[top]]


@pytest.mark.parametrize("top", FILE_LINES)
def test_nothing_is_too_large_without_a_reason(top: str) -> None:
    found = {
        each for path in sources(top) for each in too_large(str(path.relative_to(ROOT)), path.read_text("utf-8"), top)
    }
    excepted = {place for place in EXCEPTIONS if place.startswith(f"{top}/")}
    assert found - excepted == set()
    assert excepted - found == set(), "an exception that nobody needs any more"


def test_what_is_too_large_is_seen() -> None:
    long_function = "def long():\n" + "    pass\n" * 30
    assert too_large("a.py", long_function, "libs") == ["a.py:long"]
    assert too_large("a.py", "x = 1\n" * 251, "libs") == ["a.py"]
    assert too_large("a.py", "x = 1\n" * 250, "libs") == []


@pytest.mark.parametrize("top", ["libs", "services", "deploy"])
def test_every_module_opens_with_a_sentence_on_what_it_is_for(top: str) -> None:
    silent = [path for path in sources(top) if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_a_services_main_fits_a_page() -> None:
    mains = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / "services").glob("*/src/*/main.py")}
    assert mains
    assert {str(path.relative_to(ROOT)): lines for path, lines in mains.items() if lines > 60} == {}

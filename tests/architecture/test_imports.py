"""Imports: the contracts in pyproject.toml hold, and the facts' own module needs nothing but pydantic."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAY_BE_IMPORTED = {*sys.stdlib_module_names, "pydantic"}
SOURCES = {
    ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ROOT.glob("*/*/src")
    for path in folder.rglob("*.py")
    if "node_modules" not in path.parts
}
"""Every module of ours, by name."""


def imported_by(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def ours_imported_by(tree: ast.AST) -> Iterator[str]:
    """The modules of ours that are needed, wherever in the file the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in SOURCES)
        elif isinstance(node, ast.ImportFrom) and node.module in SOURCES:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in SOURCES else node.module for name in names)


def test_no_module_needs_itself_by_a_detour() -> None:
    needs = {name: {*ours_imported_by(ast.parse(path.read_text("utf-8")))} for name, path in SOURCES.items()}
    assert needs["stack.jars"] == {"stack.coordinates", "stack.fetch"}
    TopologicalSorter(needs).prepare()  # a circle is a CycleError that names it


def test_contracts_import_the_standard_library_and_pydantic_only() -> None:
    for path in (ROOT / "libs/events/src/events/contracts").glob("*.py"):
        for name in imported_by(ast.parse(path.read_text("utf-8"))):
            ours = name == "events.contracts" or name.startswith("events.contracts.")
            assert ours or name.partition(".")[0] in MAY_BE_IMPORTED, f"{path.name} imports {name}"


def test_the_layers_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_is_read_from_the_environment_but_in_settings() -> None:
    readers = [
        path.relative_to(ROOT)
        for path in (ROOT / "services").rglob("*.py")
        if path.name != "settings.py" and "os.environ" in path.read_text("utf-8")
    ]
    assert readers == []

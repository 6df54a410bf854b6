"""What was compiled of other sources is not used: an update plans with what it brings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import time

import pytest

from scheduling.planner import compiled

OUTER = """
from toy.planner.compiled import compiled
from toy.planner.inner import number

@compiled
def twice() -> int:
    return 2 * number()

print(twice())
"""
INNER = """
from toy.planner.compiled import compiled

@compiled
def number() -> int:
    return {}
"""


A_YEAR_AGO = time() - 365 * 86_400


@pytest.fixture
def planner(tmp_path: Path) -> Path:
    """A folder with a compiled function that calls one in another file."""
    return _planner(tmp_path / "one")


def _planner(root: Path) -> Path:
    folder = root / "toy" / "planner"
    folder.mkdir(parents=True)
    shutil.copy(compiled.__file__, folder / "compiled.py")
    (folder / "outer.py").write_text(OUTER)
    (folder / "inner.py").write_text(INNER.format(1))
    return folder


def _said(planner: Path, **more: Path) -> str:
    program = [sys.executable, "-m", "toy.planner.outer"]
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {name: str(value) for name, value in more.items()}
    root = planner.parents[1]
    return subprocess.run(program, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def _is_up_to_date(planner: Path, **more: Path) -> bool:
    """Whether a change of what another file calls is noticed."""
    said = list[str]()
    for number in (1, 21):
        (planner / "inner.py").write_text(INNER.format(number))
        said.append(_said(planner, **more))
    return said == ["2", "42"]


def test_a_change_of_what_another_file_calls_is_noticed(planner: Path) -> None:
    assert _is_up_to_date(planner)
    assert len(list(planner.glob("__pycache__/*/"))) == 2


def test_it_is_noticed_where_nothing_can_be_written_beside_the_source(planner: Path, tmp_path: Path) -> None:
    (planner / "__pycache__").write_text("no folder")
    assert _is_up_to_date(planner, HOME=tmp_path)
    assert len(list((tmp_path / ".cache").glob("*/*/"))) == 2


def test_it_is_noticed_where_nothing_can_be_written_at_all(planner: Path) -> None:
    (planner / "__pycache__").write_text("no folder")
    assert _is_up_to_date(planner, HOME=planner / "__pycache__")


def test_only_what_was_compiled_here_and_long_not_used_is_cleared_away(planner: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "compiled-by-somebody").mkdir(parents=True)
    _said(_planner(tmp_path / "other"), NUMBA_CACHE_DIR=shared)
    of_others = set(shared.iterdir())
    _said(planner, NUMBA_CACHE_DIR=shared)
    (mine,) = set(shared.iterdir()) - of_others
    (planner / "inner.py").write_text(INNER.format(21))
    assert _said(planner, NUMBA_CACHE_DIR=shared) == "42"
    assert mine.exists(), "who runs it still may write to it"
    for folder in (mine, *of_others):
        os.utime(folder, (A_YEAR_AGO, A_YEAR_AGO))
    assert _said(planner, NUMBA_CACHE_DIR=shared) == "42"
    assert not mine.exists()
    assert all(folder.exists() for folder in of_others)

"""What was compiled of other sources is not used: an update plans with what it brings."""

import shutil
import subprocess
import sys
from pathlib import Path

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


def _said(root: Path) -> str:
    program = [sys.executable, "-m", "toy.planner.outer"]
    return subprocess.run(program, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def test_a_change_of_what_another_file_calls_is_noticed(tmp_path: Path) -> None:
    planner = tmp_path / "toy" / "planner"
    planner.mkdir(parents=True)
    shutil.copy(compiled.__file__, planner / "compiled.py")
    (planner / "outer.py").write_text(OUTER)
    for number in (1, 21):
        (planner / "inner.py").write_text(INNER.format(number))
        assert [_said(tmp_path), _said(tmp_path)] == [str(2 * number)] * 2
    assert len(list(planner.glob("__pycache__/compiled-*/"))) == 1, "what the old sources left is cleared away"

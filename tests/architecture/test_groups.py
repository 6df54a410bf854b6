"""Tests that run beside each other are handed out by the folder or file that shares something, not one by one."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = """
import os
import pytest

@pytest.mark.parametrize("number", range(8))
def test_where(number):
    print("ran in", os.environ["PYTEST_XDIST_WORKER"], __name__)
"""


def test_a_worker_is_given_whole_files(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    names = [f"test_{name}.py" for name in "abc"]
    for name in names:
        (tmp_path / name).write_text(FILE)
    path = os.pathsep.join([str(ROOT / "tests/backends"), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "pytest", "-n", "2", "-rP", "--rootdir", str(tmp_path), str(tmp_path)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    told = subprocess.run(
        command, cwd=tmp_path, env=environment | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    ran = {tuple(line.split()[-2:]) for line in told.stdout.splitlines() if line.startswith("ran in ")}
    assert sorted(module for _, module in ran) == ["test_a", "test_b", "test_c"], told.stdout
    assert len({worker for worker, _ in ran}) == 2, told.stdout

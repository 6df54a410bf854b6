"""The Makefile: what is old is made anew, and a word that it does not know is answered with those it does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ("build.py", "package.json", "package-lock.json", "tsconfig.json", "src/index.html", "src/charts/bars.ts")


def _page(*names: str) -> list[str]:
    return [f"services/reporting/web/{name}" for name in names]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose environment and page are up to date."""
    for name in ("requirements.lock", "pyproject.toml", "deploy/venv.sh", *_page(*PAGE), ".venv/ready"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    shutil.copy(ROOT / "Makefile", tmp_path)
    _set_time(tmp_path / ".venv/ready", 60)
    return tmp_path


def make(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", _page(*PAGE))
def test_a_page_that_has_changed_is_built_before_anything_runs(project: Path, name: str) -> None:
    assert "deploy/venv.sh" not in make(project, "--dry-run", "run").stdout
    _set_time(project / name, 120)
    assert "deploy/venv.sh" in make(project, "--dry-run", "run").stdout


def test_a_page_of_which_a_part_is_gone_is_built_too(project: Path) -> None:
    gone = project / _page("src/charts/bars.ts")[0]
    gone.unlink()
    _set_time(gone.parent, 120)
    assert "deploy/venv.sh" in make(project, "--dry-run", "run").stdout


def test_a_benchmark_that_is_none_is_answered_with_those_that_are(project: Path) -> None:
    answered = make(project, "bench", "WHAT=typo")
    assert answered.returncode
    (line,) = [line for line in answered.stderr.splitlines() if "typo" in line]
    names = line.partition("one of: ")[2].partition(".")[0].split()
    assert {"transport", "plan", "progress"} <= set(names)
    for name in names:
        assert (ROOT / f"tests/benchmarks/{name}.py").read_text().startswith(f'"""`make bench WHAT={name}`')


def _set_time(file: Path, seconds_ahead: float) -> None:
    then = file.stat().st_mtime + seconds_ahead
    os.utime(file, (then, then))

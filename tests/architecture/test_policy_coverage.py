"""Policies are covered whole, branch by branch, by the unit tests beside them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COVERED = {
    "eligibility": ("policy", "model", "reasons", "industries", "rules"),
    "registry": ("policy", "model"),
    "scheduling": ("policy", "model", "reasons"),
}
"""By service: its pure modules that decide something, files or folders."""
TESTS = {"scheduling": "test_policy.py"}
"""Where a service's unit tests are many: those that are about them."""


@pytest.mark.parametrize("service", COVERED)
def test_a_policy_is_covered_by_its_unit_tests(service: str, tmp_path: Path) -> None:
    folder = f"services/{service}/src/{service}"
    modules = ",".join(f"{folder}/{module}.py,{folder}/{module}/**" for module in COVERED[service])
    record = tmp_path / "coverage"
    coverage = [sys.executable, "-m", "coverage"]
    run = ["run", "--branch", f"--data-file={record}", f"--include={modules}", "-m", "pytest", "-q"]
    chosen = f"tests/unit/{service}/{TESTS.get(service, '')}"
    tests = subprocess.run([*coverage, *run, chosen], cwd=ROOT, capture_output=True, text=True, check=False)
    assert tests.returncode == 0, tests.stdout
    report = [f"--data-file={record}", "--fail-under=100", "--show-missing"]
    result = subprocess.run([*coverage, "report", *report], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert all(module in result.stdout for module in COVERED[service])

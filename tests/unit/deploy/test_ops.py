"""What the operators' command cannot use it names in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops.main import main


@pytest.mark.parametrize("verb", ["apply", "verify"])
def test_a_file_that_says_no_topics_is_named(verb: str, tmp_path: Path) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text("partitions: many")
    outcome = CliRunner().invoke(main, ["topics", verb, "--file", str(file), "--bootstrap", "127.0.0.1:1"])
    assert outcome.exit_code == 2
    assert f"Error: the topics file {file} says no topics: " in outcome.output


@pytest.mark.parametrize("verb", ["apply", "verify"])
@pytest.mark.enable_socket
def test_a_broker_that_is_away_is_named(verb: str) -> None:
    outcome = CliRunner().invoke(main, ["topics", verb, "--bootstrap", "127.0.0.1:1"])
    assert outcome.exit_code == 1
    assert outcome.output.splitlines()[-1].startswith("Error: Kafka does not answer: ")


def test_planning_loads_nothing_of_kafka() -> None:
    asked = "import sys; from ops.main import main; main(['plan', 'verify', '--help'], standalone_mode=False)"
    loaded = f"{asked}; print({{'aiokafka', 'numba', 'pydantic'}} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "set()"

"""What the operators' command cannot use it names in one sentence."""

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

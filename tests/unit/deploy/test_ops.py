"""What the operators' command cannot use it names in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops.main import main
from scheduling.commands import plan


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


@pytest.mark.parametrize(
    "words", [(), ("topics",), ("plan",), *(("plan", name) for name in plan.commands)], ids=" ".join
)
def test_telling_the_words_loads_nothing_that_does_the_work(words: tuple[str, ...]) -> None:
    asked = f"main({[*words, '--help']}, prog_name='anjeon', standalone_mode=False)"
    said = f"import sys; from ops.main import main; {asked}; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    usage, loaded = answer.stdout.splitlines()[0], set(answer.stdout.splitlines()[-1].split())
    assert usage.startswith(" ".join(["Usage: anjeon", *words]))
    assert (
        not {"numba", "numpy", "ortools", "scipy", "pandas", "matplotlib", "pyarrow", "aiokafka", "pydantic"} & loaded
    )

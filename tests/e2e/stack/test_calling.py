"""A service's own commands, called on what runs: each is told where its database and Kafka are."""

import asyncio
import sys
from pathlib import Path

from stack import Stack


async def call(home: Path, *words: str) -> tuple[int | None, str]:
    """`python -m stack run …` as on a terminal: its exit status, and all that it said."""
    called = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stack", "--home", str(home), "run", *words),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await called.communicate()
    return called.returncode, said.decode()


async def test_a_service_is_called_on_its_own_database(stack: Stack) -> None:
    home = stack.home.folder
    status, said = await call(home, "eligibility", "migrate")
    assert status == 0, said
    assert "nothing to apply" not in said
    assert await call(home, "eligibility", "migrate") == (0, "nothing to apply\n")
    assert await call(home, "eligibility", "dead-letters", "list") == (0, "")
    assert (await call(home, "eligibility", "dead-letters", "discard", "a/0/1"))[1].startswith("0 record discarded")


async def test_the_words_after_the_service_are_its_own(stack: Stack) -> None:
    status, said = await call(stack.home.folder, "eligibility", "dead-letters", "--help")
    assert status == 0
    assert "redrive" in said


async def test_where_nothing_runs_that_is_said(tmp_path: Path) -> None:
    status, said = await call(tmp_path, "eligibility", "dead-letters", "list")
    assert status == 1
    assert "Nothing runs in" in said
    assert "make run" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []

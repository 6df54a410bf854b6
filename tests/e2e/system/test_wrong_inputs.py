"""What a run cannot do is said in a sentence, with status 2, before anything of an earlier run is touched."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from stack.home import Home

ROOT = Path(__file__).parents[3]
NAMED = {
    "a whole number": {"ENTERPRISES": "many"},
    "from 1 to 400,000": {"ENTERPRISES": "0"},
    "SEED=-1 cannot be": {"SEED": "-1"},
    "No such file or directory": {"ENTERPRISES_FILE": "lsit.csv"},
    "Is a directory": {"ENTERPRISES_FILE": "."},
    "it has no row": {"ENTERPRISES_FILE": "empty.csv"},
    "the header lacks these columns": {"ENTERPRISES_FILE": "other.csv"},
    "holds none": {"KEEP": "1"},
    "ONCE=perhaps cannot be": {"ONCE": "perhaps"},
}


@pytest.mark.parametrize(("sentence", "wrong"), NAMED.items())
async def test_a_wrong_input_is_said_before_anything_is_touched(
    tmp_path: Path, sentence: str, wrong: dict[str, str]
) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "other.csv").write_text("name,colour\nrose,red\n")
    before = sorted(tmp_path.iterdir())
    folders = {"ANJEON_HOME": "home", "ANJEON_OUT": "out", "COLUMNS": "500"}
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rehearsal"), env={**os.environ, **folders, **wrong}, cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await run.communicate())[0].decode()
    assert run.returncode == 2, said
    assert sentence in said
    assert "Traceback" not in said
    assert any("가" <= letter <= "힣" for letter in said)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("wrong", "own"), [("ENTERPRISES=many", 2), ("ENTERPRISES=10", 1)])
async def test_make_says_that_a_run_failed_and_prints_its_own_status(tmp_path: Path, wrong: str, own: int) -> None:
    folders = [f"ANJEON_HOME={tmp_path}", f"ANJEON_OUT={tmp_path / 'out'}"]
    with Home.taken(tmp_path, needed=0):  # another run has the folder, if it comes as far as that
        run = await asyncio.create_subprocess_exec(
            *("make", "--no-print-directory", "--assume-old=.venv/ready", "run", wrong, *folders), cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said = (await run.communicate())[0].decode()
    assert run.returncode == 2, said
    assert said.rstrip().endswith(f"Error {own}")
    assert not (tmp_path / "out").exists()

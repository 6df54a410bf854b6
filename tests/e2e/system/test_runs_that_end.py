"""However a run of the year ends, it says why in a sentence, its exit status tells, and nothing is left running."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
import pytest

from stack.leash import started

pytestmark = pytest.mark.timeout(400)
AHEAD = "insert into agency values (gen_random_uuid(), gen_random_uuid(), 1, 'applied')"
BEHIND = """
    insert into agency select gen_random_uuid(), programme_id, 'never told', 'none', '{}', '{}', null, null, 37, 127,
                              current_date, null, true, 'applied', 1 from programme"""
"""An agency of which no fact was ever told: in the read model alone, and in the source alone."""
PROGRAM = (sys.executable, "-m", "rehearsal")
MAKE = ("make", "--assume-old=.venv/ready", "run")
"""The same as a person types it; what is installed is not looked at."""
PENSION = Path(__file__).parents[2] / "unit/registry/pension-sample.csv"


@dataclass
class Run:
    """A run as a program of its own, small and with the plain planner."""

    folder: Path
    process: asyncio.subprocess.Process
    log: Path

    async def says(self, text: str) -> None:
        """Wait until it has said this."""
        while text not in self.log.read_text():
            assert self.process.returncode is None, self.log.read_text()
            await asyncio.sleep(0.1)

    async def end(self) -> tuple[int, str]:
        """Its exit status, and all that it said."""
        return await self.process.wait(), self.log.read_text()

    def pid_of(self, name: str) -> int:
        """The process id of a server or a service."""
        (record,) = (self.folder / "home" / "run").glob(f"{name}.*.json")
        return int(json.loads(record.read_text())["pid"])

    @property
    def left(self) -> list[str]:
        """The programs alive that belong to its folder."""
        lines = [(one.pid, " ".join(one.info["cmdline"] or [])) for one in psutil.process_iter(["cmdline"])]
        services = [pid for pid, _ in lines if self._belongs(pid)]
        return [line for pid, line in lines if (str(self.folder) in line or pid in services) and started(pid)]

    def _belongs(self, pid: int) -> bool:
        try:
            return str(self.folder).encode() in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False


@asynccontextmanager
async def running(folder: Path, *, command: Sequence[str] = PROGRAM, **settings: str) -> AsyncGenerator[Run]:
    """A run under way; whatever the test does to it, it ends with the test."""
    log = folder / "run.log"
    own = {"ANJEON_HOME": str(folder / "home"), "ANJEON_OUT": str(folder / "out")}
    said = {"ENTERPRISES": "60", "PLANNER": "plain", **own, **settings}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **said}, start_new_session=True,
            stdout=output, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield Run(folder, process, log)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def gone(run: Run) -> None:
    """Wait until nothing of it is left; the test's own time limit ends what never comes."""
    while run.left:
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
async def test_a_run_that_is_stopped_or_killed_leaves_no_process_and_is_no_success(
    tmp_path: Path, number: signal.Signals, expected: int
) -> None:
    async with running(tmp_path, ONCE="1") as run:
        await run.says("The page · 현황 화면: ")
        assert len(run.left) >= 7
        run.process.send_signal(number)
        status, said = await run.end()
        await gone(run)
    assert status == expected
    assert "Traceback" not in said


@pytest.mark.parametrize(("command", "expected"), [(PROGRAM, 0), (MAKE, -signal.SIGINT)], ids=["program", "make"])
async def test_a_year_that_was_played_ends_well_at_ctrl_c(
    tmp_path: Path, command: Sequence[str], expected: int
) -> None:
    async with running(tmp_path, command=command) as run:
        await run.says("until Ctrl-C")
        os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does
        status, said = await run.end()
        await gone(run)
    assert status == expected, said
    assert "***" not in said


@pytest.mark.parametrize("name", ["registry", "kafka", "postgres"])
async def test_a_run_ends_with_a_sentence_when_something_dies(tmp_path: Path, name: str) -> None:
    async with running(tmp_path) as run:
        await run.says("The page · 현황 화면: ")
        os.kill(run.pid_of(name), signal.SIGKILL)
        status, said = await run.end()
        await gone(run)
    assert status == 1
    assert f"{name} ended in mid-run (status -9)" in " ".join(said.split())
    assert "Traceback" not in said


async def test_books_that_do_not_reconcile_end_with_status_1(tmp_path: Path) -> None:
    async with running(tmp_path, ONCE="1") as run:
        await run.says("The page · 현황 화면: ")
        await insert(tmp_path / "home", "reporting", AHEAD)
        status, said = await run.end()
        await gone(run)
    assert status == 1
    assert "DIFFERS" in said
    assert lead_of_the_read_model(tmp_path) == 1


async def test_a_fact_that_never_comes_still_reaches_the_books(tmp_path: Path) -> None:
    leave_an_earlier_run(tmp_path / "out")
    async with running(tmp_path) as run:
        await run.says("The page · 현황 화면: ")
        await insert(tmp_path / "home", "registry", BEHIND)
        status, said = await run.end()
        await gone(run)
    words = " ".join(said.split())
    assert status == 1
    assert "DIFFERS · 불일치" in words
    assert "reporting hears the rest: " in words
    assert "nothing moved" in words
    assert "동안 멈췄습니다" in words
    assert lead_of_the_read_model(tmp_path) == -1
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert "nothing moved" in summary["stuck"]
    assert "동안 멈췄습니다" in summary["stuck_ko"]
    assert not (tmp_path / "out" / "refused.csv").exists()


async def test_a_run_that_is_stopped_leaves_no_summary_of_an_earlier_one(tmp_path: Path) -> None:
    leave_an_earlier_run(tmp_path / "out")
    async with running(tmp_path) as run:
        await run.says("The page · 현황 화면: ")
        run.process.send_signal(signal.SIGTERM)
        await run.end()
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["files"]


def leave_an_earlier_run(out: Path) -> None:
    out.mkdir()
    for name in ("summary.json", "refused.csv"):
        (out / name).write_text("of an earlier run")


def lead_of_the_read_model(folder: Path) -> int:
    """By how many agencies the read model is ahead of the source, as the summary has it."""
    line = json.loads((folder / "out" / "summary.json").read_text())["reconciliation"]["agencies_applied"]
    assert line["equal"] == (line["read_model"] == line["source"] == line["topic"])
    return line["read_model"] - line["source"]


async def insert(home: Path, service: str, sql: str) -> None:
    """Put a row into a service's database, as soon as what it belongs to is there."""
    password = json.loads((home / "passwords.json").read_text())[service]
    port = json.loads((home / "ports.json").read_text())["postgres"]
    connection = await asyncpg.connect(f"postgresql://{service}:{password}@127.0.0.1:{port}/{service}")
    while await connection.execute(sql) != "INSERT 0 1":
        await asyncio.sleep(0.05)
    await connection.close()


async def test_a_real_list_is_played_and_what_is_made_up_beside_it_is_said(tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_bytes(PENSION.read_bytes().rstrip() + b"\na line that is no row\n")
    rows = len(listed.read_bytes().splitlines()) - 1
    async with running(tmp_path, ONCE="1", ENTERPRISES_FILE=str(listed)) as run:
        status, said = await run.end()
    words = " ".join(said.split())
    assert status == 0, said
    assert "1 of" in words
    assert "가운데 1행이 거부되었습니다" in words
    assert "a line that is no row" in (tmp_path / "out" / "refused.csv").read_text()
    assert f" {rows}/{rows} " in said
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert said.count("get another day") <= (summary["visits_missed_and_made_up_for"] > 0)
    assert summary["synthetic"] == {"enterprises": False, "agencies": True, "managers": True, "visit_reports": True}
    assert "the enterprises are those of the list" in words
    assert "사업장은 제공된 명단" in (tmp_path / "out" / "files" / "programme.toml").read_text()
    assert not (tmp_path / "out" / "files" / "enterprises.csv").exists()

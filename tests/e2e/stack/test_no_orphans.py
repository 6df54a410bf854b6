"""However the one who started the stack ends, nothing of it stays behind, and the next start finds a clean place."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path

import psutil
import pytest

from stack import Stack
from stack.leash import started

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
Living = Callable[[Path], list[str]]

PARENT = """
import asyncio, signal, sys
from pathlib import Path
from stack import Program, Stack

STUBBORN = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"

async def main(home):
    async with Stack.up(home) as stack:
        deaf = [sys.executable, "-I", "-c", STUBBORN, str(home)]
        stack.processes.launch(Program("deaf", deaf, stop_seconds=0.5))
        asleep = stack.processes.launch(Program("asleep", [*deaf[:-1], str(home), "asleep"], stop_seconds=0.5))
        while not list((home / "run").glob("asleep.*.json")):  # only who has left its record is one of ours
            await asyncio.sleep(0.02)
        asleep.signal(signal.SIGSTOP)
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all these tests: each also finds what the one before has left."""
    return tmp_path_factory.mktemp("orphans")


@pytest.fixture
def parent(folder: Path) -> Generator[subprocess.Popen[str]]:
    """A program that has brought a stack and two programs up, one deaf to SIGTERM and one stopped."""
    command = [sys.executable, "-c", PARENT, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as made:
        assert made.stdout is not None
        assert made.stdout.readline() == "up\n"
        yield made
        if made.poll() is None:
            made.kill()


@pytest.fixture
def terminal(folder: Path) -> Generator[subprocess.Popen[str]]:
    """`python -m stack up` as on a terminal."""
    command = [sys.executable, "-m", "stack", "--home", str(folder), "up"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as made:
        assert made.stdout is not None
        assert made.stdout.readline().startswith("up in")
        yield made
        if made.poll() is None:
            made.kill()


async def test_a_killed_parent_leaves_no_process(
    parent: subprocess.Popen[str], folder: Path, living: Living, eventually: Eventually
) -> None:
    assert len(living(folder)) >= 6
    parent.kill()
    parent.wait()
    await eventually(lambda: not living(folder))
    assert not list((folder / "run").iterdir())


async def test_a_parent_ended_by_sigterm_leaves_no_process(
    parent: subprocess.Popen[str], folder: Path, living: Living, eventually: Eventually
) -> None:
    parent.terminate()
    parent.wait()
    await eventually(lambda: not living(folder))


async def test_the_next_start_stops_what_even_the_guard_could_not(
    parent: subprocess.Popen[str], folder: Path, living: Living
) -> None:
    guards = [child for child in psutil.Process(parent.pid).children() if "guard" in child.cmdline()]
    left = [child for child in psutil.Process(parent.pid).children() if child not in guards]
    parent.send_signal(signal.SIGSTOP)
    for guard in guards:
        guard.kill()
    parent.kill()
    parent.wait()
    assert len(left) == 4
    assert all(started(child.pid) for child in left)
    async with Stack.up(folder) as stack:
        assert not any(started(child.pid) for child in left)
        assert stack.kafka.is_running
    assert not living(folder)


async def test_ctrl_c_stops_everything_in_order(
    terminal: subprocess.Popen[str], folder: Path, living: Living, eventually: Eventually
) -> None:
    terminal.send_signal(signal.SIGINT)
    said, _ = terminal.communicate()
    assert "stopped" in said
    assert terminal.returncode == 0
    assert not living(folder)


async def test_an_impatient_second_ctrl_c_leaves_no_process(
    terminal: subprocess.Popen[str], folder: Path, living: Living, eventually: Eventually
) -> None:
    for _ in range(3):
        terminal.send_signal(signal.SIGINT)
        await asyncio.sleep(0.1)
    terminal.communicate()
    await eventually(lambda: not living(folder))


def test_down_stops_what_another_terminal_holds(terminal: subprocess.Popen[str], folder: Path, living: Living) -> None:
    order = [sys.executable, "-m", "stack", "--home", str(folder)]
    up = subprocess.run([*order, "status"], capture_output=True, text=True, check=False)
    assert "kafka" in up.stdout
    subprocess.run([*order, "down"], check=True, capture_output=True)
    terminal.wait()
    assert not living(folder)
    down = subprocess.run([*order, "status"], capture_output=True, text=True, check=False)
    assert (up.returncode, down.returncode) == (0, 3)

"""Programs on the leash: waited for, told why they failed, stopped in reverse, and never left behind."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import psutil
import pytest

from stack import Processes, Program, StackError, StartError
from stack.ports import HOST, Reservation

LISTEN = """
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
SLEEP = "import time; time.sleep(600)"
NOTE_ITS_END = """
import signal, sys, time
def end(*_):
    with open(sys.argv[1], "a") as file:
        file.write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""


def program(name: str, code: str, *arguments: str, **more: object) -> Program:
    """A small Python program."""
    return Program(name, [sys.executable, "-I", "-c", code, *arguments], **more)  # type: ignore[arg-type]  # tests only


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncGenerator[Processes]:
    """A supervisor in a folder of its own."""
    async with Processes(tmp_path) as made:
        yield made


async def said(processes: Processes, name: str, word: str) -> None:
    """Wait until the program has logged a word."""
    while word not in processes.running[name].tail:
        processes.running[name].check(float("inf"))
        await asyncio.sleep(0.02)


async def test_a_program_is_started_when_its_url_answers(processes: Processes) -> None:
    kept = Reservation(0)
    url = f"http://{HOST}:{kept.port}/"
    web = await processes.start(program("web", LISTEN, str(kept.port), ready_url=url))
    kept.release()
    assert web.is_running
    assert web.pid in psutil.pids()


async def test_a_program_that_ends_at_once_is_told_with_its_last_words(processes: Processes) -> None:
    with pytest.raises(StartError, match="no such province"):
        await processes.start(program("broken", "raise SystemExit('no such province')", ready_url=f"http://{HOST}:9/"))


async def test_a_program_that_never_answers_is_stopped(processes: Processes) -> None:
    with pytest.raises(StartError, match="did not answer in time"):
        await processes.start(program("mute", SLEEP, ready_url=f"http://{HOST}:9/", ready_seconds=0.2))
    assert not processes.running["mute"].is_running


async def test_programs_stop_in_reverse_order(processes: Processes, tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        processes.launch(program(name, NOTE_ITS_END, str(tmp_path / "ends"), name))
        await said(processes, name, "ready")
    await processes.stop()
    assert (tmp_path / "ends").read_text().split() == ["third", "second", "first"]


async def test_a_program_deaf_to_sigterm_is_killed(processes: Processes) -> None:
    process = processes.launch(program("deaf", STUBBORN, stop_seconds=0.2))
    await said(processes, "deaf", "deaf")
    assert await process.stop() == -signal.SIGKILL


async def test_a_stopped_program_hears_that_it_shall_end(processes: Processes, tmp_path: Path) -> None:
    process = processes.launch(program("asleep", NOTE_ITS_END, str(tmp_path / "ends"), "asleep"))
    await said(processes, "asleep", "ready")
    process.signal(signal.SIGSTOP)
    assert await process.stop() == 0


async def test_what_a_program_has_started_ends_with_it(processes: Processes, tmp_path: Path) -> None:
    code = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-I", "-c", {SLEEP!r}], start_new_session=True)
print("child", child.pid, ".", flush=True)
time.sleep(600)
"""
    process = processes.launch(program("parent", code))
    await said(processes, "parent", ".")
    child = psutil.Process(int(process.tail.split()[1]))
    await process.kill()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


async def test_memory_is_remembered_after_the_end(processes: Processes) -> None:
    process = processes.launch(
        program("big", "held = b'x' * (64 << 20); print('big', flush=True); import time; time.sleep(600)")
    )
    await said(processes, "big", "big")
    await process.stop()
    assert process.peak_rss > 64 << 20


async def test_of_the_processes_below_the_largest_counts_and_not_their_sum(processes: Processes) -> None:
    one = "held = b'x' * (64 << 20); print('big', flush=True); import time; time.sleep(600)"
    process = processes.launch(
        program(
            "parent",
            f"import subprocess, sys\nboth = [subprocess.Popen([sys.executable, '-c', {one!r}]) for _ in range(2)]\n"
            "both[0].wait()",
        )
    )
    await said(processes, "parent", "big\nbig")
    assert 64 << 20 < process.rss_below < 128 << 20


async def test_a_name_is_used_by_one_program_at_a_time(processes: Processes) -> None:
    processes.launch(program("only", SLEEP))
    with pytest.raises(StackError, match="only runs already"):
        processes.launch(program("only", SLEEP))


async def test_a_log_holds_what_a_program_says(processes: Processes, tmp_path: Path) -> None:
    process = processes.launch(program("talker", "print('안녕하세요')"))
    assert await process.wait() == 0
    assert (tmp_path / "log" / "talker.log").read_text() == "안녕하세요\n"

"""What goes wrong in mid-run is told in a sentence, in two languages."""

import asyncio
import errno
import subprocess
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from rehearsal import applying
from rehearsal.__main__ import run
from rehearsal.doors import RefusedAtTheDoorError
from rehearsal.settings import Settings
from rehearsal.signals import status_of
from rehearsal.summary import Summary
from rehearsal.troubles import TROUBLES, told
from stack.home import Home
from stack.problems import AlreadyRunningError, DiskFullError


@pytest.fixture
def full_disk(tmp_path: Path) -> Generator[Path]:
    """A disk with no room left."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], check=False)
    if mounting.returncode:
        pytest.skip("only root may mount a small disk")
    with pytest.raises(OSError, match="No space"):
        (folder / "everything").write_bytes(b"x" * 32_768)
    yield folder
    subprocess.run(["umount", folder], check=True)


def settings_in(folder: Path) -> Settings:
    return Settings.model_validate({"enterprises": 10, "ANJEON_HOME": folder, "ANJEON_OUT": folder / "out"})


def test_a_disk_that_fills_up_is_what_is_said_of_the_summary(full_disk: Path) -> None:
    with pytest.raises(DiskFullError, match="is full"):
        Summary(True).write(full_disk)


def test_a_disk_that_fills_up_is_what_is_said_of_the_years_files(full_disk: Path) -> None:
    with pytest.raises(DiskFullError, match="is full"):
        applying.write_files(settings_in(full_disk))


def test_whatever_a_full_disk_breaks_it_is_the_disk_that_is_told(full_disk: Path) -> None:
    assert "is full" in told(httpx.ReadError("registry hung up"), settings_in(full_disk))


@pytest.mark.parametrize("is_told_who", [True, False])
def test_a_second_run_in_the_same_folder_is_refused_and_writes_nothing(tmp_path: Path, is_told_who: bool) -> None:
    with Home.taken(tmp_path, needed=0) as home:
        if not is_told_who:
            home.lock.write_text("")  # as in the moment after the folder was taken
        with pytest.raises(AlreadyRunningError):
            asyncio.run(status_of(run(settings_in(tmp_path), Console())))
    assert not settings_in(tmp_path).out.exists()


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), OSError(errno.EIO, "broken"), TimeoutError("no")])
def test_a_passing_fault_is_told_with_where_to_look(tmp_path: Path, error: Exception) -> None:
    assert isinstance(error, TROUBLES)
    said = told(error, settings_in(tmp_path))
    assert type(error).__name__ in said
    assert str(tmp_path / "log") in said
    assert "로그" in said


def test_a_larger_run_needs_more_of_the_disk_and_says_so_before() -> None:
    small, nation = Settings(), Settings(enterprises=200_000)
    assert small.needed_bytes < 2 << 30 < 6_000_000_000 < nation.needed_bytes
    assert (small.is_large, nation.is_large) == (False, True)
    assert "7 GB of disk" in nation.what_it_takes
    assert "디스크 약 7GB" in nation.what_it_takes


def test_a_refusal_at_a_door_is_told_in_two_languages(tmp_path: Path) -> None:
    asked = httpx.Request("POST", "http://registry/programmes")
    english, korean = told(
        RefusedAtTheDoorError("registry", httpx.Response(409, text="taken", request=asked)), settings_in(tmp_path)
    ).splitlines()
    assert english == "registry /programmes: 409 taken"
    assert korean.startswith("registry /programmes: 서비스가 409(으)로 거부했습니다")

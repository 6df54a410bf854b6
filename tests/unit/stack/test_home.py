"""The folder of a stack: who has it, its passwords, and the room on its disk."""

import os
import stat
from pathlib import Path

import pytest

from stack.environment import environment_in
from stack.home import Home
from stack.postgres import passwords
from stack.problems import AlreadyRunningError, DiskFullError, StackError, disk_problems_told


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A prepared folder."""
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def test_a_folder_is_had_by_one_at_a_time(home: Home) -> None:
    with home.held(), pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"), home.held():
        pass


def test_who_has_the_folder_is_known_while_it_is_had(home: Home) -> None:
    with home.held():
        during = home.owner()
    assert (during, home.owner()) == (os.getpid(), 0)


def test_a_number_left_by_a_process_that_ended_owns_nothing(home: Home) -> None:
    home.lock.write_text(f"{os.getpid()} 1\n")
    assert home.owner() == 0


def test_a_disk_with_too_little_room_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(DiskFullError, match="are needed"):
        Home(tmp_path).prepare(needed=1 << 62)


def test_a_disk_that_fills_up_is_said() -> None:
    with (
        pytest.raises(DiskFullError, match="is full"),
        disk_problems_told(Path("/dev"), 1),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")


def test_another_system_error_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk_problems_told(tmp_path, 1):
        (tmp_path / "absent").read_bytes()


def test_passwords_are_made_once_and_read_by_the_owner_only(home: Home) -> None:
    first = home.passwords(("registry", "reporting"))
    later = home.passwords(("registry", "scheduling"))
    mode = stat.S_IMODE((home.folder / "passwords.json").stat().st_mode)
    assert mode == 0o600
    assert later["registry"] == first["registry"]
    assert len(set(later.values())) == 3


def test_a_problem_is_told_in_both_languages() -> None:
    said = str(AlreadyRunningError(Path("/somewhere"), 7))
    assert "already running" in said
    assert "이미 실행 중" in said


def test_what_to_type_names_the_folder_unless_it_is_the_usual_one() -> None:
    usual = str(AlreadyRunningError(Path(".local").absolute(), 7))
    other = str(AlreadyRunningError(Path("/some where"), 7))
    assert usual.count("`.venv/bin/python -m stack down`") == 2
    assert other.count("`.venv/bin/python -m stack --home '/some where' down`") == 2


def test_whoever_reads_what_to_do_in_another_folder_is_not_sent_to_the_usual_one(home: Home) -> None:
    home.postgres.mkdir()
    with pytest.raises(StackError, match=f"stack --home {home.folder} clean"):
        passwords(home, ("registry",))
    with pytest.raises(StackError, match=rf"make run ANJEON_HOME={home.folder}.*stack --home {home.folder} up"):
        environment_in(home, "registry")

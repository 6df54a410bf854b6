"""A folder's key pair: made once, and whole again when half of it was lost."""

import stat
from pathlib import Path

from click.testing import CliRunner

from access.keys import read_public_keys
from stack.__main__ import cli
from stack.home import Home
from stack.keys import key_pair


def test_a_folder_keeps_its_key_pair(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert key_pair(home).public.keys() == key_pair(home).public.keys() == read_public_keys(home.public_key).keys()
    assert stat.S_IMODE(home.private_key.stat().st_mode) == 0o600


def test_a_public_half_that_was_lost_comes_from_the_private_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    made = key_pair(home).public.keys()
    home.public_key.unlink()
    assert key_pair(home).public.keys() == read_public_keys(home.public_key).keys() == made


def test_a_folder_that_is_cleaned_keeps_no_secret(tmp_path: Path) -> None:
    home = Home(tmp_path)
    key_pair(home)
    home.passwords(("registry",))
    assert CliRunner().invoke(cli, ["--home", str(tmp_path), "clean"]).exit_code == 0
    assert list(tmp_path.iterdir()) == []

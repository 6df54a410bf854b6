"""Whatever `make run` was told and cannot be is refused before anything is touched."""

import tomllib
from pathlib import Path

import pytest

from rehearsal import applying
from rehearsal.inputs import WrongInputError, read_settings
from rehearsal.settings import Settings

PENSION = Path(__file__).parents[1] / "registry/pension-sample.csv"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PLANNER", "typo"),
        ("ENTERPRISES", "many"),
        ("ENTERPRISES", "0"),
        ("ENTERPRISES", "-1"),
        ("SEED", "-1"),
        ("SEED", "x"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    monkeypatch.setenv(name, said)
    with pytest.raises(WrongInputError, match=f"{name}={said}"):
        read_settings()


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real list of sixty thousand rows, one of them none, and named as the list to be played."""
    header, *rows = PENSION.read_bytes().splitlines()
    file = tmp_path / "list.csv"
    file.write_bytes(b"\n".join([header, *rows * (60_000 // len(rows)), b'"a quotation mark that never closes']))
    monkeypatch.setenv("ENTERPRISES_FILE", str(file))
    monkeypatch.setenv("ANJEON_OUT", str(tmp_path / "out"))
    return file


@pytest.mark.usefixtures("listed")
def test_a_real_list_says_itself_how_large_the_run_is() -> None:
    settings = read_settings()
    assert settings.enterprises == 60_000
    assert settings.is_large
    assert settings.needed_bytes == Settings(enterprises=60_000).needed_bytes
    programme = applying.write_files(settings).folder / "programme.toml"
    assert tomllib.loads(programme.read_text("utf-8"))["target_enterprises"] == 60_000


@pytest.mark.usefixtures("listed")
def test_a_number_that_is_said_beside_a_list_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTERPRISES", "300")
    assert read_settings().enterprises == 300

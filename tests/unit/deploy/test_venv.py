"""The first set-up: whatever stands in its way, it ends in one clear sentence in two languages that says what to do."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy/venv.sh"
UV = Path(sys.executable).parent / "uv"
WHEEL = "anjeonjava-1-py3-none-win_amd64.whl"
SetUp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one package, and an environment whose pip has brought uv already."""
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "pip.py").write_text("")
    (venv / "bin" / "uv").symlink_to(UV)
    (tmp_path / "requirements.lock").write_text(f"anjeonjava==1 \\\n    --hash=sha256:{0:064d}\n")
    return tmp_path


@pytest.fixture
def set_up(project: Path) -> SetUp:
    """Run the set-up with some of the environment changed; what it said."""

    def run(**changed: str) -> subprocess.CompletedProcess[str]:
        own = {"PYTHON": sys.executable, "UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(project / "cache"), **changed}
        return subprocess.run(
            ["bash", SCRIPT], cwd=project, env={**os.environ, **own}, capture_output=True, text=True, check=False
        )

    return run


def told(ended: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """Its last two lines; it must have failed, and without a traceback."""
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    english, korean = ended.stderr.splitlines()[-2:]
    assert any("가" <= letter <= "힣" for letter in korean)
    return english, korean


def test_no_network_is_said(set_up: SetUp) -> None:
    english, _ = told(set_up(UV_DEFAULT_INDEX="http://127.0.0.1:9/simple", UV_HTTP_RETRIES="0"))
    assert "needs the network once" in english


def test_no_network_for_pip_is_said(set_up: SetUp, project: Path) -> None:
    (pip,) = project.glob(".venv/lib/python*/site-packages/pip.py")
    pip.write_text(
        "import sys\n"
        "if 'install' in sys.argv:\n"
        "    sys.exit('ERROR: Could not find a version that satisfies the requirement uv (from versions: none)')\n"
    )
    english, _ = told(set_up())
    assert "needs the network once" in english


def test_a_package_without_a_wheel_for_this_machine_is_said(set_up: SetUp, project: Path) -> None:
    links = project / "links"
    links.mkdir()
    with zipfile.ZipFile(links / WHEEL, "w") as wheel:
        wheel.writestr("anjeonjava-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: anjeonjava\nVersion: 1\n")
        wheel.writestr("anjeonjava-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-win_amd64\n")
        wheel.writestr("anjeonjava-1.dist-info/RECORD", "")
    english, _ = told(set_up(UV_NO_INDEX="1", UV_FIND_LINKS=str(links)))
    assert "no wheel for this machine" in english
    assert "make up" in english


@pytest.fixture
def full_disk(project: Path) -> Generator[Path]:
    """A disk of 64 kB where uv keeps what it fetches."""
    folder = project / "cache"
    folder.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip("only root may mount a small disk")
    (folder / "full").write_bytes(b"x" * 4096)
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said(set_up: SetUp, project: Path, full_disk: Path) -> None:
    uv = project / ".venv/bin/uv"
    uv.unlink()
    uv.write_text(f"#!/bin/sh\nexec cp {shutil.which('bash')} {full_disk}\n")
    uv.chmod(0o755)
    english, _ = told(set_up())
    assert "The disk is full" in english


def test_a_python_that_cannot_make_environments_is_said(set_up: SetUp, project: Path) -> None:
    shutil.rmtree(project / ".venv")
    bare = project / "python"
    bare.write_text(f'#!/bin/sh\ncase $2 in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    english, _ = told(set_up(PYTHON=str(bare)))
    assert "apt install python3-venv" in english
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("python", ["/nowhere/python3", "old"])
def test_a_python_that_is_absent_or_too_old_is_said(set_up: SetUp, project: Path, python: str) -> None:
    (project / "old").write_text('#!/bin/sh\n[ "$1" = -c ] && exit 1\necho "Python 3.9.2"\n')
    (project / "old").chmod(0o755)
    english, _ = told(set_up(PYTHON=str(project / python)))
    assert "needs Python 3.11 or newer" in english


def test_anything_else_is_said_with_the_last_words_of_the_step(set_up: SetUp, project: Path) -> None:
    uv = project / ".venv/bin/uv"
    uv.unlink()
    uv.write_text("#!/bin/sh\necho something never seen >&2\nexit 3\n")
    uv.chmod(0o755)
    ended = set_up()
    english, _ = told(ended)
    assert "make clean" in english
    assert "something never seen" in ended.stderr

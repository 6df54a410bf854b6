"""The containers' passwords and keys: made once, and each service is given only its own."""

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

import pytest

from access.keys import Keys, read_public_keys

SERVICES = ["registry", "eligibility"]


@pytest.fixture
def maker(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with its volumes below tmp_path and ourselves as everybody."""
    spec = importlib.util.spec_from_file_location("make_secrets", root / "deploy/compose/make_secrets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for volume in ("postgres", "keys", *SERVICES):
        (tmp_path / volume).mkdir()
    for name, value in {"ROOT": tmp_path, "POSTGRES": os.getuid(), "ANJEON": os.getuid()}.items():
        monkeypatch.setattr(module, name, value)
    return module


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_service_gets_its_own_password_and_the_public_key(maker: ModuleType, tmp_path: Path) -> None:
    maker.main(SERVICES)
    password = (tmp_path / "postgres/registry").read_text()
    assert (tmp_path / "registry/pgpass").read_text() == f"postgres:5432:registry:registry:{password}\n"
    assert sorted(_files(tmp_path / "registry")) == ["pgpass", "public.pem"]
    assert (
        read_public_keys(tmp_path / "registry/public.pem").keys()
        == Keys.read(tmp_path / "keys/private.pem").public.keys()
    )


def test_passwords_differ_and_are_long(maker: ModuleType, tmp_path: Path) -> None:
    maker.main(SERVICES)
    passwords = {file.read_text() for file in (tmp_path / "postgres").iterdir()}
    assert len(passwords) == len(SERVICES) + 1
    assert all(len(password) >= 32 for password in passwords)


def test_a_later_start_changes_nothing(maker: ModuleType, tmp_path: Path) -> None:
    maker.main(SERVICES)
    before = _files(tmp_path)
    maker.main(SERVICES)
    assert _files(tmp_path) == before


def test_nobody_else_may_read_what_is_secret(maker: ModuleType, tmp_path: Path) -> None:
    maker.main(SERVICES)
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.name != "public.pem":
            assert file.stat().st_mode & 0o777 == 0o600, file.name


def test_the_services_are_the_same_everywhere(
    root: Path, services: set[str], containers: dict[str, dict[str, object]]
) -> None:
    loop = re.search(r"^for service in (.+); do$", (root / "deploy/compose/databases.sh").read_text(), re.MULTILINE)
    assert loop
    assert set(loop[1].split()) == services
    assert containers["secrets"]["command"] == loop[1].split()

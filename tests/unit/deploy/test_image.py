"""The one Dockerfile: what it starts from, what it lets in, and that the lock knows all of it."""

import re
from collections.abc import Set
from fnmatch import fnmatch
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement


@pytest.fixture
def dockerfile(root: Path) -> str:
    return (root / "deploy/Dockerfile").read_text("utf-8").replace("\\\n", " ")


def test_it_starts_from_the_official_python_only(dockerfile: str) -> None:
    assert {line.split()[1] for line in dockerfile.splitlines() if line.startswith("FROM ")} == {
        "python:3.13-slim-trixie"
    }


def test_it_ends_as_a_user_without_rights(dockerfile: str) -> None:
    users = re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE)
    assert users == ["10001"]


def test_what_it_copies_is_let_through_to_the_build(root: Path, dockerfile: str) -> None:
    allowed = [line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    assert not [source for source in copied if not any(fnmatch(source, pattern) for pattern in allowed)]


def test_the_lock_knows_every_dependency_of_what_goes_into_images(root: Path, packages: dict[str, list[str]]) -> None:
    lock = (root / "requirements.lock").read_text("utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    wanted = {re.split(r"[\[<>=~! ;]", word)[0] for words in packages.values() for word in words}
    assert {name for name in wanted if not name.startswith("anjeon-")} <= locked


def brought_by(name: str, extras: Set[str] = frozenset()) -> set[str]:
    """Our own packages that come with one of them."""
    asked = [{"extra": extra} for extra in ("", *extras)]
    found = {name}
    for needed in map(Requirement, requires(name) or ()):
        if needed.name.startswith("anjeon-") and any(needed.marker is None or needed.marker.evaluate(e) for e in asked):
            found |= brought_by(needed.name, needed.extras)
    return found


def test_the_operators_image_has_what_makes_tokens(root: Path) -> None:
    ours = {folder.name for folder in root.glob("libs/*")}
    program = (root / "libs/access/src/access/__main__.py").read_text("utf-8")
    needed = ours & set(re.findall(r"^from (\w+)", program, re.MULTILINE))
    assert needed >= {"access"}
    assert {f"anjeon-{name}" for name in needed} <= brought_by("anjeon-ops")


def test_a_service_has_a_folder_that_its_name_alone_finds(root: Path, services: set[str]) -> None:
    for name in (*services, "ops"):
        found = [
            file
            for file in root.glob(f"*/{name}/pyproject.toml")
            if file.parents[1].name in {"services", "deploy", "libs"}
        ]
        assert len(found) == 1

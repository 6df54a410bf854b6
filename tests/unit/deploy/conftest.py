"""What the deployment's files say, read once."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from events.transport.topics import Topics

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """docker-compose.yml, as it is when no variable is set."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))


@pytest.fixture(scope="session")
def containers(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


@pytest.fixture(scope="session")
def services() -> set[str]:
    """The services that topics are said or heard by."""
    topics = Topics.read(ROOT / "deploy/topics.yaml").topics.values()
    return {name for topic in topics for name in (topic.says, *topic.hears)}


@pytest.fixture(scope="session")
def packages() -> dict[str, list[str]]:
    """What the packages that go into images depend on, by folder."""
    files = [
        *ROOT.glob("libs/*/pyproject.toml"),
        *ROOT.glob("services/*/pyproject.toml"),
        ROOT / "deploy/ops/pyproject.toml",
    ]
    return {file.parent.name: tomllib.loads(file.read_text("utf-8"))["project"]["dependencies"] for file in files}

"""What contract tests share: every service as its own `build` makes it, and the golden examples as Kafka has them."""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from access.keys import Keys
from events.transport.hosting import Service
from events.transport.wire import Record

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "libs/events/examples"


@dataclass(frozen=True)
class Example:
    """A golden example: what one record of this type looks like, for ever."""

    name: str
    headers: dict[str, str]
    content: dict[str, Any]

    @property
    def type(self) -> str:
        """The type that its header names."""
        return self.headers["ce_type"]

    @property
    def topic(self) -> str:
        """Where it travels."""
        service, aggregate, _, major = self.type.split(".")
        return f"{service}.{aggregate}.{major}"

    def record(self, offset: int, **more: Any) -> Record:
        """The record as a consumer gets it; `more` goes into the content."""
        value = json.dumps({**self.content, **more}).encode()
        key = self.headers["ce_partitionkey"].encode()
        headers = [(name, text.encode()) for name, text in self.headers.items() if name != "anjeon_position"]
        return ConsumerRecord(self.topic, 0, offset, 0, 0, key, value, None, len(key), len(value), headers)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """Every golden example."""
    contents = [(file.name, json.loads(file.read_text("utf-8"))) for file in sorted(EXAMPLES.glob("*.json"))]
    return [Example(name, content["headers"], content["data"]) for name, content in contents]


@pytest.fixture(scope="session")
def service_named(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Service]:
    """`service_named("eligibility")`: the service as its own `build` makes it."""
    keys = tmp_path_factory.mktemp("keys")
    Keys.generate().write(keys / "private.pem", keys / "public.pem")

    def build(name: str) -> Service:
        main = importlib.import_module(f"{name}.main")
        settings = importlib.import_module(f"{name}.settings").Settings
        return main.build(settings(database_url="postgresql://", http_port=0, access_keys=keys / "public.pem"))

    return build

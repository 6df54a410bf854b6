"""One stack for all fault scenarios of a test run."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from source import Source, source_of
from stack import Stack


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stack]:
    """Real Kafka and PostgreSQL, which scenarios kill and start again."""
    async with Stack.up(Path(tmp_path_factory.mktemp("faults"))) as running:
        yield running


@pytest.fixture
async def source(stack: Stack, tmp_path: Path) -> AsyncGenerator[Source]:
    """A source of the test's own."""
    async with source_of(stack, tmp_path) as made:
        yield made

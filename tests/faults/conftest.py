"""One stack for all fault scenarios of a test run."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from stack import Stack


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stack]:
    """Real Kafka and PostgreSQL, which scenarios kill and start again."""
    async with Stack.up(Path(tmp_path_factory.mktemp("faults"))) as running:
        yield running

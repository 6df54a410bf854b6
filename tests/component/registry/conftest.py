"""The registry's door on a real database, and those who call at it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from access.keys import Keys
from events.transport.db import Pool
from registry.main import build
from registry.settings import Settings

Header = dict[str, str]


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The pair that signs the tests' tokens."""
    return Keys.generate()


@pytest.fixture
async def pool(migrated_pool: Callable[[str], Awaitable[Pool]]) -> Pool:
    """A new registry database."""
    return await migrated_pool("registry")


@pytest.fixture
async def door(pool: Pool, keys: Keys, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """A client that calls the registry as nobody in particular."""
    keys.write(tmp_path / "private.pem", tmp_path / "public.pem")
    settings = Settings(database_url="unused", http_port=0, access_keys=tmp_path / "public.pem")
    app = build(settings).app
    app.state.pool = pool
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://registry", timeout=120) as client:
        yield client


@pytest.fixture
def officer(door: httpx.AsyncClient, keys: Keys) -> httpx.AsyncClient:
    """The same client, with an officer's token."""
    door.headers["Authorization"] = f"Bearer {keys.token('officer', subject='officer-1')}"
    return door

"""The doors: each service's HTTP address, and the people who knock at it with their tokens."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from access.keys import Keys
from stack import StackError


class RefusedAtTheDoorError(StackError):
    """A service answered with an error, in its own words."""

    def __init__(self, door: str, answer: httpx.Response) -> None:
        where, status = f"{door} {answer.request.url.path}", answer.status_code
        super().__init__(
            f"{where}: {status} {answer.text}", f"{where}: 서비스가 {status}(으)로 거부했습니다. 사유는 위에 있습니다."
        )


@dataclass(frozen=True)
class Door:
    """One service, as one caller sees it."""

    name: str
    client: httpx.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        """What is answered, as JSON."""
        return self._said(await self.client.get(path, params=query)).json()

    async def post(self, path: str, content: Any = None, *, kind: str = "application/json", **query: Any) -> Any:
        """Hand something in; what is answered, as JSON."""
        headers = {"content-type": kind}
        return self._said(await self.client.post(path, content=content, headers=headers, params=query)).json()

    async def text(self, path: str) -> str:
        """What is answered, as text."""
        return self._said(await self.client.get(path)).text

    def _said(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            raise RefusedAtTheDoorError(self.name, answer)
        return answer


@dataclass(frozen=True)
class Doors:
    """The four services, each called by whom it concerns."""

    registry: Door
    eligibility: Door
    scheduling: Door
    reporting: Door
    field: Door
    """Scheduling, as the managers' field application calls it."""

    @property
    def services(self) -> tuple[Door, ...]:
        """One door a service."""
        return (self.registry, self.eligibility, self.scheduling, self.reporting)


@asynccontextmanager
async def open_doors(addresses: dict[str, str], keys: Keys) -> AsyncGenerator[Doors]:
    """An officer's doors to all services, and the field application's to scheduling."""
    officer = keys.token("officer", subject="rehearsal-officer")
    field = keys.token("service", subject="rehearsal-field-application")
    clients = {name: _client(address, officer) for name, address in addresses.items()}
    clients["field"] = _client(addresses["scheduling"], field)
    try:
        yield Doors(**{name: Door(name, client) for name, client in clients.items()})
    finally:
        for client in clients.values():
            await client.aclose()


def _client(address: str, token: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=600, trust_env=False)

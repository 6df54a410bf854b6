"""The embedded stack as a whole: broker and database server, up together, down together."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from stack import jars, ports
from stack.home import NEEDED_BYTES, Home
from stack.kafka import Kafka
from stack.keys import key_pair
from stack.ports import Ports
from stack.postgres import Postgres
from stack.processes import Process, Processes, Program

SERVICES = ("registry", "eligibility", "scheduling", "reporting")


class Stack:
    """A running Kafka and PostgreSQL, and the programs started beside them."""

    def __init__(
        self, home: Home, reserved: Ports, processes: Processes, services: Sequence[str], folder: Path
    ) -> None:
        self.home = home
        self.processes = processes
        self._ports = reserved
        self.kafka = Kafka(home, reserved, processes, folder)
        self.postgres = Postgres(home, reserved, processes, services)

    def port(self, name: str) -> int:
        """The port kept for a service (or a server) in this folder, the same from run to run if it stays free."""
        return self._ports[name]

    async def start(self, program: Program) -> Process:
        """Start a program that is stopped before the servers are, and wait until it is ready."""
        return await self.processes.start(program)

    @classmethod
    @asynccontextmanager
    async def up(
        cls,
        home: Path,
        *,
        services: Sequence[str] = SERVICES,
        jars_folder: Path | None = None,
        needed: int = NEEDED_BYTES,
    ) -> AsyncGenerator[Self]:
        """Both servers answering, with their data below `home`; everything is stopped on leaving, or when we die."""
        with Home.taken(home, needed) as place:
            async with cls.within(place, services=services, jars_folder=jars_folder) as stack:
                yield stack

    @classmethod
    @asynccontextmanager
    async def within(
        cls, home: Home, *, services: Sequence[str] = SERVICES, jars_folder: Path | None = None
    ) -> AsyncGenerator[Self]:
        """The same in a home that the caller has taken already."""
        with Ports(ports.remembered(home.ports)) as reserved:
            ports.remember(home.ports, reserved)
            key_pair(home)
            async with Processes(home.folder) as processes:
                stack = cls(home, reserved, processes, services, jars_folder or jars.default_folder())
                try:
                    async with asyncio.TaskGroup() as starting:
                        starting.create_task(stack.kafka.start())
                        starting.create_task(stack.postgres.start())
                except* Exception as problems:
                    raise problems.exceptions[0] from None
                yield stack

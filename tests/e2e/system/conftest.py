"""One running system for the folder's tests: Kafka, PostgreSQL and the four services, and a year played on them."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from rich.progress import Progress

import containers
from access.keys import Keys
from events.transport.lanes import LANES
from events.transport.wire import Record
from korea.population import populate, write_registry_files
from rehearsal import applying, year
from rehearsal.books import Line, reconcile
from rehearsal.doors import Door, Doors
from rehearsal.house import SERVICES, House, house_on
from rehearsal.settings import Settings
from rehearsal.year import Year
from stack import Process, Program, Stack
from stack.keys import key_pair

T = TypeVar("T")
Check = Callable[[], Awaitable[T]]
SOONER = {"SCHEDULING_LEASE_SECONDS": "10", "SCHEDULING_GATHER_SECONDS": "2"}
AWAY = (OSError, httpx.TransportError, asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError)


class TryingAgain(httpx.AsyncHTTPTransport):
    """People whose request met a service that died send it once more, until it is answered."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        while True:
            try:
                answer = await super().handle_async_request(request)
                await answer.aread()
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            else:
                return answer


@dataclass
class System:
    """The house, and what is done to it."""

    house: House
    keys: Keys
    folder: Path
    seeds: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def stack(self) -> Stack:
        return self.house.stack

    @property
    def bootstrap(self) -> str:
        return self.house.stack.kafka.bootstrap

    async def kill(self, *names: str) -> None:
        """SIGKILL: nothing gets to tidy up."""
        await asyncio.gather(*(self.house.processes[name].kill() for name in names))

    async def start(self, *names: str) -> None:
        """Start again what was stopped or killed, and wait until it is ready."""
        programs = [self._again(name) for name in names]
        started = await asyncio.gather(*(self.stack.start(program) for program in programs))
        self.house.processes.update(zip(names, started, strict=True))

    def _again(self, name: str) -> Program:
        program = self.house.processes[name].program
        return replace(program, ready_seconds=120, environment={**program.environment, **SOONER})

    async def start_another(self, name: str, port: int, **settings: str) -> Process:
        """Start a second instance of a service, with a port and perhaps settings of its own."""
        program = self._again(name)
        own = {f"{name.upper()}_{key}": value for key, value in {"HTTP_PORT": str(port), **settings}.items()}
        ready = f"http://127.0.0.1:{port}/health/ready"
        another = replace(
            program,
            name=f"{name}-again",
            ready_url=ready,
            environment={**program.environment, **own},
        )
        return await self.stack.start(another)

    async def fetch(self, service: str, sql: str) -> list[asyncpg.Record]:
        """Ask a service's database."""
        connection = await asyncpg.connect(self.stack.postgres.dsn(service))
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    async def ask(self, service: str, path: str, *, method: str = "GET") -> httpx.Response:
        """Call a service's door without a token and without trying again."""
        address = f"http://127.0.0.1:{self.stack.port(service)}"
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=30) as client:
            return await client.request(method, path)

    async def take_in(self, enterprises: int) -> int:
        """Register more enterprises at the registry's door; how many."""
        return await self.hand_in(await self.made_up(enterprises), on="2023-04-12")

    async def log(self, topic: str) -> list[Record]:
        """All that a topic says just now, each partition's in order."""
        partitions = [TopicPartition(topic, number) for number in range(LANES)]
        said = list[Record]()
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False) as consumer:
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(partitions)
            while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    said += records
        return said

    async def made_up(self, enterprises: int) -> bytes:
        """A file of enterprises that nobody has handed in yet."""
        seed = next(self.seeds)
        folder = self.folder / f"more-{seed}"
        await asyncio.to_thread(write_registry_files, folder, populate(enterprises, seed))
        return (folder / "enterprises.csv").read_bytes()

    async def hand_in(self, lines: bytes, on: str) -> int:
        """Send a file of enterprises in at the registry's door, as of a day; how many rows it has."""
        answer = await self.house.doors.registry.post("/enterprises/import", lines, kind="text/csv", on=on)
        assert answer["refused"] == 0
        return answer["rows"]

    async def balanced(self) -> list[Line]:
        """The reconciliation, once source, topics and read model agree in everything; waits for it."""
        deadline = time.monotonic() + 120
        while True:
            try:
                lines = (await reconcile(self.house)).lines
            except AWAY:
                lines = []
            if lines and all(line.is_equal for line in lines):
                return lines
            if time.monotonic() > deadline:
                raise TimeoutError(f"these never came to agree: {[line for line in lines if not line.is_equal]}")
            await asyncio.sleep(0.3)


@dataclass(frozen=True)
class Played:
    """How the year that was played through three kills of everything came out."""

    lines: Sequence[Line]
    document: dict[str, Any]
    kills: int


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Awaitable[Any]]:
    """`await eventually(check, "what")`: what the check returns, as soon as that is true; a fault under way is no."""

    async def wait(check: Check[T], what: str, *, seconds: float = 120) -> T:
        deadline = time.monotonic() + seconds
        while True:
            try:
                if found := await check():
                    return found
            except AWAY:
                pass  # what was asked is away just now
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {seconds:.0f} s in vain: {what}")
            await asyncio.sleep(0.1)

    return wait


@pytest.fixture
def free_port() -> int:
    """A port that nobody has."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[System]:
    """The system, with nothing in it yet; leases run out and newcomers have gathered sooner than usual."""
    folder = tmp_path_factory.mktemp("system")
    up = containers.stack if containers.ARE_CHOSEN else Stack.up
    settings = settings_for(folder)
    async with AsyncExitStack() as until_the_end:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in SOONER.items():
                patch.setenv(name, value)
            stack = await until_the_end.enter_async_context(up(settings.home))
            house = await until_the_end.enter_async_context(house_on(stack, settings))
        doors = await until_the_end.enter_async_context(patient_doors(house))
        yield System(House(house.stack, doors, dict(house.processes)), key_pair(house.stack.home), folder)


def settings_for(folder: Path) -> Settings:
    """A small year."""
    said = {"enterprises": 200, "planner": "plain", "ANJEON_HOME": folder / "home", "ANJEON_OUT": folder / "out"}
    return Settings.model_validate(said)


class patient_doors:  # noqa: N801 - used as a function is
    """The house's doors, for people who try again."""

    def __init__(self, house: House) -> None:
        doors = house.doors
        self._doors = {name: Door(name, _patient(getattr(doors, name).client)) for name in (*SERVICES, "field")}

    async def __aenter__(self) -> Doors:
        return Doors(**self._doors)

    async def __aexit__(self, *_: object) -> None:
        for door in self._doors.values():
            await door.client.aclose()


def _patient(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=client.base_url, headers=client.headers, timeout=120, transport=TryingAgain(), trust_env=False
    )


@pytest.fixture(scope="session")
async def played(system: System, eventually: Callable[..., Awaitable[Any]]) -> Played:
    """The year, played while all four services are killed together three times."""
    settings = settings_for(system.folder)
    files = await asyncio.to_thread(applying.write_files, settings)
    this = Year(system.house, settings, Progress(disable=True), files.programme_id)
    killed = list[str]()

    async def all_killed_once(service: str, under_way: str) -> None:
        async def has_begun() -> bool:
            return bool(await system.fetch(service, f"select 1 where exists ({under_way})"))

        await eventually(has_begun, f"{under_way} in {service}")
        await system.kill(*SERVICES)
        killed.append(under_way)
        await system.start(*SERVICES)

    await applying.agencies(this, files)
    await applying.training(this, files)
    await asyncio.gather(applying.enterprises(this, files), all_killed_once("registry", "select 1 from enterprise"))
    await year.decided(this)
    await asyncio.gather(year.planned(this), all_killed_once("scheduling", "select 1 from plan"))
    reported = "select 1 from visit where state = 'completed'"
    await asyncio.gather(year.visited(this), all_killed_once("scheduling", reported))
    lines = await system.balanced()
    return Played(lines, await system.house.doors.reporting.get("/api/progress"), len(killed))

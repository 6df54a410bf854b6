"""The tests' other backend: Kafka and PostgreSQL from their official images, where a container engine runs."""

import os
import socket
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import asyncpg
import pytest
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from stack import SERVICES, Process, Processes, Program, Stack
from stack.home import Home
from stack.ports import HOST, Ports

KAFKA, POSTGRES = "apache/kafka:4.1.1", "postgres:18"
PASSWORD = "only-for-a-test"  # noqa: S105 - of a database that ends with the test
START_SECONDS = 120
ARE_CHOSEN = os.environ.get("ANJEON_TEST_BACKEND", "embedded") == "containers"


@dataclass(frozen=True)
class Broker:
    """Kafka in a container; whoever wants to kill it needs the embedded one."""

    bootstrap: str

    async def kill(self) -> None:
        """Not here."""
        pytest.skip("kills Kafka, which is for the embedded backend: a container of it would lose its port")


@dataclass(frozen=True)
class Database:
    """PostgreSQL in a container, with one database and one role a service."""

    port: int

    @property
    def admin_dsn(self) -> str:
        """The superuser's way in."""
        return self.dsn("postgres")

    def dsn(self, service: str) -> str:
        """A service's way into its own database."""
        return f"postgresql://{service}:{PASSWORD}@{HOST}:{self.port}/{service}"

    async def kill(self) -> None:
        """Not here."""
        pytest.skip("kills PostgreSQL, which is for the embedded backend: a container of it would lose its port")

    async def make_rooms(self) -> None:
        """As the embedded server's, and as deploy/compose/databases.sh makes them."""
        admin = await asyncpg.connect(self.admin_dsn)
        for service in SERVICES:
            await admin.execute(f"create role {service} login password '{PASSWORD}'")
            await admin.execute(f"create database {service} owner {service}")
            await admin.execute(f"revoke connect, temporary on database {service} from public")
        await admin.close()


@dataclass(frozen=True)
class Contained:
    """What the rehearsal needs of a stack, on containers."""

    home: Home
    processes: Processes
    kafka: Broker
    postgres: Database
    ports: Ports

    def port(self, name: str) -> int:
        """The port kept for a service."""
        return self.ports[name]

    async def start(self, program: Program) -> Process:
        """Start a program and wait until it is ready."""
        return await self.processes.start(program)


@contextmanager
def postgres() -> Generator[Database]:
    """A PostgreSQL of our own; it is gone when the context ends."""
    port = _free_port()
    made = DockerContainer(POSTGRES).with_env("POSTGRES_PASSWORD", PASSWORD).with_command("postgres -c fsync=off")
    with _running(made, (5432, port), ["pg_isready", "-h", HOST]):
        yield Database(port)


@contextmanager
def kafka() -> Generator[Broker]:
    """A broker of our own, that tells clients the port at which they find it."""
    port = _free_port()
    said = {
        "NODE_ID": "1",
        "PROCESS_ROLES": "broker,controller",
        "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://127.0.0.1:9093",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://{HOST}:{port}",
        "INTER_BROKER_LISTENER_NAME": "PLAINTEXT",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "CONTROLLER_QUORUM_VOTERS": "1@127.0.0.1:9093",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "LOG_RETENTION_MS": "-1",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
        "SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
    }
    made = DockerContainer(KAFKA)
    for name, value in said.items():
        made = made.with_env(f"KAFKA_{name}", value)
    with _running(made, (9092, port), ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9092"]):
        yield Broker(f"{HOST}:{port}")


@asynccontextmanager
async def stack(folder: Path) -> AsyncGenerator[Stack]:
    """Both in containers, and programs beside them as on the embedded stack."""
    home = Home.at(folder)
    home.prepare()
    with kafka() as broker, postgres() as database, Ports() as ports:
        await database.make_rooms()
        async with Processes(folder) as processes:
            yield cast(Stack, Contained(home, processes, broker, database, ports))


@contextmanager
def _running(container: DockerContainer, ports: tuple[int, int], ready: list[str]) -> Generator[None]:
    testcontainers_config.ryuk_disabled = True  # we stop what we start
    inside, outside = ports
    container.ports[f"{inside}/tcp"] = (HOST, outside)  # pyright: ignore[reportArgumentType] - Docker takes addresses
    with container:
        limit = time.monotonic() + START_SECONDS
        while not _answers(container, ready):
            if time.monotonic() > limit or container.get_wrapped_container().status == "exited":
                raise TimeoutError(f"{container.image} did not start: {container.get_logs()}")
            time.sleep(0.5)
        yield


def _answers(container: DockerContainer, ready: list[str]) -> bool:
    container.get_wrapped_container().reload()
    return container.get_wrapped_container().status == "running" and not container.exec(ready).exit_code


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])

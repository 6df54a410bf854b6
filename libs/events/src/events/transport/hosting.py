"""Hosting: one service's parts in one process — its HTTP door, its consumer, its relay, its own background work."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Literal

import asyncpg
import structlog
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from events.transport import topics
from events.transport.batch import Hears
from events.transport.consumer import Consumer
from events.transport.db import Pool, open_pool, pending_migrations
from events.transport.gate import gated
from events.transport.health import add_health
from events.transport.lanes import LANES
from events.transport.locks import FrozenSessions
from events.transport.parts import Parts, Work
from events.transport.publishing import tell_age
from events.transport.recall import Recall
from events.transport.relay import Relay
from events.transport.settings import TransportSettings

_log = structlog.get_logger(__name__)

Part = Literal["api", "consumer", "relay", "work"]
PARTS: tuple[Part, ...] = ("api", "consumer", "relay", "work")


@dataclass(frozen=True)
class Service:
    """What a service's `build(settings)` says of it; the parts can run together or apart."""

    name: str
    settings: TransportSettings
    app: FastAPI
    """Its HTTP door; while it runs, `app.state.pool` is the database pool."""
    hears: Hears = field(default_factory=dict)
    recalls: Hears = field(default_factory=dict)
    """Its own facts, taken back into a database that was restored to an older state."""
    works: Mapping[str, Work] = field(default_factory=dict)
    """Background work beside the events, each restarted when it fails."""

    @property
    def migrations(self) -> tuple[str, str]:
        """The packages whose migrations its database needs."""
        return ("events.transport", self.name)


class NotReadyError(Exception):
    """The service must not start: its database or its topics are not what this code needs."""


async def serve(service: Service, parts: Sequence[Part] = PARTS) -> None:
    """Run the service's parts until SIGTERM or SIGINT; then let the batch and the requests in flight end."""
    async with _database(service) as pool, _running(service, parts, pool) as (running, app):
        server = _Door(uvicorn.Config(app, service.settings.http_host, service.settings.http_port, log_config=None))
        door = asyncio.create_task(server.serve(), name="door")
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        _log.info("service_started", parts=list(parts), port=service.settings.http_port, pid=os.getpid())
        calm_the_collector()
        service.app.state.stopping = stop  # answers that never end by themselves, such as streams, watch it
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({door, stopping, running}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        server.should_exit = True
        await asyncio.wait({door}, timeout=10)
        for task in done - {stopping}:
            task.result()


def calm_the_collector() -> None:
    """Batches make many objects that die together: looking for cycles among them thousands of times finds nothing."""
    gc.freeze()
    gc.set_threshold(300_000, 20, 50)  # a batch of 5,000 records is some 120,000 objects


class _Door(uvicorn.Server):
    """uvicorn without its own signal handlers: `serve` stops everything in order."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to `serve`."""
        yield


@asynccontextmanager
async def _database(service: Service) -> AsyncGenerator[Pool]:
    try:
        pool = await open_pool(service.settings.database_url)
    except (OSError, asyncpg.PostgresError) as error:
        raise NotReadyError(f"the database does not let us in: {error}") from error
    try:
        pending = await pending_migrations(pool, *service.migrations)
        if pending:
            raise NotReadyError(f"migrations are missing: {', '.join(pending)}; run `python -m {service.name} migrate`")
        service.app.state.pool = pool
        yield pool
    finally:
        await asyncio.wait_for(pool.close(), 10)


@asynccontextmanager
async def _running(
    service: Service, names: Sequence[Part], pool: Pool
) -> AsyncGenerator[tuple[asyncio.Task[None], ASGIApp]]:
    """The parts at work, and the door, which takes nothing in before they have looked what was said."""
    parts = _parts(service, names, pool)
    heard = {fact.topic for fact in service.hears}
    parts.recall = recall = Recall(service.name, service.settings.kafka_bootstrap, pool, service.recalls, heard)
    await recall.recognise()
    at_once: dict[str, Work] = {"frozen_sessions": FrozenSessions().end, "outbox_age": tell_age}
    running = asyncio.create_task(parts.run(at_once), name="parts")
    add_health(service.app, pool, parts, running)
    try:
        yield running, gated(service.app, recall)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _parts(service: Service, names: Sequence[Part], pool: Pool) -> Parts:
    settings = service.settings
    wanted = _topics(service)
    hears = "consumer" in names and service.hears
    return Parts(
        pool,
        Consumer(service.name, settings, pool, service.hears, wanted.fleeting) if hears else None,
        Relay(settings.database_url, settings.kafka_bootstrap) if "relay" in names else None,
        service.works if "work" in names else {},
        _verifier(service, wanted),
    )


def _topics(service: Service) -> topics.Topics:
    file = service.settings.topics_file
    return topics.Topics.read(file) if file else topics.Topics(partitions=LANES, config={}, topics={})


def _verifier(service: Service, wanted: topics.Topics) -> Callable[[], Awaitable[None]]:
    """What holds the cluster's topics against the file, if there is one."""
    mine = {name for name, topic in wanted.topics.items() if service.name in (topic.says, *topic.hears)}

    async def verify() -> None:
        if mine:
            await topics.verify(service.settings.kafka_bootstrap, wanted, mine)

    return verify

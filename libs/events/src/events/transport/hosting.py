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
from aiokafka.errors import KafkaError
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from events.transport import topics
from events.transport.batch import Hears
from events.transport.consumer import Consumer
from events.transport.db import Pool, open_pool, pending_migrations
from events.transport.relay import Relay
from events.transport.settings import TransportSettings

_log = structlog.get_logger(__name__)

Part = Literal["api", "consumer", "relay", "work"]
PARTS: tuple[Part, ...] = ("api", "consumer", "relay", "work")
Work = Callable[[Pool], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """What a service's `build(settings)` says of it; the parts can run together or apart."""

    name: str
    settings: TransportSettings
    app: FastAPI
    """Its HTTP door; while it runs, `app.state.pool` is the database pool."""
    hears: Hears = field(default_factory=dict)
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
    async with _started(service, parts) as (pool, tasks):
        _add_health(service.app, pool, tasks)
        server = _Door(
            uvicorn.Config(service.app, service.settings.http_host, service.settings.http_port, log_config=None)
        )
        door = asyncio.create_task(server.serve(), name="door")
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        _log.info("service_started", parts=list(parts), port=service.settings.http_port, pid=os.getpid())
        calm_the_collector()
        service.app.state.stopping = stop  # answers that never end by themselves, such as streams, watch it
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({door, stopping, *tasks.running}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        server.should_exit = True
        await asyncio.wait({door}, timeout=10)
        for task in done - {stopping}:
            task.result()


def calm_the_collector() -> None:
    """Batches make many objects that die together: looking for cycles among them thousands of times finds nothing."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@dataclass
class _Tasks:
    consumer: Consumer | None = None
    relay: Relay | None = None
    running: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])


class _Door(uvicorn.Server):
    """uvicorn without its own signal handlers: `serve` stops everything in order."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to `serve`."""
        yield


@asynccontextmanager
async def _started(service: Service, parts: Sequence[Part]) -> AsyncGenerator[tuple[Pool, _Tasks]]:
    settings = service.settings
    try:
        pool = await open_pool(settings.database_url)
    except (OSError, asyncpg.PostgresError) as error:
        raise NotReadyError(f"the database does not let us in: {error}") from error
    tasks = _Tasks()
    try:
        await _check(service, pool)
        service.app.state.pool = pool
        if "consumer" in parts and service.hears:
            tasks.consumer = Consumer(service.name, settings, pool, service.hears)
            tasks.running.add(asyncio.create_task(tasks.consumer.run(), name="consumer"))
        if "relay" in parts:
            tasks.relay = Relay(settings.database_url, settings.kafka_bootstrap)
            tasks.running.add(asyncio.create_task(tasks.relay.run(), name="relay"))
        if "work" in parts:
            tasks.running |= {
                asyncio.create_task(_keep_at(name, work, pool), name=name) for name, work in service.works.items()
            }
        yield pool, tasks
    finally:
        for task in tasks.running:
            task.cancel()
        await asyncio.gather(*tasks.running, return_exceptions=True)
        await asyncio.wait_for(pool.close(), 10)


async def _check(service: Service, pool: Pool) -> None:
    pending = await pending_migrations(pool, *service.migrations)
    if pending:
        raise NotReadyError(f"migrations are missing: {', '.join(pending)}; run `python -m {service.name} migrate`")
    if service.settings.topics_file:
        wanted = topics.Topics.read(service.settings.topics_file)
        mine = {name for name, topic in wanted.topics.items() if service.name in (topic.says, *topic.hears)}
        try:
            await topics.verify(service.settings.kafka_bootstrap, wanted, mine)
        except KafkaError as error:
            raise NotReadyError(f"Kafka does not answer, so its topics cannot be verified: {error}") from error


async def _keep_at(name: str, work: Work, pool: Pool) -> None:
    while True:
        try:
            await work(pool)
        except Exception as error:
            _log.exception("work_failed", work=name, error=repr(error))
        await asyncio.sleep(1)


def _add_health(app: FastAPI, pool: Pool, tasks: _Tasks) -> None:
    async def live(_: Request) -> Response:
        dead = [task.get_name() for task in tasks.running if task.done()]
        if tasks.consumer and not tasks.consumer.is_alive:
            dead.append("consumer does not poll")
        return JSONResponse({"dead": dead}, 503 if dead else 200)

    async def ready(_: Request) -> Response:
        trouble = [tasks.consumer.trouble] if tasks.consumer and tasks.consumer.trouble else []
        try:
            await pool.fetchval("select 1", timeout=2)
        except Exception as error:
            trouble.append(f"database: {error!r}")
        return JSONResponse({"trouble": trouble}, 503 if trouble else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for path, answer in (("/health/live", live), ("/health/ready", ready), ("/metrics", metrics)):
        app.router.add_route(path, answer)

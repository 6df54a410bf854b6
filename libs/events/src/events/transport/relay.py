"""The relay: publishes the outbox for as long as it runs, whatever fails.

One relay is active at a time, by a session's advisory lock. A sleeping one loses the lock (PostgreSQL ends its idle
session; one that fell asleep while it read is ended by `locks.FrozenSessions`, for another waits) and, when it wakes,
can only send again what consumers skip by its position.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events.transport import metrics
from events.transport.db import KEEPALIVES, Connection, is_transient
from events.transport.publishing import Publisher
from events.transport.pulse import is_away

_log = structlog.get_logger(__name__)
_LOCK = "hashtext('anjeon.relay')"


class Relay:
    """Publishes one database's outbox until it is cancelled."""

    def __init__(
        self, dsn: str, bootstrap: str, publisher: Callable[[], Publisher] = Publisher, *, poll_seconds: float = 0.05
    ) -> None:
        self._dsn = dsn
        self._bootstrap = bootstrap
        self._publisher = publisher
        self._poll_seconds = poll_seconds
        self.is_active = False
        self.waits_for_kafka: str | None = None
        """Why nothing is published, if that is because Kafka does not answer."""
        self.trouble: str | None = None
        """Why nothing is published, if somebody has to do something about it."""
        self._interruptions = 0
        self.last_turn_at = datetime.now(UTC)
        self._stopping = set[asyncio.Task[None]]()

    async def run(self) -> None:
        """Hold the lock and publish; after any fault, start afresh with a new session and a new producer."""
        while True:
            try:
                async with self._session() as db, self._producer() as producer:
                    await self._publish_for_ever(db, producer)
            except Exception as error:  # whatever it is, facts wait in the outbox, and giving up would help nobody
                self.interrupted(error)
            finally:
                self._is_active(False)
            await asyncio.sleep(1)

    def interrupted(self, error: Exception) -> None:
        """Note a fault: Kafka's absence is no trouble, nor is a stumble, but standing still for another reason is."""
        passes_by = is_away(error) or is_transient(error)
        self._interruptions = 0 if passes_by else self._interruptions + 1
        self.waits_for_kafka = repr(error) if isinstance(error, KafkaError) and passes_by else None
        self.trouble = f"attempt {self._interruptions}: {error!r}" if self._interruptions > 5 else None
        _log.warning("relay_interrupted", error=repr(error), transient=is_transient(error))

    def went_well(self) -> None:
        """The next fault is a first one again."""
        self.waits_for_kafka = self.trouble = None
        self._interruptions = 0

    async def _publish_for_ever(self, db: Connection, producer: AIOKafkaProducer) -> None:
        clock = asyncio.get_running_loop().time
        sweep_at = clock() + 60
        publisher = self._publisher()  # a session's own: what it has read ahead, another relay may have published since
        self._is_active(True)
        while True:
            self.last_turn_at = datetime.now(UTC)
            if not await publisher.publish_once(db, producer):
                await asyncio.sleep(self._poll_seconds)
            self.went_well()
            if clock() > sweep_at and not await publisher.sweep_once(db):
                sweep_at = clock() + 60

    def _is_active(self, is_active: bool) -> None:
        self.is_active = is_active
        metrics.RELAY_ACTIVE.set(is_active)

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[Connection]:
        settings = {"idle_session_timeout": "8s", **KEEPALIVES}
        db = await asyncpg.connect(self._dsn, server_settings=settings, command_timeout=60)
        try:
            standing_by = 0
            while not await _has_lock(db):
                self.last_turn_at = datetime.now(UTC)
                standing_by += 1
                if standing_by > 3:  # whoever keeps the lock for so long publishes
                    self.went_well()
            _log.info("relay_active")
            yield db
        finally:
            await db.close(timeout=2)

    @asynccontextmanager
    async def _producer(self) -> AsyncGenerator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            max_batch_size=1 << 20,
            max_request_size=4 << 20,
            linger_ms=0,
        )
        try:
            await producer.start()
            yield producer
        finally:
            # Not cancelled when it takes longer: a half-stopped producer keeps its sender and its batches for ever.
            stopping = asyncio.create_task(producer.stop())
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)
            await asyncio.wait({stopping}, timeout=5)


async def _has_lock(db: Connection) -> bool:
    """Wait some seconds for the lock; only who waits as others do shows who keeps it and stands still."""
    try:
        async with db.transaction():
            await db.execute("set local lock_timeout = '10s'")
            await db.execute(f"select pg_advisory_lock({_LOCK})")  # the session's: it outlasts the transaction
    except asyncpg.LockNotAvailableError:
        return False
    return True

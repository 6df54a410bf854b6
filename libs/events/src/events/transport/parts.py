"""Parts: what runs beside a service's door, from the moment when Kafka's topics are known to be as they must be."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import structlog
from aiokafka.errors import KafkaError

from events.transport.consumer import Consumer
from events.transport.db import Pool
from events.transport.pulse import is_away
from events.transport.recall import Recall
from events.transport.relay import Relay

_log = structlog.get_logger(__name__)

Work: TypeAlias = Callable[[Pool], Awaitable[Any]]


class Parts:
    """A service's consumer, relay and own background work, as far as this process runs them."""

    def __init__(
        self,
        pool: Pool,
        consumer: Consumer | None,
        relay: Relay | None,
        works: Mapping[str, Work],
        verify: Callable[[], Awaitable[None]],
    ) -> None:
        self._pool = pool
        self._verify = verify
        self._works = works
        self.consumer = consumer
        self.relay = relay
        self.not_begun: str | None = "the topics are being verified"
        """Why nothing has begun yet."""
        self.recall: Recall | None = None
        """Looks whether the database knows all that was said, before anything begins; own work waits for more."""

    async def run(self, at_once: Mapping[str, Work] | None = None, *, patience: float = 1.0) -> None:
        """Begin once the topics are verified, and go on until cancelled; raises what `verify` says of the topics.

        Work `at_once` needs no Kafka and waits for nothing.
        """
        tending = [asyncio.create_task(keep_at(name, work, self._pool)) for name, work in (at_once or {}).items()]
        try:
            await self._answered(self._verify, "its topics cannot be verified", patience)
            if self.recall:
                await self._answered(self.recall.look, "what it has said cannot be compared", patience)
            self.not_begun = None
            await self._go_on()
        finally:
            for task in tending:
                task.cancel()
            await asyncio.gather(*tending, return_exceptions=True)

    async def _go_on(self) -> None:
        async with asyncio.TaskGroup() as beside:
            if self.consumer:
                beside.create_task(self.consumer.run())
            if self.relay:
                beside.create_task(self.relay.run())
            if self.recall:
                await self.recall.catch_up()
            for name, work in self._works.items():
                beside.create_task(keep_at(name, work, self._pool))
            await asyncio.Event().wait()  # a process that runs the door alone goes on too

    async def _answered(self, ask: Callable[[], Awaitable[None]], so: str, delay: float) -> None:
        while True:
            try:
                return await ask()
            except (KafkaError, OSError) as error:
                what = "does not answer" if is_away(error) else "refuses"
                self.not_begun = f"Kafka {what}, so {so}: {error}"
                _log.warning("kafka_is_away", error=repr(error), again_in_seconds=delay)
            await asyncio.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
            delay = min(10.0, delay * 2)

    @property
    def trouble(self) -> list[str]:
        """Why this process does not do its work; to wait for Kafka alone is no trouble once it has begun."""
        if self.not_begun:
            return [(self.recall and self.recall.progress) or self.not_begun]
        parts = {"consumer": self.consumer, "relay": self.relay}
        catching_up = [self.recall.progress] if self.recall and self.recall.progress else []
        return catching_up + [f"{name}: {part.trouble}" for name, part in parts.items() if part and part.trouble]

    @property
    def waiting(self) -> list[str]:
        """What waits for Kafka; the outbox and the log keep it meanwhile."""
        parts = {"consumer": self.consumer, "relay": self.relay}
        return [f"{name}: {part.waits_for_kafka}" for name, part in parts.items() if part and part.waits_for_kafka]


async def keep_at(name: str, work: Work, pool: Pool) -> None:
    """Do the work again every second, whatever becomes of it."""
    while True:
        try:
            await work(pool)
        except Exception as error:
            _log.exception("work_failed", work=name, error=repr(error))
        await asyncio.sleep(1)

"""The pulse: whether a consumer lives, how far it is behind, and why it does not do its work."""

import asyncio
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition, errors
from aiokafka.errors import KafkaError

from events.transport import metrics
from events.transport.positions import Place

SILENT_SECONDS = 30.0
"""Without an answer to a fetch for so long, while Kafka answers other questions, a consumer is dead."""
BATCH_SECONDS = 180.0
"""No batch takes so long: its transaction ends after 60 seconds, and so does each of its statements."""
STILL_SECONDS = 120.0
"""A partition with records whose place does not move for so long is stuck."""

_AWAY = (
    OSError,
    TimeoutError,
    errors.KafkaConnectionError,
    errors.KafkaTimeoutError,
    errors.KafkaUnavailableError,
    errors.NoBrokersAvailable,
    errors.NodeNotReadyError,
    errors.StaleMetadata,
    errors.MetadataEmptyBrokerList,
    errors.RequestTimedOutError,
    errors.BrokerNotAvailableError,
    errors.ReplicaNotAvailableError,
    errors.LeaderNotAvailableError,
    errors.NotLeaderForPartitionError,
    errors.NotEnoughReplicasError,
    errors.NotEnoughReplicasAfterAppendError,
    errors.NotControllerError,
    errors.GroupLoadInProgressError,
    errors.GroupCoordinatorNotAvailableError,
    errors.NotCoordinatorForGroupError,
    errors.RebalanceInProgressError,
    errors.CorrelationIdError,
    errors.Cancelled,
    errors.ProducerClosed,
)


def is_away(error: BaseException) -> bool:
    """Whether Kafka does not answer, or is changing hands: to wait helps. What it refuses, it goes on refusing."""
    return isinstance(error, _AWAY)


class Pulse:
    """What is felt once a second from beside the consumer's own loop."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._busy_since: float | None = None
        self._fetched_at = self._answered_at = clock()
        self._stands: dict[TopicPartition, tuple[int, float]] = {}
        self._refusal: str | None = None

    def no_answer(self, error: Exception) -> None:
        """Kafka has not said what it was asked."""
        self._refusal = None if is_away(error) else repr(error)

    @property
    def refusal(self) -> str | None:
        """What Kafka has been saying for long instead of an answer; to wait does not help."""
        return self._refusal if self.kafka_is_away else None

    def begin(self) -> None:
        """The consumer has just joined its group: what was before does not count."""
        self._fetched_at = self._answered_at = self._clock()

    @contextmanager
    def at_work(self) -> Generator[None]:
        """A batch is in hand, and Kafka is not polled meanwhile."""
        self._busy_since = self._clock()
        try:
            yield
        finally:
            self._busy_since = None
            self._fetched_at = self._clock()

    async def feel(self, kafka: AIOKafkaConsumer, places: Mapping[TopicPartition, Place]) -> None:
        """Note the last fetch, and ask Kafka itself where the logs end: a paused or dead fetcher knows an old end."""
        flowing = kafka.assignment() - kafka.paused()
        polled = max((kafka.last_poll_timestamp(partition) or 0 for partition in flowing), default=None)
        try:
            # Asked for the ends of nothing the client asks nobody; who holds no partition wants to know all the same.
            asked = list(places) or [TopicPartition(topic, 0) for topic in kafka.subscription()]
            ends: dict[TopicPartition, int] = await asyncio.wait_for(kafka.end_offsets(asked), 5)
            self._answered_at, self._refusal = self._clock(), None
        except (KafkaError, OSError) as error:
            polled, ends = None, {}
            self.no_answer(error)
        metrics.KAFKA_AWAY.set(self.kafka_is_away)
        if polled is None or self._clock() - polled / 1000 < SILENT_SECONDS / 2:
            self._fetched_at = self._clock()  # Kafka away and nothing to fetch are no deaths; readiness tells them
        for partition, end in ends.items():
            place = places.get(partition)
            if place is not None:  # it may have been revoked meanwhile
                metrics.LAG.labels(partition.topic, str(partition.partition)).set(max(0, end - place.next_offset))
                self._note(partition, place.next_offset, end)
        self._stands = {partition: stand for partition, stand in self._stands.items() if partition in places}

    def _note(self, partition: TopicPartition, place: int, end: int) -> None:
        since = self._stands.get(partition)
        if since is None or since[0] != place or place >= end:
            self._stands[partition] = (place, self._clock())

    @property
    def standing_still(self) -> list[str]:
        """The partitions that have records and do not move: the client cannot read what lies there."""
        late = self._clock() - STILL_SECONDS
        return [f"{partition} at {place}" for partition, (place, since) in self._stands.items() if since < late]

    @property
    def is_beating(self) -> bool:
        """False for a dead consumer."""
        now = self._clock()
        if self._busy_since is not None:
            return now - self._busy_since < BATCH_SECONDS
        return now - self._fetched_at < SILENT_SECONDS

    @property
    def kafka_is_away(self) -> bool:
        """Whether Kafka has given no answer at all for long; a restart would not help."""
        return self._clock() - self._answered_at > SILENT_SECONDS

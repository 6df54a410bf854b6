"""What the topics say: every fact read from Kafka as any consumer must read it, and tallied by subject."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from events.transport.lanes import LANES
from events.transport.topics import Topics
from events.transport.wire import Record, position_of

TOPICS = Path("deploy/topics.yaml")
_DECISIONS = "eligibility.decision."
_COMPLETED = "scheduling.visit.completed.v1"
_MISSED = "scheduling.visit.missed.v1"


@dataclass
class Said:
    """The log's facts: by type their subjects, each counted once however often it was said of."""

    of_type: dict[str, set[bytes]] = field(default_factory=dict[str, set[bytes]])
    last_decision: dict[bytes, str] = field(default_factory=dict[bytes, str])
    completed_at: Counter[bytes] = field(default_factory=Counter[bytes])

    def subjects(self, kind: str) -> int:
        """How many subjects a type of fact was said of."""
        return len(self.of_type.get(kind, ()))

    def made_up_for(self) -> int:
        """How many visits found nobody at first, and were made on another day."""
        return len(self.of_type.get(_MISSED, set()) & self.of_type.get(_COMPLETED, set()))

    def take(self, record: Record) -> None:
        """Tally one record."""
        headers = dict(record.headers)
        kind, subject = headers["ce_type"].decode(), headers["ce_subject"]
        known = self.of_type.setdefault(kind, set())
        if kind == _COMPLETED and subject not in known:
            self.completed_at[headers["ce_partitionkey"]] += 1
        if kind.startswith(_DECISIONS):
            self.last_decision[subject] = kind
        known.add(subject)


async def read_log(bootstrap: str) -> Said:
    """Read every topic of facts from its beginning to its present end."""
    names = [name for name in Topics.read(TOPICS).topics if not name.endswith(".dlq")]
    partitions = [TopicPartition(name, number) for name in names for number in range(LANES)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        fetch_max_bytes=32 << 20,
        max_partition_fetch_bytes=4 << 20,
    )
    await consumer.start()
    try:
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
        waiting = {partition for partition in partitions if ends[partition]}
        consumer.assign(sorted(waiting))
        await consumer.seek_to_beginning()
        return await _tallied(consumer, waiting, ends)
    finally:
        await consumer.stop()


async def _tallied(
    consumer: AIOKafkaConsumer, waiting: set[TopicPartition], ends: Mapping[TopicPartition, int]
) -> Said:
    said, applied = Said(), dict[TopicPartition, tuple[int, int]]()
    while waiting:
        for partition, records in (await consumer.getmany(timeout_ms=500)).items():
            for record in records:
                position = position_of(record.headers) or (0, 0)
                if position > applied.get(partition, (0, 0)):
                    applied[partition] = position
                    said.take(record)
            if records[-1].offset + 1 >= ends[partition]:
                waiting.discard(partition)
    return said

"""The audit: what was said against what was written down and what the topics carry, counted from the outside."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiokafka import TopicPartition

from events.transport.wire import Record, position_of
from world import PARTITIONS, World, fetch, reader


@dataclass(frozen=True)
class Verdict:
    """How many facts were lost, doubled and swapped on their way."""

    events: int
    lost: int
    doubled: int
    misordered: int

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.events + other.events,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.misordered + other.misordered,
        )


def judge(said: Iterable[tuple[str, int]], seen: Iterable[tuple[str, int]]) -> Verdict:
    """Compare (key, n) pairs said with those seen, in the order in which they were seen."""
    wanted, counts, last, swapped = set(said), Counter[tuple[str, int]](), dict[str, int](), 0
    for key, n in seen:
        counts[key, n] += 1
        swapped += n < last.get(key, 0)
        last[key] = max(n, last.get(key, 0))
    doubled = sum(count - 1 for count in counts.values())
    return Verdict(len(wanted), len(wanted - set(counts)), doubled, swapped)


async def audit(world: World, excused: frozenset[tuple[str, int]] = frozenset()) -> Verdict:
    """Judge the ledger's table for both kinds, and the echo's topic; `excused` words went to the dead letters."""
    said = [(row["key"], row["n"]) for row in await fetch(world.source, "select key, n from said")]
    expected = [word for word in said if word not in excused]
    verdict = judge(expected, await _effects(world, "word")) + judge(said, await _effects(world, "name"))
    return verdict + judge(expected, await _echoes(world))


async def _effects(world: World, kind: str) -> list[tuple[str, int]]:
    rows = await fetch(world.ledger, "select key, n from effect where kind = $1 order by place", kind)
    return [(row["key"], row["n"]) for row in rows]


async def _echoes(world: World) -> list[tuple[str, int]]:
    """What the echo's topic says."""
    headers = [dict(record.headers) for record in once(await records(world, "echo"))]
    return [(one["ce_subject"].decode(), int(one["ce_sequence"])) for one in headers]


def once(read: Iterable[Record]) -> Iterator[Record]:
    """Records as any consumer must read them: what the relay sent again is told by its position."""
    applied: dict[int, tuple[int, int]] = {}
    for record in read:
        position = position_of(record.headers)
        if position is None or position <= applied.get(record.partition, (0, 0)):
            continue
        applied[record.partition] = position
        yield record


async def records(world: World, kind: str) -> list[Record]:
    """Everything that a topic holds, each partition in its order."""
    ends = await world.ends(kind)
    partitions = [TopicPartition(world.topics[kind], number) for number in range(PARTITIONS)]
    waiting = {partition for partition in partitions if ends[partition.topic, partition.partition]}
    found: list[Record] = []
    async with reader(world.stack.kafka.bootstrap) as consumer:
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        while waiting:
            for partition, batch in (await consumer.getmany(timeout_ms=500)).items():
                found += batch
                if batch[-1].offset + 1 >= ends[partition.topic, partition.partition]:
                    waiting.discard(partition)
    return found

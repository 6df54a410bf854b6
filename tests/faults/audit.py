"""The audit: what was said against what was written down and what the topics carry, counted from the outside."""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import astuple, dataclass, replace

from aiokafka import ConsumerRecord, TopicPartition

from world import PARTITIONS, World, fetch, reader

Record = ConsumerRecord[bytes | None, bytes | None]
Pair = tuple[str, int]


@dataclass(frozen=True)
class Verdict:
    """How many facts were lost, doubled and swapped on their way, and how many came that nobody had said."""

    events: int = 0
    lost: int = 0
    doubled: int = 0
    misordered: int = 0
    invented: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def elsewhere(self) -> "Verdict":
        """The same facts looked for in a second place: the harm counts, the facts do not count again."""
        return replace(self, events=0)


def compare(wanted: Iterable[Hashable], seen: Iterable[Hashable]) -> Verdict:
    """Each that is wanted must be seen once, and nothing else."""
    expected, counts = set(wanted), Counter(seen)
    doubled = sum(count - 1 for each, count in counts.items() if each in expected)
    invented = sum(count for each, count in counts.items() if each not in expected)
    return Verdict(len(expected), len(expected - set(counts)), doubled, invented=invented)


def judge(said: Iterable[Pair], seen: Iterable[Pair]) -> Verdict:
    """Compare (key, n) pairs said with those seen, in the order in which they were seen."""
    pairs, last, swapped = list(seen), dict[str, int](), 0
    for key, n in pairs:
        swapped += n < last.get(key, 0)
        last[key] = max(n, last.get(key, 0))
    return compare(said, pairs) + Verdict(misordered=swapped)


async def audit(world: World) -> Verdict:
    """Judge what the topics of both kinds and of the echo carry, and what the ledger's table holds of both kinds."""
    said = [(row["key"], row["n"]) for row in await fetch(world.source, "select key, n from said")]
    verdict = Verdict()
    for kind in ("word", "name", "echo"):
        verdict += judge(said, _facts(await records(world, kind)))
    for kind in ("word", "name"):
        verdict += judge(said, await _effects(world, kind)).elsewhere
    return verdict


async def _effects(world: World, kind: str) -> list[Pair]:
    rows = await fetch(world.ledger, "select key, n from effect where kind = $1 order by place", kind)
    return [(row["key"], row["n"]) for row in rows]


def _facts(log: Iterable[Record]) -> list[Pair]:
    """What a topic says; a fact under another's key or version is none that was said."""
    facts = list[Pair]()
    for record in once(log):
        headers, fact = dict(record.headers), json.loads(record.value or b"")
        word, n = str(fact["word"]).encode(), str(fact["n"]).encode()
        is_whole = (record.key, headers["ce_subject"], headers["ce_sequence"]) == (word, word, n)
        facts.append((fact["word"] if is_whole else f"{record.key} is not {word}", fact["n"]))
    return facts


def once(log: Iterable[Record]) -> Iterator[Record]:
    """Records as any consumer must read them: what the relay sent again is told by its position."""
    applied: dict[int, tuple[int, int]] = {}
    for record in log:
        header = dict(record.headers).get("anjeon_position")
        if header is None:  # no relay has sent it
            continue
        epoch, number = map(int, header.split(b":"))
        if (epoch, number) > applied.get(record.partition, (0, 0)):
            applied[record.partition] = (epoch, number)
            yield record


async def sent_again(world: World) -> int:
    """How many records relays have sent a second time, which nobody may apply again."""
    logs = [await records(world, kind) for kind in ("word", "name")]
    return sum(len(log) - sum(1 for _ in once(log)) for log in logs)


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

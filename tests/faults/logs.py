"""Harm in the log itself: records sent again, out of step between topics, and poison between good ones."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from audit import Verdict, audit, compare, once, records
from events.transport.lanes import lane_of
from events.transport.wire import headers_of
from scenario import finish, producing, scenario
from world import World, eventually, fetch

RUN = 100


@scenario(kills=0)
async def records_sent_again_and_topics_out_of_step(world: World, seed: int) -> Verdict:
    """One topic is heard to its end before the other begins, whose fresh records come between runs of old ones.

    Then it is the other way round; and at last a relay that knows nothing of all this sends everything once more.
    """
    dice = random.Random(seed)
    await world.start("relay", on="ledger")
    await world.start("consume", on="ledger")
    old, number = list[asyncpg.Record](), 0
    async with producing(world) as producer:
        for ahead, behind in (("word", "name"), ("name", "word")):
            await (await world.write(world.events // 2, seed + number)).wait()
            first, then = [await _outbox(world, kind, number) for kind in (ahead, behind)]
            number = max(row["number"] for row in (*first, *then))
            await _send(producer, first)
            old += first
            await eventually(world.has_heard_all, seconds=60, what=f"every {ahead} is heard, and no {behind}")
            for begin in range(0, len(then), RUN):
                fresh, again = then[begin : begin + RUN], dice.randrange(len(old))
                await _send(producer, fresh)
                await _send(producer, old[again : again + RUN])
                old += fresh
    await world.start("relay", on="source")
    return await finish(world)


async def _outbox(world: World, kind: str, after: int) -> list[asyncpg.Record]:
    """What was said of this kind after that number, in order."""
    which = "select * from transport.outbox where aggregatetype = $1 and number > $2 order by number"
    return await fetch(world.source, which, world.topics[kind], after)


async def _send(producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> None:
    for row in rows:
        key, headers = row["aggregateid"].encode(), headers_of(row)
        await producer.send(row["aggregatetype"], row["payload"], key, row["lane"], headers=headers)
    await producer.flush()


@scenario(kills=0)
async def poison_between_good_records(world: World, seed: int) -> Verdict:
    """Five kinds of poison, a following word of each poisoned key, and good words before, between and after."""
    await world.start_all()
    await world.load(seed)
    places = [await _poison(world, cause) for cause in POISONS]
    await world.write(world.events // 4, seed + 100)
    await world.settled()
    told = [(poison, cause) for (poison, _), cause in zip(places, POISONS, strict=True)]
    kept = [*told, *((follower, "parked") for _, follower in places)]
    return await audit(world) + compare(told, await _told(world)) + compare(kept, await _kept(world)).elsewhere


POISONS: dict[str, tuple[bytes, bytes]] = {
    "not_json": (b"{half a", b".word.said.v1"),
    "wrong_schema": (b'{"word": 5}', b".word.said.v1"),
    "unknown_type": (b"{}", b".song.sung.v1"),
    "unknown_major_version": (b"{}", b".word.said.v2"),
    "handler_failed": (b'{"word": "unwelcome", "n": 1}', b".word.said.v1"),
}


async def _poison(world: World, cause: str) -> tuple[str, str]:
    """Send a poison record and a good one of the same key behind it; where both lie."""
    value, kind = POISONS[cause]
    key = f"poison-{cause}".encode()
    headers = {
        "ce_specversion": b"1.0",
        "ce_id": str(uuid4()).encode(),
        "ce_source": b"/elsewhere",
        "ce_type": world.name.encode() + kind,
        "ce_subject": key,
        "ce_time": datetime.now(UTC).isoformat().encode(),
        "ce_sequence": b"1",
        "ce_partitionkey": key,
    }
    async with producing(world) as producer:
        lane, topic = lane_of(key), world.topics["word"]
        sent = await producer.send_and_wait(topic, value, key, lane, headers=list(headers.items()))
        follower = headers | {"ce_type": f"{world.name}.word.said.v1".encode()}
        good = b'{"word": "' + key + b'", "n": 2}'
        behind = await producer.send_and_wait(topic, good, key, lane, headers=list(follower.items()))
    return f"{topic}/{lane}/{sent.offset}", f"{topic}/{lane}/{behind.offset}"


async def _told(world: World) -> list[tuple[str, str]]:
    """Place and cause of each dead letter, as its topic says."""
    letters = [json.loads(record.value or b"") for record in once(await records(world, "dlq"))]
    return [(f"{letter['topic']}/{letter['partition']}/{letter['offset']}", letter["cause"]) for letter in letters]


async def _kept(world: World) -> list[tuple[str, str]]:
    """Place and cause of each dead letter and of each record parked behind one, as its table says."""
    rows = await fetch(world.ledger, 'select topic, partition, "offset", cause from transport.dead_letter')
    return [(f"{row['topic']}/{row['partition']}/{row['offset']}", row["cause"]) for row in rows]

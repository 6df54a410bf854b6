"""Harm in the log itself: records sent again, out of step between topics, and poison between good ones."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from audit import Verdict, audit, once, records
from events.transport.lanes import lane_of
from scenario import finish, holds, producing, scenario
from world import World, eventually, fetch


@scenario
async def records_sent_again_and_topics_out_of_step(world: World, seed: int) -> Verdict:
    """Runs of old records are sent once more, and one topic runs far ahead of the other."""
    dice = random.Random(seed)
    await world.start("relay", on="source")
    writer = await world.write(world.events, seed)
    await writer.wait()
    await eventually(lambda: holds(world, world.events), seconds=60, what="the log holds all words")
    async with producing(world) as producer:
        for kind in ("word", "name"):
            log = await records(world, kind)
            for _ in range(4):
                begin = dice.randrange(len(log) - 200)
                for record in log[begin : begin + 200]:
                    await producer.send(
                        record.topic, record.value, record.key, record.partition, headers=list(record.headers)
                    )
    await world.start("relay", on="ledger")
    await world.start("consume", on="ledger")
    return await finish(world)


@scenario
async def poison_between_good_records(world: World, seed: int) -> Verdict:
    """Five kinds of poison, a following word of a poisoned key, and a word that the handler cannot bear."""
    await world.start_all()
    writer = await world.write(world.events, seed)
    await asyncio.sleep(0.5)
    places = [await _poison(world, cause) for cause in POISONS]
    await writer.wait()
    await world.settled()
    verdict = await audit(world)
    parked = await fetch(world.ledger, "select 1 from transport.dead_letter where cause = 'parked'")
    letters = judge_letters(places, await _letters(world))
    return verdict + letters + Verdict(len(POISONS), len(POISONS) - len(parked), 0, 0)


def judge_letters(places: Sequence[tuple[str, str]], letters: Sequence[tuple[str, str]]) -> Verdict:
    """Every poisoned place must be told of, with its cause; and nothing twice."""
    told = Counter(letters)
    return Verdict(len(places), sum(not told[place] for place in places), told.total() - len(told), 0)


POISONS: dict[str, tuple[bytes, bytes]] = {
    "not_json": (b"{half a", b".word.said.v1"),
    "wrong_schema": (b'{"word": 5}', b".word.said.v1"),
    "unknown_type": (b"{}", b".song.sung.v1"),
    "unknown_major_version": (b"{}", b".word.said.v2"),
    "handler_failed": (b'{"word": "unwelcome", "n": 1}', b".word.said.v1"),
}


async def _poison(world: World, cause: str) -> tuple[str, str]:
    """Send a poison record and a good one of the same key behind it; where the first lies, and its cause."""
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
        await producer.send_and_wait(topic, good, key, lane, headers=list(follower.items()))
    return f"{topic}/{lane}/{sent.offset}", cause


async def _letters(world: World) -> Sequence[tuple[str, str]]:
    letters = [json.loads(record.value or b"") for record in once(await records(world, "dlq"))]
    return [(f"{letter['topic']}/{letter['partition']}/{letter['offset']}", letter["cause"]) for letter in letters]

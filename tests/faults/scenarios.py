"""The scenarios: each does one kind of harm under load and leaves the world to be audited."""

import asyncio
import json
import random
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from audit import Verdict, audit, judge, records
from events.transport.lanes import lane_of
from world import World, eventually, fetch
from wrong_readers import WRONG_READERS, WRONGLY_READ

EVENTS = 4_000
Scenario = Callable[[World, int], Awaitable[Verdict]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    """Enter a scenario under its name."""
    SCENARIOS[function.__name__] = function
    return function


async def _finish(world: World) -> Verdict:
    await world.settled()
    return await audit(world)


async def _kill_at(world: World, seed: int, point: str, what: str, on: str) -> Verdict:
    """Kill a program exactly at a point, start another, and let everything end."""
    await world.start_all(consumers=0 if what == "consume" else 1)
    victim = await world.start(what, on=on, pause_at=point)
    writer = await world.write(EVENTS, seed)
    await world.paused(point)
    await world.kill(victim)
    await world.start(what, on=on)
    await writer.wait()
    return await _finish(world)


@scenario
async def consumer_killed_in_mid_batch(world: World, seed: int) -> Verdict:
    """kill -9 three times at a random moment, work in hand."""
    dice = random.Random(seed)
    [consumer] = await world.start_all()
    writer = await world.write(EVENTS, seed)
    await world.flowing()
    for _ in range(3):
        await asyncio.sleep(dice.random())
        await world.kill(consumer)
        consumer = await world.start("consume", on="ledger")
    await writer.wait()
    return await _finish(world)


@scenario
async def consumer_killed_before_its_commit(world: World, seed: int) -> Verdict:
    """kill -9 when everything is written and nothing committed."""
    return await _kill_at(world, seed, "in_transaction", "consume", "ledger")


@scenario
async def consumer_killed_after_its_commit(world: World, seed: int) -> Verdict:
    """kill -9 between PostgreSQL's commit and Kafka's."""
    return await _kill_at(world, seed, "after_commit", "consume", "ledger")


@scenario
async def relay_killed_between_send_and_cursor(world: World, seed: int) -> Verdict:
    """kill -9 when Kafka has the batch and the cursor does not know."""
    await world.start_all()
    await world.kill(world.processes[0])
    victim = await world.start("relay", on="source", pause_at="after_send")
    writer = await world.write(EVENTS, seed)
    await world.paused("after_send")
    await world.kill(victim)
    await world.start("relay", on="source")
    await writer.wait()
    return await _finish(world)


@scenario
async def broker_restarted_under_load(world: World, seed: int) -> Verdict:
    """The broker is killed, and comes back after some seconds."""
    dice = random.Random(seed)
    await world.start_all()
    writer = await world.write(EVENTS, seed)
    await world.flowing()
    await asyncio.sleep(dice.random())
    await world.stack.kafka.kill()
    world.killed += 1
    await asyncio.sleep(1 + 2 * dice.random())
    await world.stack.kafka.start()
    await writer.wait()
    return await _finish(world)


@scenario
async def postgres_restarted_under_load(world: World, seed: int) -> Verdict:
    """PostgreSQL is killed and comes back, twice."""
    dice = random.Random(seed)
    await world.start_all()
    writer = await world.write(EVENTS, seed)
    await world.flowing()
    for _ in range(2):
        await asyncio.sleep(dice.random())
        await world.stack.postgres.kill()
        world.killed += 1
        await asyncio.sleep(dice.random())
        await world.stack.postgres.start()
    await writer.wait()
    return await _finish(world)


@scenario
async def consumers_joining_and_leaving(world: World, seed: int) -> Verdict:
    """A second and a third instance come, one leaves with SIGTERM, one is killed; each once it has work."""
    [first] = await world.start_all()
    await _at_work(world, first, seed)
    second = await world.start("consume", on="ledger")
    await _at_work(world, second, seed + 100)
    first.send_signal(signal.SIGTERM)
    third = await world.start("consume", on="ledger")
    await _at_work(world, third, seed + 200)
    await world.kill(second)
    await (await world.write(EVENTS // 4, seed + 300)).wait()
    return await _finish(world)


async def _at_work(world: World, consumer: asyncio.subprocess.Process, seed: int) -> None:
    """Write until this instance has written something down: a machine may take long to start it."""
    while not await _has_written(world, consumer.pid):
        await (await world.write(EVENTS // 8, seed)).wait()


@scenario
async def records_sent_again_and_topics_out_of_step(world: World, seed: int) -> Verdict:
    """Runs of old records are sent once more, and one topic runs far ahead of the other."""
    dice = random.Random(seed)
    await world.start("relay", on="source")
    writer = await world.write(EVENTS, seed)
    await writer.wait()
    await eventually(lambda: _holds(world, EVENTS), seconds=60, what="the log holds all words")
    async with _producing(world) as producer:
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
    return await _finish(world)


@scenario
async def database_behind_what_kafka_was_told(world: World, seed: int) -> Verdict:
    """A database is restored or emptied to be rebuilt, while Kafka remembers that half of the log was consumed."""
    await world.start("relay", on="source")
    await world.start("relay", on="ledger")
    await (await world.write(EVENTS, seed)).wait()
    await eventually(lambda: _holds(world, EVENTS), seconds=60, what="the log holds all words")
    await world.tell_kafka(random.Random(seed).uniform(0.1, 0.6))
    await world.start("consume", on="ledger")
    return await _finish(world)


@scenario
async def poison_between_good_records(world: World, seed: int) -> Verdict:
    """Five kinds of poison, a following word of a poisoned key, and a word that the handler cannot bear."""
    await world.start_all()
    writer = await world.write(EVENTS, seed)
    await asyncio.sleep(0.5)
    places = [await _poison(world, cause) for cause in POISONS]
    await writer.wait()
    await world.settled()
    verdict = await audit(world)
    letters = {(letter[0], letter[1]) for letter in await _letters(world)}
    missing = [place for place in places if place not in letters]
    parked = await fetch(world.ledger, "select 1 from transport.dead_letter where cause = 'parked'")
    return verdict + Verdict(len(places) + len(POISONS), len(missing) + (len(POISONS) - len(parked)), 0, 0)


@scenario
async def eight_writers_single_rows(world: World, seed: int) -> Verdict:
    """Eight writers, a row a transaction; a reader by number alone is caught losing rows."""
    return await _eight_writers(world, seed, size=1, wrong="by_number")


@scenario
async def eight_writers_batches(world: World, seed: int) -> Verdict:
    """Eight writers, twenty rows a transaction; a reader by transaction id below the snapshot is caught swapping."""
    return await _eight_writers(world, seed, size=20, wrong="by_transaction")


async def _eight_writers(world: World, seed: int, *, size: int, wrong: str) -> Verdict:
    await world.start_all()
    wrong_reader = asyncio.create_task(WRONG_READERS[wrong](world))
    await (await world.write(EVENTS * (3 if size > 1 else 1), seed, writers=8, size=size)).wait()
    verdict = await _finish(world)
    wrong_reader.cancel()
    await asyncio.gather(wrong_reader, return_exceptions=True)
    said = [(row["key"], row["n"]) for row in await fetch(world.source, "select key, n from said")]
    seen = WRONGLY_READ.pop(world.name)
    found = judge(said, seen)
    caught = found.lost if wrong == "by_number" else found.misordered
    if not caught:
        raise AssertionError(f"a reader {wrong} did no harm ({found}): this load proves nothing of lanes")
    return verdict


@scenario
async def consumer_stopped_and_woken(world: World, seed: int) -> Verdict:
    """SIGSTOP with a batch in hand until another has taken over; it must write nothing of it when it wakes."""
    point = "before_transaction" if seed % 2 else "in_transaction"
    await world.start_all(consumers=0)
    sleeper = await world.start("consume", on="ledger", pause_at=point)
    writer = await world.write(EVENTS, seed)
    await world.stop(sleeper, point)
    taker = await world.start("consume", on="ledger")
    await eventually(lambda: _has_written(world, taker.pid), seconds=60, what="the other takes over")
    sleeper.send_signal(signal.SIGCONT)
    await writer.wait()
    return await _finish(world)


@scenario
async def relay_stopped_and_woken(world: World, seed: int) -> Verdict:
    """SIGSTOP of a relay with a batch in hand until another holds the lock; what it sends on waking is skipped."""
    await world.start("relay", on="ledger")
    await world.start("consume", on="ledger")
    sleeper = await world.start("relay", on="source", pause_at="before_send" if seed % 2 else "after_send")
    writer = await world.write(EVENTS, seed)
    await world.stop(sleeper, "before_send" if seed % 2 else "after_send")
    await world.start("relay", on="source")
    await eventually(lambda: _holds(world, EVENTS // 4), seconds=60, what="the other relay takes over")
    sleeper.send_signal(signal.SIGCONT)
    await writer.wait()
    return await _finish(world)


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
    async with _producing(world) as producer:
        lane, topic = lane_of(key), world.topics["word"]
        sent = await producer.send_and_wait(topic, value, key, lane, headers=list(headers.items()))
        follower = headers | {"ce_type": f"{world.name}.word.said.v1".encode()}
        good = b'{"word": "' + key + b'", "n": 2}'
        await producer.send_and_wait(topic, good, key, lane, headers=list(follower.items()))
    return f"{topic}/{lane}/{sent.offset}", cause


async def _letters(world: World) -> Sequence[tuple[str, str]]:
    letters = [json.loads(record.value or b"") for record in await records(world, "dlq")]
    return [(f"{letter['topic']}/{letter['partition']}/{letter['offset']}", letter["cause"]) for letter in letters]


@asynccontextmanager
async def _producing(world: World) -> AsyncGenerator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=world.stack.kafka.bootstrap, enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def _holds(world: World, events: int) -> bool:
    return sum((await world.ends("word")).values()) >= events


async def _has_written(world: World, pid: int) -> bool:
    return bool(await fetch(world.ledger, "select 1 from effect where who = $1 limit 1", pid))

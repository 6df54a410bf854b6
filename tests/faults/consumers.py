"""Harm to consumers: killed, stopped and woken, joining and leaving."""

import asyncio
import random
import signal

from audit import Verdict
from scenario import finish, has_written, kill_at, scenario
from world import World, eventually


@scenario
async def consumer_killed_in_mid_batch(world: World, seed: int) -> Verdict:
    """kill -9 three times at a random moment, work in hand."""
    dice = random.Random(seed)
    [consumer] = await world.start_all()
    writer = await world.write(world.events, seed)
    await world.flowing()
    for _ in range(3):
        await asyncio.sleep(dice.random())
        await world.kill(consumer)
        consumer = await world.start("consume", on="ledger")
    await writer.wait()
    return await finish(world)


@scenario
async def consumer_killed_before_its_commit(world: World, seed: int) -> Verdict:
    """kill -9 when everything is written and nothing committed."""
    return await kill_at(world, seed, "in_transaction", "consume", "ledger")


@scenario
async def consumer_killed_after_its_commit(world: World, seed: int) -> Verdict:
    """kill -9 between PostgreSQL's commit and Kafka's."""
    return await kill_at(world, seed, "after_commit", "consume", "ledger")


@scenario
async def consumer_stopped_and_woken(world: World, seed: int) -> Verdict:
    """SIGSTOP with a batch in hand until another has taken over; it must write nothing of it when it wakes."""
    point = "before_transaction" if seed % 2 else "in_transaction"
    await world.start_all(consumers=0)
    sleeper = await world.start("consume", on="ledger", pause_at=point)
    writer = await world.write(world.events, seed)
    await world.stop(sleeper, point)
    taker = await world.start("consume", on="ledger")
    await eventually(lambda: has_written(world, taker.pid), seconds=60, what="the other takes over")
    sleeper.send_signal(signal.SIGCONT)
    await writer.wait()
    return await finish(world)


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
    await (await world.write(world.events // 4, seed + 300)).wait()
    return await finish(world)


async def _at_work(world: World, consumer: asyncio.subprocess.Process, seed: int) -> None:
    """Write until this instance has written something down: a machine may take long to start it."""
    while not await has_written(world, consumer.pid):
        await (await world.write(world.events // 8, seed)).wait()


@scenario
async def consumer_frozen_inside_a_copy(world: World, seed: int) -> Verdict:
    """SIGSTOP while rows are being sent: its session is active and holds its locks, but another must get on."""
    await world.start_all(consumers=0)
    frozen = await world.start("consume", on="ledger", pause_at="in_copy")
    writer = await world.write(world.events, seed)
    await world.stop(frozen, "in_copy")
    await world.start("consume", on="ledger")
    await writer.wait()
    await world.settled()  # without it: not one of its partitions may wait until it wakes
    frozen.send_signal(signal.SIGCONT)
    await (await world.write(world.events // 4, seed + 100)).wait()
    return await finish(world)

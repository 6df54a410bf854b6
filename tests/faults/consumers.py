"""Harm to consumers: killed, stopped and woken, joining and leaving."""

import asyncio
import random
import signal

from audit import Verdict
from scenario import finish, has_written, is_put_aside, is_redriven, kill_at, scenario
from stack.processes import Process
from world import World, eventually, fetch

REDRIVEN = "key-07"


@scenario(kills=3)
async def consumer_killed_in_mid_batch(world: World, seed: int) -> Verdict:
    """kill -9 three times, each at a random moment after a batch came to hand."""
    dice, point = random.Random(seed), "before_transaction"
    await world.start_all(consumers=0)
    await world.write(world.events, seed)
    for _ in range(3):
        victim = await world.start("consume", on="ledger", pause_at=point)
        await world.paused(victim, point)
        world.go_on(point)
        await asyncio.sleep(dice.random() / 4)
        await world.kill(victim)
        world.forget(point)
    await world.start("consume", on="ledger")
    return await finish(world)


@scenario(kills=1)
async def consumer_killed_before_its_commit(world: World, seed: int) -> Verdict:
    """kill -9 when everything is written and nothing committed."""
    return await kill_at(world, seed, "in_transaction")


@scenario(kills=1)
async def consumer_killed_after_its_commit(world: World, seed: int) -> Verdict:
    """kill -9 between PostgreSQL's commit and Kafka's."""
    return await kill_at(world, seed, "after_commit")


@scenario(kills=2)
async def consumer_stopped_and_woken(world: World, seed: int) -> Verdict:
    """SIGSTOP with a batch in hand until another has taken over; it must write nothing of it when it wakes.

    That it has woken shows in what it writes once the other is gone.
    """
    point = "before_transaction" if seed % 2 else "in_transaction"
    await world.start_all(consumers=0)
    sleeper = await world.start("consume", on="ledger", pause_at=point)
    await world.write(world.events, seed)
    await world.stop(sleeper, point)
    taker = await world.start("consume", on="ledger")
    await eventually(lambda: has_written(world, taker.pid), seconds=60, what="the other takes over")
    sleeper.signal(signal.SIGCONT)
    await world.settled()
    await world.kill(taker)
    await world.write(world.events // 4, seed + 100)
    await eventually(lambda: has_written(world, sleeper.pid), seconds=60, what="the woken one works")
    return await finish(world)


@scenario(kills=2)
async def consumers_joining_and_leaving(world: World, seed: int) -> Verdict:
    """A second and a third instance come, one leaves with SIGTERM, one is killed; each once it has work."""
    [first] = await world.start_all()
    await _at_work(world, first, seed)
    second = await world.start("consume", on="ledger")
    await _at_work(world, second, seed + 100)
    await world.dismiss(first)
    third = await world.start("consume", on="ledger")
    await _at_work(world, third, seed + 200)
    await world.kill(second)
    await world.write(world.events // 4, seed + 300)
    return await finish(world)


async def _at_work(world: World, consumer: Process, seed: int) -> None:
    """Write until this instance has written something down: a machine may take long to start it."""
    while not await has_written(world, consumer.pid):
        await (await world.write(world.events // 8, seed)).wait()


@scenario(kills=2)
async def key_redriven_while_others_die(world: World, seed: int) -> Verdict:
    """A key that was put aside is applied again under load; first the consumer and then PostgreSQL die in mid-redrive.

    A file says which key cannot be borne; its removal is the mending of the cause.
    """
    cause, point = world.pause / "unbearable", f"only_{REDRIVEN}"
    cause.write_text(REDRIVEN)
    await world.start_all(consumers=0)
    first = await world.start("consume", on="ledger", pause_at=point)
    await world.load(seed)
    await eventually(lambda: is_put_aside(world), seconds=60, what=f"{REDRIVEN} waits behind a dead letter")
    cause.unlink()
    await fetch(world.ledger, "update transport.dead_letter set redrive_requested_at = now()")
    await world.paused(first, point)
    await world.kill(first)
    world.go_on(point)
    world.forget(point)
    await world.write(world.events // 4, seed + 100)
    second = await world.start("consume", on="ledger", pause_at=point)
    await world.paused(second, point)
    await world.stack.postgres.kill()
    world.killed += 1
    world.go_on(point)
    await world.stack.postgres.start()
    await eventually(lambda: is_redriven(world), seconds=60, what=f"{REDRIVEN} goes on")
    return await finish(world)


@scenario(kills=1)
async def consumer_frozen_inside_a_copy(world: World, seed: int) -> Verdict:
    """SIGSTOP while rows are being sent: its session is active and holds its locks, but another must get on."""
    await world.start_all(consumers=0)
    frozen = await world.start("consume", on="ledger", pause_at="in_copy")
    await world.write(world.events, seed)
    await world.stop(frozen, "in_copy")
    await world.start("consume", on="ledger")
    await world.settled()  # without it: not one of its partitions may wait until it wakes
    frozen.signal(signal.SIGCONT)
    await world.write(world.events // 4, seed + 100)
    return await finish(world)

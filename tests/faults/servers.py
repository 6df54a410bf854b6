"""Harm to the servers: Kafka and PostgreSQL killed under load, and a database older than what Kafka was told."""

import asyncio
import random

from audit import Verdict
from scenario import finish, holds, scenario
from world import World, eventually


@scenario
async def broker_restarted_under_load(world: World, seed: int) -> Verdict:
    """The broker is killed, and comes back after some seconds."""
    dice = random.Random(seed)
    await world.start_all()
    writer = await world.write(world.events, seed)
    await world.flowing()
    await asyncio.sleep(dice.random())
    await world.stack.kafka.kill()
    world.killed += 1
    await asyncio.sleep(1 + 2 * dice.random())
    await world.stack.kafka.start()
    await writer.wait()
    return await finish(world)


@scenario
async def postgres_restarted_under_load(world: World, seed: int) -> Verdict:
    """PostgreSQL is killed and comes back, twice."""
    dice = random.Random(seed)
    await world.start_all()
    writer = await world.write(world.events, seed)
    await world.flowing()
    for _ in range(2):
        await asyncio.sleep(dice.random())
        await world.stack.postgres.kill()
        world.killed += 1
        await asyncio.sleep(dice.random())
        await world.stack.postgres.start()
    await writer.wait()
    return await finish(world)


@scenario
async def database_behind_what_kafka_was_told(world: World, seed: int) -> Verdict:
    """A database is restored or emptied to be rebuilt, while Kafka remembers that half of the log was consumed."""
    await world.start("relay", on="source")
    await world.start("relay", on="ledger")
    await (await world.write(world.events, seed)).wait()
    await eventually(lambda: holds(world, world.events), seconds=60, what="the log holds all words")
    await world.tell_kafka(random.Random(seed).uniform(0.1, 0.6))
    await world.start("consume", on="ledger")
    return await finish(world)

"""Harm to the servers: both stopped and killed under load, and a database older than what Kafka was told."""

import asyncio
import random

from audit import Verdict
from scenario import finish, holds, scenario
from stack.servers import Server
from world import World, eventually


@scenario(kills=2)
async def broker_restarted_under_load(world: World, seed: int) -> Verdict:
    """The broker is stopped in an orderly way and killed, and comes back after some seconds."""
    return await _restarted(world, seed, world.stack.kafka)


@scenario(kills=2)
async def postgres_restarted_under_load(world: World, seed: int) -> Verdict:
    """PostgreSQL is stopped in an orderly way and killed, and comes back after some seconds."""
    return await _restarted(world, seed, world.stack.postgres)


async def _restarted(world: World, seed: int, server: Server) -> Verdict:
    """Both ways, each with writers at work; which comes first depends on the seed."""
    dice, ways = random.Random(seed), [server.stop, server.kill]
    await world.start_all()
    for take_down in ways if seed % 2 else reversed(ways):
        writer = await world.load(seed + world.killed)
        await asyncio.sleep(dice.random() / 4)
        await take_down()
        world.killed += 1
        await asyncio.sleep(3 * dice.random())
        await server.start()
        await writer.wait()
    return await finish(world)


@scenario(kills=0)
async def database_behind_what_kafka_was_told(world: World, seed: int) -> Verdict:
    """A database is restored or emptied to be rebuilt, while Kafka remembers that half of the log was consumed."""
    await world.start("relay", on="source")
    await world.start("relay", on="ledger")
    await (await world.write(world.events, seed)).wait()
    await eventually(lambda: holds(world, world.events), seconds=60, what="the log holds all words")
    await world.tell_kafka(random.Random(seed).uniform(0.1, 0.6))
    await world.start("consume", on="ledger")
    return await finish(world)

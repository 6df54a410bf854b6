"""What scenarios are made of: their register, and the steps that several of them take."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from audit import Verdict, audit
from world import World, fetch

Scenario = Callable[[World, int], Awaitable[Verdict]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    """Enter a scenario under its name."""
    SCENARIOS[function.__name__] = function
    return function


async def finish(world: World) -> Verdict:
    """Let everything end, and judge it."""
    await world.settled()
    return await audit(world)


async def kill_at(world: World, seed: int, point: str, what: str, on: str) -> Verdict:
    """Kill a program exactly at a point, start another, and let everything end."""
    await world.start_all(consumers=0 if what == "consume" else 1)
    victim = await world.start(what, on=on, pause_at=point)
    writer = await world.write(world.events, seed)
    await world.paused(point)
    await world.kill(victim)
    await world.start(what, on=on)
    await writer.wait()
    return await finish(world)


@asynccontextmanager
async def producing(world: World) -> AsyncGenerator[AIOKafkaProducer]:
    """A producer that is none of ours."""
    producer = AIOKafkaProducer(bootstrap_servers=world.stack.kafka.bootstrap, enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def holds(world: World, events: int) -> bool:
    """Whether the log has so many words."""
    return sum((await world.ends("word")).values()) >= events


async def has_written(world: World, pid: int) -> bool:
    """Whether this instance has written anything down."""
    return bool(await fetch(world.ledger, "select 1 from effect where who = $1 limit 1", pid))

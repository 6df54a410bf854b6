"""What scenarios are made of: their register, and the steps that several of them take."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from audit import Verdict, audit, sent_again
from world import World, fetch

Play = Callable[[World, int], Awaitable[Verdict]]


@dataclass(frozen=True)
class Scenario:
    """What is played, and how often it kills or stops something."""

    play: Play
    kills: int


SCENARIOS: dict[str, Scenario] = {}


def scenario(*, kills: int) -> Callable[[Play], Play]:
    """Enter a scenario under its name."""

    def enter(function: Play) -> Play:
        SCENARIOS[function.__name__] = Scenario(function, kills)
        return function

    return enter


async def play(name: str, world: World, seed: int) -> Verdict:
    """Play a scenario; one that says nothing, or does not do the harm that it is for, shows nothing."""
    scenario = SCENARIOS[name]
    verdict = await scenario.play(world, seed)
    if not verdict.events:
        raise AssertionError("nothing was said")
    if world.killed != scenario.kills:
        raise AssertionError(f"{world.killed} were killed or stopped, not {scenario.kills}")
    return verdict


async def finish(world: World) -> Verdict:
    """Let everything end, the writers first, and judge it."""
    await world.settled()
    return await audit(world)


async def kill_at(world: World, seed: int, point: str) -> Verdict:
    """Kill a consumer exactly at a point, start another, and let everything end."""
    await world.start_all(consumers=0)
    victim = await world.start("consume", on="ledger", pause_at=point)
    await world.write(world.events, seed)
    await world.paused(victim, point)
    await world.kill(victim)
    await world.start("consume", on="ledger")
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


async def is_put_aside(world: World) -> bool:
    """Whether a record was put aside, and another waits behind it."""
    rows = await fetch(world.ledger, "select cause from transport.dead_letter where settled_at is null")
    return {"handler_failed", "parked"} <= {row["cause"] for row in rows}


async def is_redriven(world: World) -> bool:
    """Whether something was put aside, and all of it has been applied since."""
    [row] = await fetch(world.ledger, "select count(*), count(settled_at) as settled from transport.dead_letter")
    return 0 < row["count"] == row["settled"]


async def was_sent_again(world: World) -> bool:
    """Whether relays have sent anything twice."""
    return await sent_again(world) > 0


async def has_written(world: World, pid: int) -> bool:
    """Whether this instance has written anything down."""
    return bool(await fetch(world.ledger, "select 1 from effect where who = $1 limit 1", pid))

"""Harm to relays, and to an outbox that many write at once."""

import asyncio
import signal

from audit import Verdict
from scenario import finish, holds, scenario, was_sent_again
from world import World, eventually
from wrong_readers import WRONG_READERS, Reader


@scenario(kills=1)
async def relay_killed_between_send_and_cursor(world: World, seed: int) -> Verdict:
    """kill -9 when Kafka has the batch and the cursor does not know."""
    await world.start("relay", on="ledger")
    await world.start("consume", on="ledger")
    victim = await world.start("relay", on="source", pause_at="after_send")
    await world.write(world.events, seed)
    await world.paused(victim, "after_send")
    await world.kill(victim)
    await world.start("relay", on="source")
    return await finish(world)


@scenario(kills=2)
async def relay_stopped_and_woken(world: World, seed: int) -> Verdict:
    """SIGSTOP of a relay with a batch in hand until another holds the lock; one of them sends it a second time.

    That it has woken shows in what was sent again, and in what it publishes once the other is gone.
    """
    point = "before_send" if seed % 2 else "after_send"
    await world.start("relay", on="ledger")
    await world.start("consume", on="ledger")
    sleeper = await world.start("relay", on="source", pause_at=point)
    await world.write(world.events, seed)
    await world.stop(sleeper, point)
    taker = await world.start("relay", on="source")
    await eventually(lambda: holds(world, world.events // 4), seconds=60, what="the other relay takes over")
    sleeper.signal(signal.SIGCONT)
    await world.settled()
    await eventually(lambda: was_sent_again(world), seconds=60, what="what was in the sleeper's hand is sent again")
    await world.kill(taker)
    await world.write(world.events // 4, seed + 100)
    return await finish(world)


@scenario(kills=0)
async def eight_writers_single_rows(world: World, seed: int) -> Verdict:
    """Eight writers, a row a transaction; a reader by number alone is caught losing rows."""
    return await _eight_writers(world, seed, size=1, wrong="by_number")


@scenario(kills=0)
async def eight_writers_batches(world: World, seed: int) -> Verdict:
    """Eight writers, twenty rows a transaction; a reader by transaction id below the snapshot is caught swapping."""
    return await _eight_writers(world, seed, size=20, wrong="by_transaction")


async def _eight_writers(world: World, seed: int, *, size: int, wrong: str) -> Verdict:
    await world.start_all()
    reader = Reader()
    async with asyncio.TaskGroup() as beside:  # a reader that ends by an error ends the scenario
        reading = beside.create_task(WRONG_READERS[wrong](reader, world.source))
        writer = await world.write(world.events * (3 if size > 1 else 1), seed, writers=8, size=size)
        await writer.wait()
        await reader.reaches_the_end(world.source)
        reading.cancel()
    verdict = await finish(world)
    found = await reader.judged(world.source)
    caught = found.lost if wrong == "by_number" else found.misordered
    if not caught:
        raise AssertionError(f"a reader {wrong} did no harm ({found}): this load proves nothing of lanes")
    return verdict

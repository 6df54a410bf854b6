"""Harm to relays, and to an outbox that many write at once."""

import asyncio
import signal

from audit import Verdict, judge
from scenario import finish, holds, scenario
from world import World, eventually, fetch
from wrong_readers import WRONG_READERS, WRONGLY_READ


@scenario
async def relay_killed_between_send_and_cursor(world: World, seed: int) -> Verdict:
    """kill -9 when Kafka has the batch and the cursor does not know."""
    await world.start_all()
    await world.kill(world.processes[0])
    victim = await world.start("relay", on="source", pause_at="after_send")
    writer = await world.write(world.events, seed)
    await world.paused("after_send")
    await world.kill(victim)
    await world.start("relay", on="source")
    await writer.wait()
    return await finish(world)


@scenario
async def relay_stopped_and_woken(world: World, seed: int) -> Verdict:
    """SIGSTOP of a relay with a batch in hand until another holds the lock; what it sends on waking is skipped."""
    await world.start("relay", on="ledger")
    await world.start("consume", on="ledger")
    sleeper = await world.start("relay", on="source", pause_at="before_send" if seed % 2 else "after_send")
    writer = await world.write(world.events, seed)
    await world.stop(sleeper, "before_send" if seed % 2 else "after_send")
    await world.start("relay", on="source")
    await eventually(lambda: holds(world, world.events // 4), seconds=60, what="the other relay takes over")
    sleeper.send_signal(signal.SIGCONT)
    await writer.wait()
    return await finish(world)


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
    await (await world.write(world.events * (3 if size > 1 else 1), seed, writers=8, size=size)).wait()
    verdict = await finish(world)
    wrong_reader.cancel()
    await asyncio.gather(wrong_reader, return_exceptions=True)
    said = [(row["key"], row["n"]) for row in await fetch(world.source, "select key, n from said")]
    seen = WRONGLY_READ.pop(world.name)
    found = judge(said, seen)
    caught = found.lost if wrong == "by_number" else found.misordered
    if not caught:
        raise AssertionError(f"a reader {wrong} did no harm ({found}): this load proves nothing of lanes")
    return verdict

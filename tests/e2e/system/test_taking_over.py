"""Services come and go: a read model is rebuilt from the log, and a second instance shares the partitions."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from prometheus_client.parser import text_string_to_metric_families

from events.transport.lanes import LANES
from stack import Process

pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("played")]
EMPTY = ("drop schema transport cascade", "drop schema public cascade", "create schema public")
Eventually = Callable[..., Awaitable[Any]]


async def assignments(bootstrap: str, group: str) -> list[set[int]]:
    """The partitions of each member of a group, as the broker tells it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        [answer] = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    [(_, _, _, _, _, members, *_)] = answer.groups  # pyright: ignore[reportAttributeAccessIssue] - set at run time, per API version
    held = [ConsumerProtocolMemberAssignment.decode(member[-1]).assignment for member in members if member[-1]]
    return [{number for _, numbers in topics for number in numbers} for topics in held]


async def consumed(address: str) -> int:
    """How many facts an instance says that it applied."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        text = (await client.get(f"{address}/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = families["events_consumed"].samples
    return sum(int(sample.value) for sample in samples if sample.name.endswith("_total"))


@asynccontextmanager
async def without(system: Any, name: str) -> AsyncGenerator[None]:
    """While one of the services is stopped, and says nothing."""
    try:
        ended = await system.house.processes[name].stop()
        yield
    finally:
        await system.start(name)
    assert ended == 0


async def test_the_read_model_rebuilt_from_the_log_shows_the_same(system: Any, eventually: Eventually) -> None:
    async with without(system, "scheduling"):  # which would give days to newcomers meanwhile
        lines = await system.balanced()
        before = await system.house.doors.reporting.get("/api/progress")
        async with without(system, "reporting"):
            await empty_and_migrate(system, "reporting")
        assert await system.balanced() == lines

        async def is_the_same() -> bool:
            return await system.house.doors.reporting.get("/api/progress") == before

        await eventually(is_the_same, "the rebuilt document is the same", seconds=60)


async def empty_and_migrate(system: Any, name: str) -> None:
    """A service's database as on its first day."""
    for statement in EMPTY:
        await system.fetch(name, statement)
    program = system.house.processes[name].program
    migrating = replace(program, name=f"{name}-migrate", ready_url=None, command=[*program.command[:-1], "migrate"])
    migration: Process = await system.stack.start(migrating)
    assert await migration.wait() == 0, migration.tail


async def test_a_second_instance_shares_the_partitions_and_gives_them_back(
    system: Any, eventually: Eventually, free_port: int
) -> None:
    async def shared_by(members: int) -> bool:
        held = await assignments(system.bootstrap, "eligibility")
        return len(held) == members and all(held) and sorted(n for each in held for n in each) == [*range(LANES)]

    await eventually(lambda: shared_by(1), "one instance holds everything")
    first, second = (f"http://127.0.0.1:{number}" for number in (system.stack.port("eligibility"), free_port))
    another = await system.start_another("eligibility", free_port)
    await eventually(lambda: shared_by(2), "two instances share the partitions")
    before = await asyncio.gather(consumed(first), consumed(second))
    registered = await system.take_in(60)
    counts = {line.name: line.source for line in await system.balanced()}
    assert counts["eligible"] + counts["ineligible"] == counts["enterprises_registered"]
    after = await asyncio.gather(consumed(first), consumed(second))
    applied = [now - then for now, then in zip(after, before, strict=True)]
    assert min(applied) > 0
    assert sum(applied) == registered
    assert await another.stop() == 0
    await eventually(lambda: shared_by(1), "the first has everything back")
    await system.take_in(20)
    await system.balanced()

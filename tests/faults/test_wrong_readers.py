"""A wrong reader is caught only if it has read: one that breaks off, or does not get on, shows nothing of the load."""

import asyncio
from typing import NoReturn

import pytest

from scenarios import SCENARIOS
from stack import Stack
from world import world
from wrong_readers import WRONG_READERS, Reader, by_number

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


async def breaks_off(reader: Reader, dsn: str) -> NoReturn:
    raise ConnectionError(f"cannot read {dsn}")


async def test_a_wrong_reader_that_breaks_off_is_not_caught_losing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WRONG_READERS, "by_number", breaks_off)
    async with world(stack, "breaksoff", events=80) as made:
        with pytest.RaisesGroup(pytest.RaisesExc(ConnectionError, match="cannot read")):
            await SCENARIOS["eight_writers_single_rows"].play(made, 1)


async def test_a_wrong_reader_is_judged_once_it_has_come_to_the_end(stack: Stack) -> None:
    async with world(stack, "readers", events=80) as made:
        assert await (await made.write(80, 1)).wait() == 0
        reader = Reader()
        with pytest.raises(TimeoutError, match="reads to the end"):
            await reader.reaches_the_end(made.source, seconds=0)
        reading = asyncio.create_task(by_number(reader, made.source))
        await reader.reaches_the_end(made.source)
        reading.cancel()
        assert (await reader.judged(made.source)).events == 80

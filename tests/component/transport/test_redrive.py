"""What was put aside is applied again in its order once the cause is mended, by the command that operators have."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from events.transport.command import run
from events.transport.positions import FencedError

BAD = UUID("bad00000-0000-4000-8000-000000000000")
KEY = str(BAD).encode()
Command = Callable[..., Any]


@pytest.fixture
def command(notebook: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`await command("list")`: what `python -m <service> dead-letters list` prints."""

    async def call(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["notebook", "dead-letters", *words])
        capsys.readouterr()  # what the consumer logged is not the command's
        with pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(run, lambda: notebook.service)
        assert ended.value.code == 0
        return capsys.readouterr().out.strip()

    return call


@pytest.fixture
async def consumer(notebook: Any, closed: Any) -> Any:
    """A consumer that has put aside a record that its handler could not bear, and parked two behind it."""
    notebook.unbearable[BAD] = "select 1 / 0"
    made = await notebook.consumer()
    await made.apply([closed(0, BAD), closed(1, BAD, version=2), closed(2, BAD, version=3)])
    return made


async def test_every_open_letter_is_listed_with_its_place_key_and_cause(consumer: Any, command: Command) -> None:
    first, second, third = (await command("list")).splitlines()
    assert first.startswith(f"registry.enterprise.v1/3/0  {BAD}  handler_failed: DivisionByZeroError")
    assert second == f"registry.enterprise.v1/3/1  {BAD}  parked: comes after a dead letter of its key"
    assert third.startswith("registry.enterprise.v1/3/2")


async def test_once_the_cause_is_mended_a_key_is_applied_in_order_and_goes_on(
    notebook: Any, consumer: Any, command: Command, closed: Any
) -> None:
    notebook.unbearable.clear()
    assert await command("redrive", str(BAD)) == f"3 records of {BAD} will be applied again"
    await consumer.redrive()
    assert await notebook.notes() == [(BAD, 1), (BAD, 2), (BAD, 3)]
    assert await notebook.said() == [(str(BAD), "1"), (str(BAD), "2"), (str(BAD), "3")]
    assert await notebook.letters() == []
    assert await command("list") == ""
    await consumer.apply([closed(3, BAD, version=4)])
    assert await notebook.notes() == [(BAD, version) for version in (1, 2, 3, 4)]


async def test_what_was_parked_after_the_command_is_applied_with_the_rest(
    notebook: Any, consumer: Any, command: Command, closed: Any
) -> None:
    notebook.unbearable.clear()
    await command("redrive", str(BAD))
    await consumer.apply([closed(3, BAD, version=4)])
    await consumer.redrive()
    assert await notebook.notes() == [(BAD, version) for version in (1, 2, 3, 4)]
    assert await notebook.letters() == []


async def test_nothing_is_applied_again_unless_it_is_asked_for(notebook: Any, consumer: Any) -> None:
    notebook.unbearable.clear()
    await consumer.redrive()
    assert await notebook.notes() == []
    assert len(await notebook.letters()) == 3


async def test_a_key_that_fails_again_stays_and_keeps_no_other_waiting(
    notebook: Any, consumer: Any, command: Command, closed: Any
) -> None:
    undecodable, mended = UUID(int=0), UUID(int=2**128 - 1)
    notebook.unbearable[mended] = "select 1 / 0"
    await consumer.apply([closed(3, undecodable, value=b"{"), closed(4, mended)])
    del notebook.unbearable[mended]
    for key in (undecodable, BAD, mended):
        await command("redrive", str(key))
    with pytest.raises(Exception, match=r"value: Invalid JSON|division by zero"):
        await consumer.redrive()
    assert await notebook.notes() == [(mended, 1)]
    assert [offset for offset, _ in await notebook.letters()] == [0, 1, 2, 3]
    await consumer.apply([closed(5, mended, version=2), closed(6, BAD, version=4)])
    assert await notebook.notes() == [(mended, 1), (mended, 2)]


async def test_a_redrive_that_fails_is_listed_and_tried_ever_more_rarely(
    notebook: Any, consumer: Any, command: Command
) -> None:
    await command("redrive", str(BAD))
    assert [line.count("[redrive asked for at ") for line in (await command("list")).splitlines()] == [1, 1, 1]
    waits = []
    for attempt in (1, 2):
        await notebook.pool.execute("update transport.dead_letter set redrive_after = now() where redrive_attempts > 0")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await consumer.redrive()
        assert f"[redrive failed {attempt} times, again at " in await command("list")
        assert "division by zero" in (await command("list")).splitlines()[1]
        waits += [await notebook.pool.fetchval("select max(redrive_after) - now() from transport.dead_letter")]
    assert waits[1] > waits[0]
    await notebook.pool.execute("update transport.dead_letter set redrive_after = now() + interval '1 hour'")
    await consumer.redrive()  # not yet, so nothing fails
    notebook.unbearable.clear()
    await consumer.redrive()
    assert await notebook.notes() == []
    await command("redrive", str(BAD))
    await consumer.redrive()
    assert await notebook.notes() == [(BAD, 1), (BAD, 2), (BAD, 3)]


async def test_however_often_a_redrive_has_failed_it_keeps_no_other_waiting(
    notebook: Any, consumer: Any, command: Command, closed: Any
) -> None:
    good = UUID(int=BAD.int + 1)
    notebook.unbearable[good] = "select 1 / 0"
    await consumer.apply([closed(3, good)])
    del notebook.unbearable[good]
    for key in (BAD, good):
        await command("redrive", str(key))
    await notebook.pool.execute("update transport.dead_letter set redrive_attempts = 1100 where key = $1", KEY)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await consumer.redrive()
    assert await notebook.notes() == [(good, 1)]


async def test_a_record_given_up_lets_the_ones_behind_it_through(notebook: Any, command: Command, closed: Any) -> None:
    consumer = await notebook.consumer()
    await consumer.apply([closed(0, BAD, value=b"{"), closed(1, BAD, version=2)])
    said = await command("discard", "registry.enterprise.v1/3/0")
    assert said == "1 record discarded; redrive its key to let the ones behind it through"
    await consumer.redrive()
    assert await notebook.notes() == []
    assert await command("redrive", str(BAD)) == f"1 records of {BAD} will be applied again"
    await consumer.redrive()
    await consumer.apply([closed(2, BAD, version=3)])
    assert await notebook.notes() == [(BAD, 2), (BAD, 3)]
    assert await command("list") == ""


async def test_a_key_whose_only_letter_was_given_up_goes_on(notebook: Any, command: Command, closed: Any) -> None:
    consumer = await notebook.consumer()
    await consumer.apply([closed(0, BAD, value=b"{")])
    await command("discard", "registry.enterprise.v1/3/0")
    await consumer.redrive()
    await consumer.apply([closed(1, BAD, version=2)])
    assert await notebook.notes() == [(BAD, 2)]


async def test_what_was_never_put_aside_is_neither_redriven_nor_discarded(consumer: Any, command: Command) -> None:
    assert (await command("redrive", str(uuid4()))).startswith("0 records")
    assert (await command("discard", "registry.enterprise.v1/3/99")).startswith("0 record discarded")
    assert len((await command("list")).splitlines()) == 3


async def test_an_instance_that_takes_over_knows_what_is_blocked(notebook: Any, consumer: Any, closed: Any) -> None:
    successor = await notebook.consumer()
    await successor.apply([closed(3, BAD, version=4)])
    assert [cause for _, cause in await notebook.letters()] == ["handler_failed", "parked", "parked", "parked"]


async def test_two_instances_that_both_believe_to_hold_the_partition_redrive_once(
    notebook: Any, consumer: Any, command: Command
) -> None:
    notebook.unbearable.clear()
    await command("redrive", str(BAD))
    outcomes = await asyncio.gather(consumer.redrive(), (await notebook.consumer()).redrive(), return_exceptions=True)
    assert await notebook.notes() == [(BAD, 1), (BAD, 2), (BAD, 3)]
    assert all(outcome is None or isinstance(outcome, FencedError) for outcome in outcomes)


async def test_who_does_not_hold_the_partition_redrives_nothing(notebook: Any, consumer: Any, command: Command) -> None:
    notebook.unbearable.clear()
    await command("redrive", str(BAD))
    await notebook.batches().redrive()
    assert await notebook.notes() == []
    assert len(await notebook.letters()) == 3


async def test_a_record_without_a_key_is_applied_again_by_its_place_and_alone(
    notebook: Any, consumer: Any, command: Command, keyless: Any
) -> None:
    names = [uuid4(), uuid4()]
    for name in names:
        notebook.unbearable[name] = "select 1 / 0"
    await consumer.apply([keyless(3, names[0]), keyless(4, names[1])])
    notebook.unbearable.clear()
    said = await command("redrive", "--at", "registry.enterprise.v1/3/3")
    assert said == "1 records of registry.enterprise.v1/3/3 will be applied again"
    await consumer.redrive()
    assert await notebook.notes() == [(names[0], 1)]
    assert [offset for offset, _ in await notebook.letters()] == [0, 1, 2, 4]


async def test_a_place_stands_for_its_whole_key(notebook: Any, consumer: Any, command: Command) -> None:
    notebook.unbearable.clear()
    said = await command("redrive", "--at", "registry.enterprise.v1/3/1")
    assert said == "3 records of registry.enterprise.v1/3/1 will be applied again"
    await consumer.redrive()
    assert await notebook.notes() == [(BAD, 1), (BAD, 2), (BAD, 3)]


@pytest.fixture
def keyless(closed: Any, record: Any) -> Any:
    """`keyless(offset, name)`: a closure that somebody sent without a key."""

    def make(offset: int, name: UUID) -> Any:
        whole = closed(offset, name)
        return record(offset, None, whole.value, whole.headers)

    return make

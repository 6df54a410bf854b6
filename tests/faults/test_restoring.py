"""A source whose database is restored to an older state loses, doubles and contradicts nothing of what it has said."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from events.contracts.envelope import Announcement, Received
from events.transport import db, said
from events.transport.outbox import Transaction, transaction
from events.transport.recall import ForgottenError, Recall
from source import Note, Source, take_back
from world import fetch

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


PLACES = "select topic, partition, next_offset from transport.said order by topic, partition"
KEYS = [f"key {number}" for number in range(40)]


async def test_a_restored_dump_takes_back_what_was_said_after_it(source: Source) -> None:
    await source.begin()
    await source.say(KEYS[:20], "before the copy")
    copy = await source.dump()
    await source.say(KEYS[10:], "after the copy")
    before, epoch = await source.state(), await source.epoch()
    await source.restore(copy)
    assert await source.state() != before
    await source.begin()
    assert await source.state() == before
    assert await source.epoch() > epoch
    await source.say(KEYS[5:35], "after the restore")
    assert await source.heard() == await source.state()
    assert await source.heard() == {key: max((v, w) for (k, v), w in source.told.items() if k == key) for key in KEYS}


async def test_a_database_that_was_lost_altogether_is_made_of_the_log(source: Source) -> None:
    await source.begin()
    await source.say(KEYS, "once")
    await source.say(KEYS[:10], "twice")
    before = await source.state()
    await source.empty()
    await db.migrate(source.dsn, "events.transport")
    await source.begin()
    assert await source.state() == before
    await source.say(KEYS, "three times")
    assert await source.heard() == await source.state()


async def test_a_dump_of_an_older_release_is_migrated_and_takes_back(source: Source) -> None:
    await source.empty("0001_transport.sql")
    copy = await source.dump()
    await db.migrate(source.dsn, "events.transport")
    await source.begin()
    await source.say(KEYS, "after")
    before = await source.state()
    await source.restore(copy)
    await db.migrate(source.dsn, "events.transport")
    await source.begin()
    assert await source.state() == before


async def test_facts_that_waited_in_the_copy_are_still_published_once(source: Source) -> None:
    await source.begin()
    await source.say(KEYS[:10], "before")
    async with source.open() as pool, transaction(pool) as tx:
        fact = source.note(key_name="waiting", words="waits")
        await tx.db.execute("insert into note values ('waiting', 1, 'waits')")
        tx.announce([Announcement(fact, 1, datetime.now(UTC))])
    copy = await source.dump()
    await source.say(KEYS, "after")
    await source.restore(copy)
    await source.begin()
    await source.say(KEYS[:3], "again")
    assert (await source.heard())["waiting"] == (1, "waits")
    assert await source.heard() == await source.state()


async def test_killed_while_reading_back_it_goes_on(source: Source) -> None:
    await source.begin()
    await source.say(KEYS[:5], "before")
    copy = await source.dump()
    await source.say(KEYS, "after")
    await source.say(KEYS[::2], "later")
    before = await source.state()
    await source.restore_in_place(copy)
    batches = 0

    async def die_at_the_third(tx: Transaction, batch: Sequence[Received[Note]]) -> None:
        nonlocal batches
        batches += 1
        if batches == 3:
            raise KeyboardInterrupt
        await take_back(tx, batch)

    async with source.open() as pool:
        recall = source.recall(pool, die_at_the_third)
        recall.batch_records = 8
        with pytest.raises(KeyboardInterrupt):
            await recall.look()
        assert recall.closed
        assert recall.progress
        assert not await said.is_as_left(pool)  # started again without Kafka it must not open
    assert await source.state() != before
    await source.begin()
    assert await source.state() == before
    await source.say(KEYS, "at last")
    assert await source.heard() == await source.state()


async def test_two_instances_read_back_together_and_both_open(source: Source) -> None:
    await source.begin()
    copy = await source.dump()
    for words in ("one", "two", "three"):
        await source.say(KEYS, words)
    before = await source.state()
    await source.restore(copy)
    async with source.open() as pool, asyncio.timeout(60):
        instances = [source.recall(pool) for _ in range(2)]
        for instance in instances:
            instance.batch_records = 10
        await asyncio.gather(*(instance.look() for instance in instances))
        await asyncio.gather(*(instance.catch_up() for instance in instances))
    assert [instance.closed for instance in instances] == [None, None]
    assert await source.state() == before
    await source.say(KEYS, "four")
    assert await source.heard() == await source.state()


async def test_what_cannot_be_taken_back_keeps_it_closed(source: Source) -> None:
    await source.begin()
    copy = await source.dump()
    await source.say(KEYS, "after")
    await source.restore(copy)
    async with source.open() as pool:
        recall = Recall(source.name, source.stack.kafka.bootstrap, pool, {})
        with pytest.raises(ForgottenError, match=r"cannot take a \w+Made back into its database"):
            await recall.look()
        assert recall.closed


async def test_a_plain_restart_reads_nothing_and_changes_nothing(source: Source) -> None:
    await source.begin()
    await source.say(KEYS, "said")
    before, epoch = await source.state(), await source.epoch()
    places = await fetch(source.dsn, "select sum(next_offset)::int from transport.said")
    assert places[0][0] == len(KEYS)
    last = await fetch(source.dsn, "select last_value from transport.outbox_number_seq")

    async def nothing(*_: object) -> None:
        raise AssertionError("there was nothing to take back")

    async with source.open() as pool, asyncio.timeout(60):
        recall = source.recall(pool, nothing)
        await recall.look()
        await recall.catch_up()
        assert recall.closed is None
    assert await source.epoch() == epoch
    assert await source.state() == before
    assert await fetch(source.dsn, "select last_value from transport.outbox_number_seq") == last


async def test_what_a_killed_relay_had_sent_is_known(source: Source) -> None:
    await source.begin()
    await source.say(KEYS, "said")
    epoch = await source.epoch()
    await fetch(source.dsn, "update transport.relay_cursor set number = 0")  # it had sent, and not yet noted it
    await fetch(source.dsn, "update transport.said set next_offset = 0")
    await source.begin()
    assert await source.epoch() == epoch
    await source.say(KEYS[:1], "again")
    assert await source.heard() == await source.state()


@pytest.mark.parametrize("believed", [0, 1_000])
async def test_what_was_compared_once_is_not_read_again(source: Source, believed: int) -> None:
    await source.begin()
    await source.say(KEYS, "said")
    places = await fetch(source.dsn, PLACES)
    await fetch(source.dsn, f"update transport.said set next_offset = {believed}")  # an upgrade, or topics made anew
    await source.begin()
    assert await fetch(source.dsn, PLACES) == places


async def test_a_database_as_it_was_left_is_told_from_a_copy_without_kafka(source: Source) -> None:
    async with source.open() as pool:
        assert not await said.is_as_left(pool)  # it never looked
    await source.begin()
    await source.say(KEYS, "said")
    copy = await source.dump()
    async with source.open() as pool:
        recall = Recall(source.name, "127.0.0.1:1", pool, {})
        await recall.recognise()
        assert recall.closed is None
    await source.restore_in_place(copy)
    async with source.open() as pool:
        recall = Recall(source.name, "127.0.0.1:1", pool, {})
        await recall.recognise()
        assert recall.closed


async def test_a_copied_database_and_a_restarted_server_may_be_older(source: Source) -> None:
    await source.begin()
    admin, copied = source.stack.postgres.admin_dsn, f"{source.name}_copy"
    await fetch(admin, f"create database {copied} template {source.name}")
    pool = await db.open_pool(source.dsn.replace(source.name, copied))
    assert not await said.is_as_left(pool)
    await pool.close()
    await fetch(admin, f"drop database {copied}")
    await source.stack.postgres.stop()
    await source.stack.postgres.start()
    async with source.open() as pool:
        assert not await said.is_as_left(pool)

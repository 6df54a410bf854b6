"""What a transaction announces is in the outbox if it commits, in its order, and nowhere if it does not."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from events.contracts.envelope import Announcement
from events.contracts.registry import AgencyRejected, EnterpriseClosed
from events.transport.db import Pool, open_pool
from events.transport.lanes import LANES, lane_of
from events.transport.outbox import LARGEST_PAYLOAD, PayloadTooLargeError, Transaction, transaction

NOW = datetime(2023, 7, 1, tzinfo=UTC)


@pytest.fixture
def pool(notebook: Any) -> Pool:
    """A pool on a database with an outbox."""
    return notebook.pool


def closures(names: Iterable[UUID], version: int = 1) -> Iterator[Announcement]:
    return (
        Announcement(EnterpriseClosed(enterprise_id=name, closed_on=date(2023, 7, 1)), version, NOW) for name in names
    )


def rejection_of(size: int) -> Announcement:
    """A fact whose payload has exactly so many bytes."""

    def fact(reason: str) -> AgencyRejected:
        agency = UUID(int=1)
        return AgencyRejected(
            agency_id=agency, programme_id=agency, score=1, reasons=(reason,), rejected_on=date(2023, 3, 1)
        )

    return Announcement(fact("x" * (size - len(fact("").model_dump_json()))), 1, NOW)


async def outbox(pool: Pool) -> list[asyncpg.Record]:
    return await pool.fetch("select * from transport.outbox order by number")


async def say(pool: Pool, *announcements: Announcement) -> None:
    async with transaction(pool) as tx:
        tx.announce(announcements)


async def fail_after(pool: Pool, announce: Any) -> None:
    async with transaction(pool) as tx:
        announce(tx)
        await tx.flush()
        raise RuntimeError("changed my mind")


@pytest.mark.parametrize("way", ["announce", "announce_stream"])
async def test_a_rollback_leaves_no_outbox_row(pool: Pool, way: str) -> None:
    def announce(tx: Transaction) -> None:
        getattr(tx, way)(closures(uuid4() for _ in range(50)))

    with pytest.raises(RuntimeError, match="changed my mind"):
        await fail_after(pool, announce)
    assert await outbox(pool) == []
    assert await pool.fetchval("select sum(number)::int from transport.relay_cursor") == 0


async def test_an_effect_that_fails_takes_its_announcement_with_it(pool: Pool) -> None:
    async def close_and_fail() -> None:
        async with transaction(pool) as tx:
            tx.announce(closures([uuid4()]))
            await tx.db.execute("insert into note (version) values (1 / 0)")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await close_and_fail()
    assert await outbox(pool) == []


async def test_an_announcement_becomes_a_row_that_the_relay_can_send(pool: Pool) -> None:
    name = uuid4()
    await say(pool, *closures([name], version=7))
    [row] = await outbox(pool)
    assert (row["aggregatetype"], row["aggregateid"], row["sequence"]) == ("registry.enterprise.v1", str(name), "7")
    assert row["lane"] == lane_of(str(name).encode())
    assert row["correlationid"] == row["id"]
    assert EnterpriseClosed.model_validate_json(row["payload"]).enterprise_id == name


@pytest.mark.parametrize("way", ["announce", "announce_stream"])
async def test_facts_lie_in_their_lanes_in_the_order_in_which_they_were_said(pool: Pool, way: str) -> None:
    names = [uuid4() for _ in range(3_000)]
    async with transaction(pool) as tx:
        getattr(tx, way)(closures(names))
    rows = await outbox(pool)
    assert [row["subject"] for row in rows] == [str(name) for name in names]
    assert {row["lane"] for row in rows} == set(range(LANES))
    assert all(row["lane"] == lane_of(row["aggregateid"].encode()) for row in rows)


async def test_two_streams_and_single_facts_share_a_transaction(pool: Pool) -> None:
    first, second, third = ([uuid4() for _ in range(20)] for _ in range(3))
    async with transaction(pool) as tx:
        tx.announce_stream(closures(first))
        tx.announce(closures(third))
        tx.announce_stream(closures(second))
    assert [row["subject"] for row in await outbox(pool)] == [str(name) for name in first + second + third]


async def test_while_a_stream_is_made_others_can_speak(pool: Pool, notebook: Any) -> None:
    other, spoke = uuid4(), list[bool]()

    async def speak() -> None:
        theirs = await open_pool(notebook.dsn, most=1)
        await say(theirs, *closures([other]))
        await theirs.close()

    def made() -> Iterator[Announcement]:
        yield from closures([uuid4()])
        speaker = Thread(target=lambda: asyncio.run(speak()), daemon=True)
        speaker.start()
        speaker.join(60)
        spoke.append(not speaker.is_alive())
        yield from closures([uuid4()])

    async with transaction(pool) as tx:
        tx.announce_stream(made())
    assert spoke == [True]
    assert [row["subject"] for row in await outbox(pool)].index(str(other)) == 0


async def test_a_stream_leaves_nothing_behind_but_its_rows(pool: Pool) -> None:
    async with pool.acquire() as connection:
        async with connection.transaction():
            tx = Transaction(connection)
            tx.announce_stream(closures([uuid4()]))
            await tx.flush()
            await tx.flush()
            assert await _lanes_held(pool) == LANES
            assert await connection.fetchval("select to_regclass('staged')") is None
        assert await _lanes_held(pool) == 0
    await say(pool, *closures([uuid4()]))
    assert len(await outbox(pool)) == 2


async def _lanes_held(pool: Pool) -> int:
    sql = "select count(*) from pg_locks where locktype = 'advisory' and database = " \
          "(select oid from pg_database where datname = current_database())"  # fmt: skip
    return await pool.fetchval(sql)


async def test_the_largest_payload_is_taken(pool: Pool) -> None:
    await say(pool, rejection_of(LARGEST_PAYLOAD))
    [row] = await outbox(pool)
    assert len(row["payload"]) == LARGEST_PAYLOAD


@pytest.mark.parametrize("way", ["announce", "announce_stream"])
async def test_one_byte_more_is_refused_with_all_that_was_said_beside_it(pool: Pool, way: str) -> None:
    async def say_too_much() -> None:
        async with transaction(pool) as tx:
            tx.announce(closures([uuid4()]))
            getattr(tx, way)([rejection_of(LARGEST_PAYLOAD + 1)])

    with pytest.raises(PayloadTooLargeError, match=r"registry\.agency\.rejected\.v1 about .* has 900001 bytes"):
        await say_too_much()
    assert await outbox(pool) == []


async def test_numbers_are_commit_order_within_a_lane_however_long_a_writer_takes(pool: Pool) -> None:
    name = uuid4()

    async def slow() -> None:
        async with pool.acquire() as connection, connection.transaction():
            tx = Transaction(connection)
            tx.announce(closures([name], version=1))
            await tx.flush()
            held.set()
            await follower_waits()

    async def follower_waits() -> None:
        sql = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        while not await pool.fetchval(sql):
            await asyncio.sleep(0.02)

    async def fast() -> None:
        await held.wait()
        await say(pool, *closures([name], version=2))

    held = asyncio.Event()
    await asyncio.gather(slow(), fast())
    assert [row["sequence"] for row in await outbox(pool)] == ["1", "2"]


async def test_the_ids_in_the_outbox_are_those_of_the_announcements(pool: Pool) -> None:
    said = list(closures(uuid4() for _ in range(50)))
    await say(pool, *said)
    assert [row["id"] for row in await outbox(pool)] == [str(announcement.id) for announcement in said]

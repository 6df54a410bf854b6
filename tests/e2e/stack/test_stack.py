"""The real servers: what was written stays, nobody opens another's database, and faults can be made and mended."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from itertools import permutations
from pathlib import Path

import asyncpg
import pytest

from stack import SERVICES, Stack
from stack.ports import HOST
from stack.problems import AlreadyRunningError, PortTakenError

Write = Callable[[str, str, bytes], Awaitable[None]]
Read = Callable[[str, str], Awaitable[list[bytes]]]


async def rows(dsn: str, *statements: str) -> list[int]:
    """Run statements as the role of the address; the first column of the last."""
    connection = await asyncpg.connect(dsn)
    try:
        found = [await connection.fetch(statement) for statement in statements]
        return [row[0] for row in found[-1]]
    finally:
        await connection.close()


async def test_records_and_rows_survive_a_second_run(tmp_path: Path, write: Write, read: Read) -> None:
    async with Stack.up(tmp_path) as stack:
        await write(stack.kafka.bootstrap, "kept", b"fact")
        await rows(stack.postgres.dsn("registry"), "create table kept (n int)", "insert into kept values (42)")
    async with Stack.up(tmp_path) as again:
        assert await read(again.kafka.bootstrap, "kept") == [b"fact"]
        assert await rows(again.postgres.dsn("registry"), "select n from kept") == [42]


@pytest.mark.parametrize(("role", "database"), [*permutations(SERVICES, 2), *((name, "postgres") for name in SERVICES)])
async def test_a_role_cannot_open_anothers_database(stack: Stack, role: str, database: str) -> None:
    address = stack.postgres.dsn(role).rpartition("/")[0] + f"/{database}"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
        await asyncpg.connect(address)


async def test_a_door_left_open_by_a_kill_is_shut_at_the_next_start(stack: Stack) -> None:
    admin = await asyncpg.connect(stack.postgres.admin_dsn)
    await admin.execute("grant connect, temporary on database scheduling to public")  # as `create database` leaves it
    await admin.close()
    await stack.postgres.kill()
    await stack.postgres.start()
    address = stack.postgres.dsn("reporting").removesuffix("/reporting") + "/scheduling"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
        await asyncpg.connect(address)


async def test_a_role_cannot_come_in_with_anothers_password(stack: Stack) -> None:
    address = stack.postgres.dsn("registry").replace("//registry:", "//reporting:")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(address)


async def test_a_service_makes_its_own_tables(stack: Stack) -> None:
    made = "create table mine (n int)", "insert into mine values (1)", "select n from mine"
    assert await rows(stack.postgres.dsn("eligibility"), *made) == [1]


async def test_the_broker_comes_back_from_a_kill_with_its_records(stack: Stack, write: Write, read: Read) -> None:
    await write(stack.kafka.bootstrap, "killed", b"before")
    before, pid = stack.kafka.bootstrap, stack.kafka.pid
    await stack.kafka.kill()
    assert not stack.kafka.is_running
    await stack.kafka.start()
    await write(stack.kafka.bootstrap, "killed", b"after")
    assert await read(before, "killed") == [b"before", b"after"]
    assert stack.kafka.pid != pid


async def test_the_broker_stops_and_starts_on_its_port(stack: Stack, write: Write, read: Read) -> None:
    await write(stack.kafka.bootstrap, "stopped", b"before")
    before = stack.kafka.bootstrap
    await stack.kafka.stop()
    await stack.kafka.start()
    assert await read(before, "stopped") == [b"before"]


async def test_postgres_comes_back_from_a_kill_with_its_rows(stack: Stack) -> None:
    dsn = stack.postgres.dsn("scheduling")
    await rows(dsn, "create table killed (n int)", "insert into killed values (1)")
    await stack.postgres.kill()
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(dsn)
    await stack.postgres.start()
    assert await rows(dsn, "select n from killed") == [1]


async def test_postgres_restarts_while_it_is_used(stack: Stack) -> None:
    user = await asyncpg.connect(stack.postgres.dsn("reporting"))
    await user.execute("create table used (n int)")
    await stack.postgres.restart()
    assert user.is_closed()
    assert await rows(stack.postgres.dsn("reporting"), "select count(*) from used") == [0]


async def test_a_lock_file_with_a_strangers_number_stops_no_start(stack: Stack) -> None:
    await stack.postgres.kill()
    lock = stack.home.postgres / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join(["1", *lines[1:]]))  # as if the number had gone to another program after a crash
    await stack.postgres.start()
    assert await rows(stack.postgres.admin_dsn, "select 1") == [1]


async def test_two_stacks_in_two_folders_run_side_by_side(stack: Stack, tmp_path: Path) -> None:
    async with Stack.up(tmp_path) as other:
        mine, others = ({made.port(name) for name in ("kafka", "postgres", *SERVICES)} for made in (stack, other))
        assert mine.isdisjoint(others)
        assert await rows(other.postgres.admin_dsn, "select 1") == [1]


async def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(AlreadyRunningError, match="already running"):
        async with Stack.up(stack.home.folder):
            pass


async def test_a_port_taken_while_the_broker_was_away_is_named(stack: Stack) -> None:
    await stack.kafka.stop()
    with (
        closing(socket.create_server((HOST, stack.kafka.port))),
        pytest.raises(PortTakenError, match=f"{stack.kafka.port} of kafka"),
    ):
        await stack.kafka.start()
    await stack.kafka.start()
    assert stack.kafka.is_running

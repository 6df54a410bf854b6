"""PostgreSQL: the pool, migrations, and which faults pass by themselves."""

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection

_PASSING = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says when a connection dies in the middle of an operation
    asyncpg.InvalidCachedStatementError,  # a migration has changed its table
)
_PASSING_CLASSES = frozenset({"08", "28", "3D", "40", "53", "57", "58", "72", "F0"})
"""Of SQLSTATEs: the connection, who may connect and whereto, rollbacks, resources, operators, the system itself.

None is a record's fault, also where it lasts until somebody mends it: the consumer waits, and readiness says why.
"""
_PASSING_STATES = frozenset(
    {
        "25006",  # a standby
        "25P03",  # idle in its transaction for too long
        "25P04",  # its transaction took too long
        "55000",  # as "recovery is in progress"
        "55006",
        "55P03",  # a lock that was not given
        "XX001",  # damaged files, which every record meets; "XX000" may be one record's doing
        "XX002",
    }
)
_LASTING_STATES = frozenset({"40002"})  # of the class of rollbacks, yet a constraint that a row violates


def is_transient(error: BaseException) -> bool:
    """Whether the same statement may well succeed later, so that trying again is right."""
    if isinstance(error, _PASSING):
        return True
    state = (isinstance(error, asyncpg.PostgresError) and error.sqlstate) or ""
    return (state[:2] in _PASSING_CLASSES or state in _PASSING_STATES) and state not in _LASTING_STATES


KEEPALIVES = {
    # No timeout of PostgreSQL's ends a COPY, or an answer half sent, whose other machine is gone: only TCP notices, by
    # default after two hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": "30000",
}
_PATIENCE = {
    **KEEPALIVES,
    # A process that is stopped in the middle of a transaction must not keep its locks from the one that takes over.
    "idle_in_transaction_session_timeout": "8s",
    "transaction_timeout": "60s",
    "lock_timeout": "20s",
}


async def open_pool(dsn: str, *, most: int = 8) -> Pool:
    """A pool of connections; the sizes suit one process of one service."""
    return await asyncpg.create_pool(dsn, min_size=1, max_size=most, command_timeout=120, server_settings=_PATIENCE)


async def migrate(dsn: str, *packages: str) -> list[str]:
    """Apply what is new of each package's `migrations/NNNN_what.sql`, one transaction each; says what was applied.

    Raises `ValueError` when a migration that was applied before has been edited since.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock(hashtext('anjeon.migrate'))")
        await connection.execute(
            "create table if not exists public.migration "
            "(name text primary key, sha256 text not null, applied_at timestamptz not null default now())"
        )
        return [name for name, sql in _migrations(packages) if await _apply(connection, name, sql)]
    finally:
        await connection.close()


async def pending_migrations(pool: Pool, *packages: str) -> list[str]:
    """The names of migrations that this code brings and the database does not have."""
    exists = await pool.fetchval("select to_regclass('public.migration') is not null")
    rows = await pool.fetch("select name from public.migration") if exists else []
    applied = {row["name"] for row in rows}
    return [name for name, _ in _migrations(packages) if name not in applied]


def _migrations(packages: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (f"{package}/{entry.name}", entry.read_text("utf-8"))
        for package in packages
        for entry in sorted((files(package) / "migrations").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".sql")
    ]


async def _apply(connection: Connection, name: str, sql: str) -> bool:
    digest = hashlib.sha256(sql.encode()).hexdigest()
    known = await connection.fetchval("select sha256 from public.migration where name = $1", name)
    if known == digest:
        return False
    if known is not None:
        raise ValueError(f"{name} was edited after it had been applied; add a new migration instead")
    async with connection.transaction():
        await connection.execute(sql)
        await connection.execute("insert into public.migration (name, sha256) values ($1, $2)", name, digest)
    return True

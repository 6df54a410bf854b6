"""The command line that every service has: serve, migrate, and its dead letters."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import asyncpg
import click
import uvloop

from events.transport import db, logging
from events.transport.hosting import PARTS, NotReadyError, Part, Service, serve
from events.transport.topics import TopicsDifferError


def run(build: Callable[[], Service]) -> None:
    """Run `python -m <service> …`; `build` reads the settings, so it is called only once a command is chosen."""
    _commands(build)()


def _commands(build: Callable[[], Service]) -> click.Group:
    group = click.Group(help="One service of Anjeon.")

    @group.command("serve")
    @click.option("--only", multiple=True, type=click.Choice(PARTS), help="Run these parts only (repeatable).")
    def _serve(only: tuple[Part, ...]) -> None:
        """Run the service until SIGTERM."""
        service = build()
        logging.configure(service.name)
        try:
            uvloop.run(serve(service, only or PARTS))
        except (NotReadyError, TopicsDifferError) as error:
            sys.exit(f"{service.name}: {error}")

    @group.command("migrate")
    def _migrate() -> None:
        """Bring the database to what this code needs; says what was applied."""
        service = build()
        applied = asyncio.run(db.migrate(service.settings.database_url, *service.migrations))
        click.echo("\n".join(applied) or "nothing to apply")

    group.add_command(_dead_letters(build))
    return group


def _dead_letters(build: Callable[[], Service]) -> click.Group:
    group = click.Group("dead-letters", help="Records that could not be applied.")

    @group.command("list")
    def _list() -> None:
        """Every open one: where it was in the log, its key, and why."""
        for row in asyncio.run(_fetch(build(), _OPEN)):
            key = (row["key"] or b"").decode("utf-8", "backslashreplace")
            click.echo(f"{row['topic']}/{row['partition']}/{row['offset']}  {key}  {row['cause']}: {row['error']}")

    @group.command("redrive")
    @click.argument("key")
    def _redrive(key: str) -> None:
        """Have the running consumer apply a key's records again, in order, once their cause is mended."""
        rows = asyncio.run(_fetch(build(), _REQUEST, key.encode()))
        click.echo(f"{len(rows)} records of {key} will be applied again")

    @group.command("discard")
    @click.argument("place")
    def _discard(place: str) -> None:
        """Give up one record for good, named TOPIC/PARTITION/OFFSET as `list` prints it."""
        topic, partition, offset = place.rsplit("/", 2)
        rows = asyncio.run(_fetch(build(), _DISCARD, topic, int(partition), int(offset)))
        click.echo(f"{len(rows)} record discarded; redrive its key to let the ones behind it through")

    return group


_OPEN = 'select * from transport.dead_letter where settled_at is null order by topic, partition, "offset"'
_REQUEST = """update transport.dead_letter set redrive_requested_at = now()
              where key = $1 and settled_at is null returning 1"""
_DISCARD = """update transport.dead_letter set settled_at = now(), settled_as = 'discarded'
              where topic = $1 and partition = $2 and "offset" = $3 and settled_at is null returning 1"""


async def _fetch(service: Service, sql: str, *values: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(service.settings.database_url)
    try:
        return await connection.fetch(sql, *values)
    finally:
        await connection.close()

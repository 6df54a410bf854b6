"""The command line that every service has: serve, migrate, and its dead letters."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import click
import uvloop
from pydantic import ValidationError

from events.transport import db, dead_letters, logging
from events.transport.db import Connection
from events.transport.hosting import PARTS, NotReadyError, Part, Service, serve
from events.transport.recall import ForgottenError
from events.transport.topics import TopicsDifferError, TopicsFileError

T = TypeVar("T")


def run(build: Callable[[], Service]) -> None:
    """Run `python -m <service> …`; `build` reads the settings, so it is called only once a command is chosen."""
    _commands(lambda: _built(build))()


class MisconfiguredError(click.ClickException):
    """What this process was told from outside cannot be used: one sentence, and exit status 2."""

    exit_code = 2


def _built(build: Callable[[], Service]) -> Service:
    try:
        return build()
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise MisconfiguredError(f"the settings cannot be used: {'; '.join(faults)}") from None
    except OSError as error:
        raise MisconfiguredError(f"{error.filename} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise MisconfiguredError(str(error)) from None


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
        except TopicsFileError as error:
            raise MisconfiguredError(f"{service.name}: {error}") from None
        except (NotReadyError, TopicsDifferError, ForgottenError) as error:
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
        for row in asyncio.run(_asked(build(), lambda db: db.fetch(_OPEN))):
            key = (row["key"] or b"").decode("utf-8", "backslashreplace")
            place = f"{row['topic']}/{row['partition']}/{row['offset']}"
            click.echo(f"{place}  {key}  {row['cause']}: {row['error']}{_redrive_of(row)}")

    @group.command("redrive")
    @click.argument("key", required=False)
    @click.option("--at", "place", help="TOPIC/PARTITION/OFFSET instead, for a key that is missing or is no text.")
    def _redrive(key: str | None, place: str | None) -> None:
        """Have the running consumer apply a key's records again, in order, once their cause is mended."""
        if (key is None) == (place is None):
            raise click.UsageError("give either a key, or one record's place by --at")
        if place is not None:
            at = _place(place)
            rows = asyncio.run(_asked(build(), lambda db: db.fetch(_REQUEST_AT, *at)))
        else:
            rows = asyncio.run(_asked(build(), lambda db: db.fetch(_REQUEST, (key or "").encode())))
        click.echo(f"{len(rows)} records of {key or place} will be applied again")

    _add_discard(group, build)
    return group


def _add_discard(group: click.Group, build: Callable[[], Service]) -> None:
    @group.command("discard")
    @click.argument("place")
    def _discard(place: str) -> None:
        """Give up one record for good, named TOPIC/PARTITION/OFFSET as `list` prints it."""
        at = _place(place)
        count = asyncio.run(_asked(build(), lambda db: dead_letters.discard(db, *at)))
        click.echo(f"{count} record discarded; redrive its key to let the ones behind it through")


_OPEN = 'select * from transport.dead_letter where settled_at is null order by topic, partition, "offset", number'
_REQUEST = """update transport.dead_letter
              set redrive_requested_at = now(), redrive_attempts = 0, redrive_error = null, redrive_after = null
              where key = $1 and settled_at is null returning 1"""
_REQUEST_AT = """
    update transport.dead_letter d
    set redrive_requested_at = now(), redrive_attempts = 0, redrive_error = null, redrive_after = null
    from transport.dead_letter named
    where named.topic = $1 and named.partition = $2 and named."offset" = $3 and named.settled_at is null
      and d.consumer = named.consumer and d.topic = named.topic and d.partition = named.partition
      and (d.key = named.key or d."offset" = named."offset") and d.settled_at is null
    returning 1"""


def _redrive_of(row: asyncpg.Record) -> str:
    """What became of a redrive, if one was asked for."""
    match row["redrive_requested_at"], row["redrive_attempts"]:
        case None, _:
            return ""
        case at, 0:
            return f"  [redrive asked for at {at:%F %T}]"
        case _, attempts:
            after, error = row["redrive_after"], row["redrive_error"]
            return f"  [redrive failed {attempts} times, again at {after:%F %T}: {error}]"


def _place(text: str) -> tuple[str, int, int]:
    match text.rsplit("/", 2):
        case [topic, partition, offset] if partition.isdecimal() and offset.isdecimal():
            return topic, int(partition), int(offset)
        case _:
            raise click.UsageError(f"{text!r} is no place: it must be TOPIC/PARTITION/OFFSET, as `list` prints it")


async def _asked(service: Service, question: Callable[[Connection], Awaitable[T]]) -> T:
    connection = await asyncpg.connect(service.settings.database_url)
    try:
        return await question(connection)
    finally:
        await connection.close()

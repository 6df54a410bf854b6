"""Writers take turns: of two that at once decide about something new, each would see the other's rows too late."""

from typing import Literal

from events.transport.db import Connection

Written = Literal["agencies", "managers", "enterprises"]
_TURNS: dict[Written, int] = {"agencies": 1, "managers": 2, "enterprises": 3}
_REGISTRY = 0x52454749  # the class of our advisory locks: the letters REGI


async def take(db: Connection, written: Written) -> None:
    """Wait until no other transaction writes these; the turn ends with this transaction."""
    await db.execute("select pg_advisory_xact_lock($1, $2)", _REGISTRY, _TURNS[written])

"""A batch of facts as columns, the form in which `unnest` takes a whole batch in one statement."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from events.contracts.envelope import Received


def columns(batch: Sequence[Received[Any]], *fields: str) -> list[list[Any]]:
    """The versions of the facts' aggregates, and then these fields of the facts."""
    read = attrgetter("envelope.sequence", *(f"fact.{field}" for field in fields))
    return [list(column) for column in zip(*map(read, batch), strict=True)]

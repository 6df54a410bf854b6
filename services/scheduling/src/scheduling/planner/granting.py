"""Whether a wish about visits to come is granted: its visits' new places, or the one reason why they stay.

The reasons are asked in this order wherever a wish comes from, from files or through the service.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scheduling.planner import events
from scheduling.planner.events import Live, Moved
from scheduling.planner.model import Flags, Ints


class Refusal(StrEnum):
    """Why a wish is not granted, and its visits stay where they are."""

    NOTHING_SCHEDULED = "nothing_scheduled"
    PINNED = "pinned"
    FROZEN = "frozen"
    NOT_SERVED = "not_served"
    NOBODY_ELSE = "nobody_else"
    NO_SUCH_DAY = "no_such_day"


@dataclass(frozen=True)
class Coming:
    """The visits to come that a wish is about: their dates and agencies, and which are pinned.

    A date up to `fixed_until` is fixed: no visit leaves it and none comes to it.
    """

    date: Ints
    agency: Ints
    pinned: Flags
    fixed_until: int


def hand_back(state: Live, site: int, coming: Coming, concerned: Set[int]) -> list[Moved] | Refusal:
    """All visits to come go to another agency, or none does; none has to where the facts have sent all elsewhere.

    Concerned are the agencies that served the enterprise, and the one that hands it back: these must be one.
    """
    serving = set(coming.agency.tolist())
    if not concerned:
        return Refusal.NOTHING_SCHEDULED
    if coming.pinned.any():
        return Refusal.PINNED
    if len(concerned) > 1 or concerned < serving:
        return Refusal.NOT_SERVED
    if not concerned <= serving:
        return []
    if (coming.date <= coming.fixed_until).any():
        return Refusal.FROZEN
    last = int(np.searchsorted(state.facts.calendar.dates, coming.fixed_until, side="right")) - 1
    return events.all_or_none(state, site, lambda: events.hand_back(state, site, last)) or Refusal.NOBODY_ELSE


def another_day(state: Live, site: int, ordinal: int, coming: Coming, days: Flags) -> list[Moved] | Refusal:
    """One of these days instead for the one visit, with as little way as can be."""
    if not len(coming.date):
        return Refusal.NOTHING_SCHEDULED
    if coming.pinned[0]:
        return Refusal.PINNED
    if coming.date[0] <= coming.fixed_until:
        return Refusal.FROZEN
    dates = state.facts.calendar.dates
    wanted = days & (dates > coming.fixed_until) & (dates != coming.date[0])
    if not wanted.any():
        return Refusal.NO_SUCH_DAY
    moved = events.all_or_none(state, site, lambda: events.another_day(state, site, ordinal, wanted))
    return moved or Refusal.NO_SUCH_DAY

"""How long enterprises wait for their first visit, counted by one measure for all plans that are compared."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.model import Facts, Flags, Ints, Reals, Visits
from scheduling.planner.openings import unpack
from scheduling.planner.outstanding import standing


@dataclass(frozen=True)
class Season:
    """The working days on which waits are counted, each enterprise's first open one, and who wants visits."""

    dates: Ints
    opens: Ints
    wants: Flags


def season_of(*worlds: Facts) -> Season:
    """From an enterprise's first open day in any of these worlds to the last day of all."""
    dates = np.unique(np.concatenate([world.calendar.dates for world in worlds]))
    never = dates.max(initial=0) + 1
    first = np.min([_first_open(world, never) for world in worlds], axis=0)
    opens = np.where(first == never, 0, np.searchsorted(dates, first))
    wants = np.any([world.sites.visits > 0 for world in worlds], axis=0)
    return Season(dates, opens.astype(np.int64), np.asarray(wants, np.bool_))


def waits(season: Season, visits: Visits) -> tuple[Ints, Reals]:
    """Enterprises that have a first visit or want one, and the working days each waits; without it until the end."""
    counting = standing(visits)
    first = counting.take(counting.ordinal == 1)
    day = np.full(len(season.opens), len(season.dates), np.int64)
    day[first.site] = np.searchsorted(season.dates, first.date)
    counts = season.wants.copy()
    counts[first.site] = True
    return np.flatnonzero(counts), (day - season.opens)[counts].astype(np.float64)


def _first_open(world: Facts, never: int) -> Ints:
    """The date on which each enterprise opens in a world."""
    dates = np.append(world.calendar.dates, never)
    days = unpack(world.sites.open_days, len(world.calendar))
    always = np.ones((len(days), 1), np.bool_)
    return dates[np.hstack([days, always]).argmax(axis=1)]

"""Visits column by column: made, joined, put in order."""

from dataclasses import replace

import numpy as np

from scheduling.planner.model import Facts, Ints, Stage, Visits


def drafts(facts: Facts, site: Ints, manager: Ints, day: Ints) -> Visits:
    """Draft visits; their ordinals are given at the end, when all of an enterprise's days are known."""
    count = len(site)
    stage, ordinal = np.full(count, int(Stage.DRAFT)), np.zeros(count, np.int64)
    return Visits(site, ordinal, manager, day, facts.calendar.dates[day], stage, np.zeros(count, np.bool_))


def join(parts: list[Visits]) -> Visits:
    """All visits of all parts."""
    names = Visits.__dataclass_fields__
    empty = Visits()
    columns = {name: np.concatenate([getattr(empty, name), *(getattr(part, name) for part in parts)]) for name in names}
    return Visits(**columns)


def in_order(visits: Visits, needs: Ints) -> Visits:
    """By enterprise and date; each new draft (ordinal 0) gets the lowest ordinal that keeps the order.

    Between visits that are kept no ordinal may be left: such a draft is let go.
    """
    rows = visits.take(np.lexsort((visits.date, visits.site)))
    starts = np.flatnonzero(np.diff(rows.site, prepend=-1))
    ends = np.append(starts[1:], len(rows))
    ordinal = np.where(rows.ordinal > 0, rows.ordinal, np.arange(len(rows)) - np.repeat(starts, ends - starts) + 1)
    named = np.unique(rows.site[rows.ordinal > 0])
    for place in np.searchsorted(rows.site[starts], named):
        mine = slice(starts[place], ends[place])
        ordinal[mine] = _ordinals(rows.ordinal[mine].tolist(), int(needs[rows.site[starts[place]]]))
    return replace(rows, ordinal=ordinal).take(ordinal > 0)


def _ordinals(given: list[int], need: int) -> Ints:
    """Ascending: what is given stays, and every 0 becomes the lowest between its neighbours, or stays 0."""
    found, last = list[int](), 0
    for place, number in enumerate(given):
        end = next((later for later in given[place:] if later), need + 1)
        fits = number or (last + 1 if last + 1 < end else 0)
        last = fits or last
        found.append(fits)
    return np.array(found, np.int64)

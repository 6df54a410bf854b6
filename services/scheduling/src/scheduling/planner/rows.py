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


def in_order(visits: Visits) -> Visits:
    """By enterprise and date; each new draft (ordinal 0) gets the lowest ordinal that its enterprise has free."""
    rows = visits.take(np.lexsort((visits.date, visits.site)))
    starts = np.flatnonzero(np.diff(rows.site, prepend=-1))
    ends = np.append(starts[1:], len(rows))
    ordinal = np.where(rows.ordinal > 0, rows.ordinal, np.arange(len(rows)) - np.repeat(starts, ends - starts) + 1)
    named = np.unique(rows.site[rows.ordinal > 0])
    for place in np.searchsorted(rows.site[starts], named):
        mine = slice(starts[place], ends[place])
        ordinal[mine] = _free_ordinals(rows.ordinal[mine])
    return replace(rows, ordinal=ordinal)


def _free_ordinals(given: Ints) -> Ints:
    free = (number for number in range(1, 2 * len(given) + 1) if number not in set(given.tolist()))
    return np.array([number or next(free) for number in given.tolist()], np.int64)

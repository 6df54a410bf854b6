"""Construction periods in which two visits fit."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from korea.calendar import working_days
from korea.population.columns import Truths
from korea.population.model import Programme

Dates = NDArray[np.datetime64]
SHORTEST_WORKS, LONGEST_WORKS = 40, 178
"""Working days. Forty of them hold two visits 28 calendar days apart with room to choose."""


def works_periods(programme: Programme, is_construction: Truths, rng: np.random.Generator) -> tuple[Dates, Dates]:
    """First and last day of each construction site's works, with at least forty working days inside the window."""
    margin = timedelta(days=400)
    days = np.array(
        working_days(programme.window_from - margin, programme.window_until + margin), dtype="datetime64[D]"
    )
    first, last = np.searchsorted(days, np.array([programme.window_from, programme.window_until], "datetime64[D]"))
    length = rng.integers(SHORTEST_WORKS, LONGEST_WORKS + 1, len(is_construction))
    earliest = first - (length - SHORTEST_WORKS)
    latest = last + 1 - SHORTEST_WORKS
    start = earliest + np.floor(rng.random(len(length)) * (latest + 1 - earliest)).astype(np.int64)
    nothing = np.datetime64("NaT", "D")
    opens, closes = days[start], days[start + length - 1]
    return np.where(is_construction, opens, nothing), np.where(is_construction, closes, nothing)

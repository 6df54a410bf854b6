"""The breaker: when too many records fail it is not the records that are wrong, and the consumer stops itself."""

from collections import deque
from collections.abc import Sequence


class BreakerOpenError(Exception):
    """Too many records failed: a bad deploy must not drain a topic into the dead letters."""


class Breaker:
    """Opens at so many failures in a row, or above a share of the last 1,000 records (and never below 20 of them)."""

    def __init__(self, in_a_row: int, share: float) -> None:
        self._in_a_row = in_a_row
        self._share = share
        self._recent: deque[bool] = deque(maxlen=1_000)
        self._row = 0
        self.reason: str | None = None

    def note(self, failures: Sequence[bool]) -> None:
        """Count outcomes (True: failed) that were committed."""
        for failed in failures:
            self._row = self._row + 1 if failed else 0
        self._recent.extend(failures)

    def check(self, failures: Sequence[bool]) -> None:
        """Raise `BreakerOpenError` if these outcomes (True: failed), on top of what was noted, are too many."""
        row = self._row
        for failed in failures:
            row = row + 1 if failed else 0
            if row >= self._in_a_row:
                self._open(f"{row} records in a row could not be applied")
        outcomes = [*self._recent, *failures][-1_000:]
        if sum(outcomes) >= 20 and sum(outcomes) > self._share * len(outcomes):
            self._open(f"{sum(outcomes)} of the last {len(outcomes)} records could not be applied")

    def _open(self, reason: str) -> None:
        self.reason = reason
        raise BreakerOpenError(reason)

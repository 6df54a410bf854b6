"""Which days are worked: the verifier's own calendar of South Korea, with what the programme adds."""

from datetime import date, timedelta

import holidays
import numpy as np

from scheduling.verifier.cells import Bools, Days, day_number

_EPOCH = date(1970, 1, 1)
_SATURDAY = 5


def is_worked(days: Days, holidays_added: Days, workdays_added: Days) -> Bools:
    """Neither weekend nor holiday (Labour Day is one); a day the programme declares a workday is one all the same."""
    unique, place = np.unique(days, return_inverse=True)
    closed = _holidays({(_EPOCH + timedelta(days=int(day))).year for day in unique})
    rest = (weekday(unique) >= _SATURDAY) | np.isin(unique, closed) | np.isin(unique, holidays_added)
    return (~rest | np.isin(unique, workdays_added))[place]


def weekday(days: Days) -> Days:
    """Monday is 0; 1970-01-01 was a Thursday."""
    return (days + 3) % 7


def _holidays(years: set[int]) -> Days:
    # Before 2026 Labour Day stands in the category BANK only.
    korea = holidays.country_holidays("KR", years=years, categories=(holidays.PUBLIC, holidays.BANK))
    return np.array([day_number(day) for day in korea], dtype=np.int64)

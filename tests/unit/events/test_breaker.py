"""The breaker opens when it is not the records that are wrong."""

import pytest

from events.transport.breaker import Breaker, BreakerOpenError


def test_single_failures_between_successes_leave_it_closed() -> None:
    breaker = Breaker(in_a_row=20, share=0.05)
    for _ in range(10):
        breaker.check([True])
        breaker.note([True])
        breaker.note([False] * 100)
    assert breaker.reason is None


def test_twenty_failures_in_a_row_open_it_however_they_were_batched() -> None:
    breaker = Breaker(in_a_row=20, share=1)
    for _ in range(19):
        breaker.check([True])
        breaker.note([True])
    with pytest.raises(BreakerOpenError, match="20 records in a row"):
        breaker.check([True])


def test_more_than_the_share_opens_it() -> None:
    breaker = Breaker(in_a_row=20, share=0.05)
    breaker.note([False] * 900)
    with pytest.raises(BreakerOpenError, match="51 of the last 1000"):
        breaker.check([True, False] * 51)


def test_few_failures_of_few_records_are_no_share() -> None:
    Breaker(in_a_row=20, share=0.05).check([True, False] * 19)

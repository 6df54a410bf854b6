"""The faults' audit sees each kind of harm."""

import pytest

from audit import Verdict, judge

SAID = [("a", 1), ("a", 2), ("a", 3), ("b", 1)]


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (SAID, Verdict(4, 0, 0, 0)),
        ([("a", 1), ("b", 1), ("a", 2), ("a", 3)], Verdict(4, 0, 0, 0)),
        ([("a", 1), ("a", 3), ("b", 1)], Verdict(4, 1, 0, 0)),
        ([*SAID, ("b", 1)], Verdict(4, 0, 1, 0)),
        ([("a", 2), ("a", 1), ("a", 3), ("b", 1)], Verdict(4, 0, 0, 1)),
    ],
)
def test_the_audit_sees_loss_doubling_and_swapping(seen: list[tuple[str, int]], verdict: Verdict) -> None:
    assert judge(SAID, seen) == verdict

"""The faults' audit sees each kind of harm."""

from collections.abc import Callable

import pytest

from audit import Record, Verdict, compare, judge, once

SAID = [("a", 1), ("a", 2), ("a", 3), ("b", 1)]


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (SAID, Verdict(4)),
        ([("a", 1), ("b", 1), ("a", 2), ("a", 3)], Verdict(4)),
        ([("a", 1), ("a", 3), ("b", 1)], Verdict(4, lost=1)),
        ([*SAID, ("b", 1)], Verdict(4, doubled=1)),
        ([("a", 2), ("a", 1), ("a", 3), ("b", 1)], Verdict(4, misordered=1)),
        ([*SAID, ("a", 4)], Verdict(4, invented=1)),
        ([*SAID, ("c", 1), ("c", 1)], Verdict(4, invented=2)),
        ([], Verdict(4, lost=4)),
    ],
)
def test_the_audit_sees_what_was_lost_doubled_swapped_or_invented(
    seen: list[tuple[str, int]], verdict: Verdict
) -> None:
    assert judge(SAID, seen) == verdict


def test_one_loss_is_not_made_good_by_another_ones_surplus() -> None:
    assert judge(SAID, SAID[1:]) + judge(SAID, [*SAID, ("z", 1)]) == Verdict(8, lost=1, invented=1)
    assert Verdict(3, 1, 2, 3, 4) + Verdict(1, 1, 1, 1, 1) == Verdict(4, 2, 3, 4, 5)
    assert Verdict(3, 1, 2, 3, 4).elsewhere == Verdict(0, 1, 2, 3, 4)


def test_a_dead_letter_told_twice_is_seen_and_one_not_told_or_told_of_another_cause() -> None:
    places = [("word/0/7", "not_json"), ("word/3/1", "unknown_type")]
    assert compare(places, places) == Verdict(2)
    assert compare(places, [*places, places[0]]) == Verdict(2, doubled=1)
    assert compare(places, [places[0], ("word/3/1", "handler_failed")]) == Verdict(2, lost=1, invented=1)
    assert compare(places, [*places, ("word/3/2", "parked")]) == Verdict(2, invented=1)


def test_what_was_sent_again_is_read_once_and_what_overtook_hides_what_it_overtook(
    record: Callable[..., Record],
) -> None:
    log = [record(at, place) for at, place in enumerate(["1:1", "1:2", "1:1", "1:2", "1:4", "1:3", "2:1", None])]
    assert [one.offset for one in once(log)] == [0, 1, 4, 6]

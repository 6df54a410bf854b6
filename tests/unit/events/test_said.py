"""What lies in a source's own topics is held against what its database knows: older, or not."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from events.transport.recall import topics_of
from events.transport.said import Heights, Known
from events.transport.wire import Record

Make = Callable[..., Record]
LANE = 3  # of the records that the fixture makes
NOTHING = Heights(0, {})
numbers = st.dictionaries(st.integers(0, 11), st.integers(1, 1_000))
epochs = st.integers(1, 9)


def test_the_heights_are_the_highest_epoch_and_number_wherever_they_lie(record: Make) -> None:
    heights = NOTHING.with_records([record(0, "1:8"), record(1, "2:5"), record(2, "1:7"), record(3)])
    assert heights == Heights(2, {LANE: 8})
    assert heights.number == 8
    assert heights.with_records([record(4, "1:9")]) == Heights(2, {LANE: 9})


def test_what_came_out_of_no_outbox_is_not_missed(record: Make) -> None:
    assert not Known(1, {}).lacks(record(0))
    assert NOTHING.with_records([record(0), record(1, "1:")]) == NOTHING
    assert not NOTHING.are_beyond(Known(1, {}))


def test_a_fact_with_a_higher_number_than_its_lane_has_is_missed(record: Make) -> None:
    known = Known(1, {LANE: 7, LANE + 1: 90})
    assert [known.lacks(record(0, f"1:{number}")) for number in (6, 7, 8)] == [False, False, True]


@given(known=numbers, epoch=epochs)
def test_a_database_that_knows_as_much_as_was_said_is_not_older(known: dict[int, int], epoch: int) -> None:
    assert not Heights(epoch, known).are_beyond(Known(epoch, known))
    assert not Heights(epoch, known).are_beyond(Known(epoch + 1, {lane: number + 1 for lane, number in known.items()}))


@given(known=numbers, epoch=epochs, lane=st.integers(0, 11), more=st.integers(1, 9))
def test_one_higher_number_or_a_higher_epoch_makes_it_older(
    known: dict[int, int], epoch: int, lane: int, more: int
) -> None:
    said = known | {lane: known.get(lane, 0) + more}
    assert Heights(epoch, said).are_beyond(Known(epoch, known))
    assert Heights(epoch + more, known).are_beyond(Known(epoch, known))


def test_a_service_looks_at_all_its_topics_and_at_no_other() -> None:
    assert topics_of("scheduling") == {"scheduling.visit.v1", "scheduling.plan.v1", "scheduling.dlq"}
    assert topics_of("reporting") == {"reporting.dlq"}

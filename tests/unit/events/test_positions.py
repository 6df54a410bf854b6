"""A place tells what was applied before from what was not."""

from collections.abc import Callable

from events.transport.positions import Place
from events.transport.wire import Record

Make = Callable[..., Record]


def test_what_a_relay_sends_again_is_not_fresh(record: Make) -> None:
    place, fresh = Place(10, (1, 7)).after([record(10, "1:6"), record(11, "1:7"), record(12, "1:8"), record(13, "1:8")])
    assert [one.offset for one in fresh] == [12]
    assert place == Place(14, (1, 8))


def test_a_new_timeline_of_the_source_begins_above_the_old_one(record: Make) -> None:
    place, fresh = Place(10, (1, 900)).after([record(10, "2:5"), record(11, "1:901")])
    assert [one.offset for one in fresh] == [10]
    assert place.applied == (2, 5)


def test_a_record_that_came_out_of_no_outbox_counts_by_its_offset_alone(record: Make) -> None:
    place, fresh = Place(10, (1, 7)).after([record(10), record(11)])
    assert len(fresh) == 2
    assert place == Place(12, (1, 7))

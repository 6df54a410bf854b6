"""Lanes agree with Kafka's own partitioner."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from events.transport.lanes import LANES, lane_of


@given(st.binary(min_size=1, max_size=255))
def test_a_key_has_the_partition_that_kafkas_clients_give_it(key: bytes) -> None:
    partitions = list(range(LANES))
    assert lane_of(key) == DefaultPartitioner()(key, partitions, partitions)

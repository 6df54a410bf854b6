"""Losses: places whose log is no longer the one that was read, found before anything is read from a wrong one."""

from collections.abc import Mapping, Set

from aiokafka import AIOKafkaConsumer, TopicPartition

from events.transport.positions import Places


async def lost_places(
    kafka: AIOKafkaConsumer, beginnings: Mapping[TopicPartition, int], places: Places, fleeting: Set[str]
) -> dict[TopicPartition, str]:
    """The places at which nobody can go on, and why; what `fleeting` topics forget is no loss."""
    ends: dict[TopicPartition, int] = await kafka.end_offsets(list(places))
    beyond = {
        partition: f"position {place.next_offset}, but the log has {beginnings[partition]} to {ends[partition]}"
        for partition, place in places.items()
        if not beginnings[partition] <= place.next_offset <= ends[partition]
    }
    kept = {partition: place for partition, place in places.items() if partition.topic not in fleeting}
    return await _made_anew(kafka, kept) | beyond


async def _made_anew(kafka: AIOKafkaConsumer, places: Places) -> dict[TopicPartition, str]:
    """Places before which the log does not have what was heard: its first record as late must be exactly as late.

    Kafka tells a new topic from the old one by an id, which this client cannot ask for.
    """
    heard = {partition: place.latest for partition, place in places.items() if place.latest}
    found = await kafka.offsets_for_times(dict(heard)) if heard else {}
    return {
        partition: f"position {places[partition].next_offset}, but the log before it is not what was heard"
        for partition, latest in heard.items()
        if found[partition] is None or found[partition].timestamp != latest
    }

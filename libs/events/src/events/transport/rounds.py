"""Rounds: a batch of mixed facts as few groups of one type each, with the order within every key kept."""

from collections.abc import Iterable

from events.contracts.envelope import Fact, Received

Round = tuple[type[Fact], list[Received[Fact]]]


def rounds(batch: Iterable[Received[Fact]]) -> list[Round]:
    """Group by type; a fact never comes into an earlier round than one before it in its key."""
    facts = list(batch)
    kinds = {type(received.fact) for received in facts}
    if len(kinds) == 1:  # as most batches are: a topic's facts are mostly of one type
        return [(kinds.pop(), facts)]
    groups: list[Round] = []
    reached: dict[str, int] = {}
    for received in facts:
        kind, key = type(received.fact), received.envelope.partitionkey
        at = _round_for(groups, kind, reached.get(key, 0))
        groups[at][1].append(received)
        reached[key] = at
    return groups


def _round_for(groups: list[Round], kind: type[Fact], earliest: int) -> int:
    for at in range(earliest, len(groups)):
        if groups[at][0] is kind:
            return at
    groups.append((kind, []))
    return len(groups) - 1

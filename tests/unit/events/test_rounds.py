"""Rounds group by type and keep the order of every key."""

from collections.abc import Callable
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from events.contracts.envelope import Envelope, Fact, Received
from events.contracts.registry import EnterpriseClosed, EnterpriseRegistered
from events.transport.rounds import rounds

Arrive = Callable[[Fact, int], Received[Fact]]


class _A(Fact, type="unit.round.a.v1", key="word"):
    word: str


class _B(Fact, type="unit.round.b.v1", key="word"):
    word: str


def _received(kind: type[Fact], key: str, sequence: int) -> Received[Fact]:
    envelope = Envelope("", kind.type, "", key, "", sequence, key, "")
    return Received(kind.model_validate({"word": key}), envelope)


@given(st.lists(st.tuples(st.sampled_from([_A, _B]), st.sampled_from("xyz"))))
def test_nothing_is_lost_and_no_key_is_swapped(batch: list[tuple[type[Fact], str]]) -> None:
    arrived = [_received(kind, key, number) for number, (kind, key) in enumerate(batch)]
    flat = [received for _, group in rounds(arrived) for received in group]
    assert sorted(received.envelope.sequence for received in flat) == list(range(len(batch)))
    for key in "xyz":
        order = [received.envelope.sequence for received in flat if received.envelope.partitionkey == key]
        assert order == sorted(order)


def test_facts_of_one_type_about_different_keys_come_together(
    registered: Callable[[UUID], EnterpriseRegistered], closed: Callable[[UUID], EnterpriseClosed], received: Arrive
) -> None:
    one, two = UUID(int=1), UUID(int=2)
    batch = [
        received(registered(one), 1),
        received(closed(one), 2),
        received(registered(two), 1),
        received(closed(two), 2),
    ]
    assert [(kind, len(group)) for kind, group in rounds(batch)] == [(EnterpriseRegistered, 2), (EnterpriseClosed, 2)]

"""Nouns for the transport's unit tests."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord

from events.contracts.envelope import Envelope, Fact, Received
from events.contracts.registry import EnterpriseClosed, EnterpriseRegistered
from events.transport.wire import Record


@pytest.fixture
def enterprise_id() -> UUID:
    """Some enterprise."""
    return UUID("00000000-0000-5000-8000-000000000001")


@pytest.fixture
def registered() -> Callable[[UUID], EnterpriseRegistered]:
    """A registered enterprise."""

    def make(enterprise: UUID) -> EnterpriseRegistered:
        return EnterpriseRegistered(
            enterprise_id=enterprise,
            industry_code="25",
            industry_code_system="KSIC-10",
            province="KR-41",
            district="41110",
            latitude=37.3,
            longitude=127.0,
            registered_on=date(2023, 4, 12),
        )

    return make


@pytest.fixture
def closed() -> Callable[[UUID], EnterpriseClosed]:
    """A closed enterprise."""
    return lambda enterprise: EnterpriseClosed(enterprise_id=enterprise, closed_on=date(2023, 5, 1))


@pytest.fixture
def received() -> Callable[[Fact, int], Received[Fact]]:
    """A fact as it arrives."""

    def make(fact: Fact, sequence: int) -> Received[Fact]:
        envelope = Envelope(
            id=f"{fact.subject}-{sequence}",
            type=fact.type,
            source=fact.source,
            subject=fact.subject,
            time=datetime(2023, 4, 12, tzinfo=UTC).isoformat(),
            sequence=sequence,
            partitionkey=fact.key,
            correlationid="c",
        )
        return Received(fact, envelope)

    return make


@pytest.fixture
def record() -> Callable[..., Record]:
    """A record of a log, with a position in its source's outbox if one is given."""

    def make(
        offset: int,
        position: str | None = None,
        headers: dict[str, bytes] | None = None,
        value: bytes | None = b"{}",
    ) -> Record:
        found = dict(headers or {})
        if position:
            found["anjeon_position"] = position.encode()
        return ConsumerRecord(
            topic="registry.enterprise.v1",
            partition=3,
            offset=offset,
            timestamp=0,
            timestamp_type=0,
            key=b"k",
            value=value,
            checksum=None,
            serialized_key_size=1,
            serialized_value_size=2,
            headers=tuple(found.items()),
        )

    return make

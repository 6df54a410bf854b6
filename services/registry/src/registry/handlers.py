"""What the registry hears of nobody but itself: its own facts, taken back when its database was restored."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from events.contracts.envelope import Received
from events.contracts.registry import (
    AgencyApplied,
    AgencyQualified,
    AgencyReinstated,
    AgencyRejected,
    AgencySuspended,
    EnterpriseChanged,
    EnterpriseClosed,
    EnterpriseRegistered,
    ManagerLeft,
    ManagerTrained,
    ProgrammeChanged,
    ProgrammeOpened,
)
from events.transport.batch import Hears
from events.transport.outbox import Transaction
from registry.policy.programmes import terms_of
from registry.store import recall
from registry.store.recall import Kind


async def take_back_opened(tx: Transaction, batch: Sequence[Received[ProgrammeOpened]]) -> None:
    """Programmes."""
    for fact, envelope in batch:
        await recall.open_programme(tx.db, terms_of(fact), envelope)


async def take_back_changed(tx: Transaction, batch: Sequence[Received[ProgrammeChanged]]) -> None:
    """Programmes after a change."""
    for fact, envelope in batch:
        await recall.change_programme(tx.db, terms_of(fact), envelope.sequence)


async def take_back_enterprises(tx: Transaction, batch: Sequence[Received[Any]]) -> None:
    """Enterprises that were registered or changed."""
    await recall.keep_enterprises(tx.db, batch)


async def take_back_closed(tx: Transaction, batch: Sequence[Received[EnterpriseClosed]]) -> None:
    """Enterprises that were closed."""
    await recall.close_enterprises(tx.db, batch)


async def take_back_people(kind: Kind, tx: Transaction, batch: Sequence[Received[Any]]) -> None:
    """Agencies or managers."""
    await recall.keep_people(tx.db, kind, batch)


_agencies, _managers = partial(take_back_people, "agency"), partial(take_back_people, "manager")
RECALLS: Hears = {
    ProgrammeOpened: take_back_opened,
    ProgrammeChanged: take_back_changed,
    AgencyApplied: _agencies,
    AgencyQualified: _agencies,
    AgencyRejected: _agencies,
    AgencySuspended: _agencies,
    AgencyReinstated: _agencies,
    ManagerTrained: _managers,
    ManagerLeft: _managers,
    EnterpriseRegistered: take_back_enterprises,
    EnterpriseChanged: take_back_enterprises,
    EnterpriseClosed: take_back_closed,
}

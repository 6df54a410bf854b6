"""What reporting hears: every fact that the contracts know. It decides nothing and says nothing, it remembers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
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
from events.contracts.scheduling import (
    PlanPublished,
    VisitCancelled,
    VisitCompleted,
    VisitMissed,
    VisitScheduled,
)
from events.transport.batch import Handler, Hears
from events.transport.db import Connection
from events.transport.outbox import Transaction
from reporting.store import attendance, enterprises, ledger, mid_year, programmes, visits

Remember: TypeAlias = Callable[[Connection, Sequence[Received[Any]]], Awaitable[None]]


def _fact(remember: Remember) -> Handler:
    """Remember facts, and enter each in the ledger by the same transaction."""

    async def handle(tx: Transaction, batch: Sequence[Received[Any]]) -> None:
        await remember(tx.db, batch)
        await ledger.enter(tx.db, batch)
        await ledger.beat(tx.db, batch)

    return handle


def _visit(remember: Remember) -> Handler:
    """Remember facts about visits, and what they change for the enterprises visited."""

    async def remember_and_sum_up(db: Connection, batch: Sequence[Received[Any]]) -> None:
        await remember(db, batch)
        await attendance.sum_up(db, batch)

    return _fact(remember_and_sum_up)


HEARS: Hears = {
    ProgrammeOpened: _fact(programmes.remember_programme),
    ProgrammeChanged: _fact(programmes.remember_programme),
    AgencyApplied: _fact(programmes.remember_agency),
    AgencyQualified: _fact(programmes.remember_agency),
    AgencyRejected: _fact(programmes.remember_agency),
    AgencySuspended: _fact(mid_year.remember_suspended),
    AgencyReinstated: _fact(mid_year.remember_reinstated),
    ManagerTrained: _fact(programmes.remember_manager),
    ManagerLeft: _fact(mid_year.remember_left),
    EnterpriseRegistered: _fact(enterprises.remember_state),
    EnterpriseChanged: _fact(enterprises.remember_state),
    EnterpriseClosed: _fact(enterprises.remember_closed),
    EnterpriseFoundEligible: _fact(enterprises.remember_decision),
    EnterpriseFoundIneligible: _fact(enterprises.remember_decision),
    VisitScheduled: _visit(visits.remember_planned),
    VisitCompleted: _visit(visits.remember_completed),
    VisitMissed: _visit(visits.remember_missed),
    VisitCancelled: _visit(visits.remember_cancelled),
    PlanPublished: _fact(programmes.remember_plan),
}

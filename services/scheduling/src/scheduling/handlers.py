"""The facts that scheduling hears: each keeps its part of the picture; fallen enterprises lose their open visits."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
from events.contracts.envelope import Announcement, Envelope, Received
from events.contracts.registry import (
    AgencyQualified,
    AgencyReinstated,
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
    CancelledReason,
    PlanPublished,
    VisitCancelled,
    VisitCompleted,
    VisitMissed,
    VisitScheduled,
)
from events.transport.batch import Hears
from events.transport.outbox import Transaction
from scheduling import policy
from scheduling.store import newcomers, picture, plans, recall, visits

Fallen = Mapping[UUID, tuple[date, Envelope]]
"""Enterprises that are no longer visited: since when, and who said so."""


async def on_programme_opened(tx: Transaction, batch: Sequence[Received[ProgrammeOpened]]) -> None:
    await picture.remember_programmes(tx.db, batch)


async def on_programme_changed(tx: Transaction, batch: Sequence[Received[ProgrammeChanged]]) -> None:
    await picture.remember_programmes(tx.db, batch)
    await ask_for_plans(tx, batch)


async def on_agency_qualified(tx: Transaction, batch: Sequence[Received[AgencyQualified]]) -> None:
    await picture.remember_agencies(tx.db, batch)


async def on_agency_suspended(tx: Transaction, batch: Sequence[Received[AgencySuspended]]) -> None:
    await picture.remember_suspensions(tx.db, batch)
    await ask_for_plans(tx, batch)


async def on_agency_reinstated(tx: Transaction, batch: Sequence[Received[AgencyReinstated]]) -> None:
    await picture.remember_reinstatements(tx.db, batch)
    await ask_for_plans(tx, batch)


async def on_manager_trained(tx: Transaction, batch: Sequence[Received[ManagerTrained]]) -> None:
    await picture.remember_managers(tx.db, batch)
    await _look_twice(tx, [received.fact.manager_id for received in batch])


async def _look_twice(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Marks the misplaced visits that can be seen; others may be on the point of being given their days."""
    await visits.remember_news(tx.db, ids)
    await visits.mark_misplaced(tx.db, ids)


async def on_manager_left(tx: Transaction, batch: Sequence[Received[ManagerLeft]]) -> None:
    await picture.remember_departures(tx.db, batch)
    await _look_twice(tx, [received.fact.manager_id for received in batch])
    await ask_for_plans(tx, batch)


async def on_enterprise_registered(tx: Transaction, batch: Sequence[Received[EnterpriseRegistered]]) -> None:
    await picture.remember_enterprises(tx.db, batch)
    enterprise_ids = [received.fact.enterprise_id for received in batch]
    await recall.fill_provinces(tx.db, enterprise_ids)
    await newcomers.remember(tx.db, enterprise_ids)


async def on_enterprise_changed(tx: Transaction, batch: Sequence[Received[EnterpriseChanged]]) -> None:
    enterprise_ids = [received.fact.enterprise_id for received in batch]
    # First this: where they are being given days just now it waits for those, and then finds the unfit ones.
    await newcomers.lock(tx.db, enterprise_ids)
    await picture.remember_enterprises(tx.db, batch)
    await recall.fill_provinces(tx.db, enterprise_ids)
    await _look_twice(tx, enterprise_ids)
    await newcomers.remember(tx.db, enterprise_ids)


async def on_enterprise_closed(tx: Transaction, batch: Sequence[Received[EnterpriseClosed]]) -> None:
    news = await picture.remember_closures(tx.db, batch)
    fallen = {r.fact.enterprise_id: (r.fact.closed_on, r.envelope) for r in picture.newest(batch)}
    await cancel(tx, {name: fallen[name] for name in news}, "enterprise_closed")


async def on_found_eligible(tx: Transaction, batch: Sequence[Received[EnterpriseFoundEligible]]) -> None:
    news = await picture.remember_decisions(tx.db, batch, eligible=True)
    await newcomers.remember(tx.db, news)


async def on_found_ineligible(tx: Transaction, batch: Sequence[Received[EnterpriseFoundIneligible]]) -> None:
    news = await picture.remember_decisions(tx.db, batch, eligible=False)
    fallen = {r.fact.enterprise_id: (r.fact.decided_on, r.envelope) for r in picture.newest(batch)}
    await cancel(tx, {name: fallen[name] for name in news}, "no_longer_eligible")


async def ask_for_plans(tx: Transaction, batch: Sequence[Received[Any]]) -> None:
    """What such facts forbid is moved by a plan; where nothing has been planned yet, nothing is begun."""
    because = {received.fact.programme_id: received.envelope.id for received in batch}
    for programme_id in sorted(because):
        await plans.request_again(tx.db, programme_id, datetime.now(UTC), f"fact {because[programme_id]}")


async def cancel(tx: Transaction, fallen: Fallen, reason: CancelledReason) -> None:
    """Cancels the open visits to enterprises, and says so."""
    # First this: where they are being given days just now it waits for those, and then finds them.
    await newcomers.forget(tx.db, fallen)
    gone = policy.cancelled(await visits.open_visits_to(tx.db, fallen))
    await visits.save(tx.db, gone)
    for visit in gone:
        cancelled_on, because = fallen[visit.enterprise_id]
        fact = VisitCancelled(**policy.identity(visit), cancelled_on=cancelled_on, reason=reason)
        tx.announce([Announcement(fact, visit.version, datetime.now(UTC), because)])


HEARS: Hears = {
    ProgrammeOpened: on_programme_opened,
    ProgrammeChanged: on_programme_changed,
    AgencyQualified: on_agency_qualified,
    AgencySuspended: on_agency_suspended,
    AgencyReinstated: on_agency_reinstated,
    ManagerTrained: on_manager_trained,
    ManagerLeft: on_manager_left,
    EnterpriseRegistered: on_enterprise_registered,
    EnterpriseChanged: on_enterprise_changed,
    EnterpriseClosed: on_enterprise_closed,
    EnterpriseFoundEligible: on_found_eligible,
    EnterpriseFoundIneligible: on_found_ineligible,
}


async def take_back_scheduled(tx: Transaction, batch: Sequence[Received[VisitScheduled]]) -> None:
    await recall.schedule(tx.db, batch)


async def take_back_ended(tx: Transaction, batch: Sequence[Received[Any]]) -> None:
    await recall.end(tx.db, [policy.as_said(fact, envelope.sequence) for fact, envelope in picture.newest(batch)])


async def take_back_plans(tx: Transaction, batch: Sequence[Received[PlanPublished]]) -> None:
    await recall.publish(tx.db, batch)


RECALLS: Hears = {
    VisitScheduled: take_back_scheduled,
    VisitCompleted: take_back_ended,
    VisitMissed: take_back_ended,
    VisitCancelled: take_back_ended,
    PlanPublished: take_back_plans,
}
"""Its own facts, by which a database restored to an older state learns again what was said."""

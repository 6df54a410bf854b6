"""Background work on visits that have lost their day: missed, crowded or unfit ones get another, fallen ones end."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from events.contracts.envelope import Announcement
from events.contracts.scheduling import VisitCancelled, VisitScheduled
from events.transport.db import Connection, Pool
from events.transport.outbox import Transaction, transaction
from scheduling import policy
from scheduling.model import SEOUL, BooksAfter, ManagerDays, OpenDays, Programme, Visit
from scheduling.store import picture, plans, visits, wishes

A_ROUND = 300
ALWAYS_OPEN = OpenDays(None, None, 0)


async def keep_booking(pool: Pool, books_after: BooksAfter) -> None:
    """Books as long as there is something to book, then looks again every half second."""
    while True:
        today = datetime.now(SEOUL).date() if books_after == "today" else date.min
        await sweep(pool)
        if not await book_round(pool, today):
            await asyncio.sleep(0.5)


async def sweep(pool: Pool) -> None:
    """Cancels what a plan has published to enterprises that fell while it was being made."""
    async with transaction(pool) as tx:
        await plans.stamp_published(tx.db)
        gone = policy.cancelled(await plans.sweep(tx.db))
        await visits.save(tx.db, gone)
        now = datetime.now(UTC)
        for visit in gone:
            said = VisitCancelled(
                **policy.identity(visit), cancelled_on=now.astimezone(SEOUL).date(), reason="no_longer_eligible"
            )
            tx.announce([Announcement(said, visit.version, now)])


async def book_round(pool: Pool, today: date) -> int:
    """Gives some visits another day, or leaves them to the next plan; how many were looked at.

    Nothing while a planner is at work, or both would use the same hours.
    """
    async with transaction(pool) as tx:
        if not await plans.is_nobody_at_work(tx.db):
            return 0
        if news := await visits.take_news(tx.db):
            await visits.mark_misplaced(tx.db, news)
    async with transaction(pool) as tx:  # another one: visits are locked in key order, and in one pass
        if not await plans.is_nobody_at_work(tx.db):
            return 0
        around = await visits.wanting_a_day(tx.db, A_ROUND)
        if around:
            await _book(tx, around, today)
        return len(around)


@dataclass
class _Desk:
    """What a round of bookings works with, kept true while it goes on."""

    siblings: dict[UUID, dict[UUID, Visit]]
    open_days: Mapping[UUID, OpenDays]
    managers: Mapping[UUID, ManagerDays]
    programmes: Mapping[UUID, Programme]
    days: Mapping[UUID, tuple[date, ...]]
    handed_back: Set[tuple[UUID, UUID, UUID]]
    today: date


async def _book(tx: Transaction, around: Sequence[Visit], today: date) -> None:
    desk = await _desk(tx.db, around, today)
    changed: dict[UUID, Visit] = {}
    for visit in sorted(around, key=lambda visit: (visit.enterprise_id, visit.ordinal)):
        is_known = visit.programme_id in desk.programmes
        if is_known and desk.siblings[visit.enterprise_id][visit.visit_id].wants_day:
            changed.update({moved.visit_id: moved for moved in _place(desk, visit)})
    await visits.save(tx.db, [changed[name] for name in sorted(changed)])
    now, versions = datetime.now(UTC), {visit.visit_id: visit.version for visit in around}
    tx.announce(
        Announcement(VisitScheduled(**policy.identity(visit), visit_on=visit.visit_on), visit.version, now)
        for visit in changed.values()
        if visit.version > versions[visit.visit_id]
    )


def _place(desk: _Desk, visit: Visit) -> list[Visit]:
    """The visit as it is booked, and those to the same enterprise that must make way for it."""
    siblings = desk.siblings[visit.enterprise_id]
    search = policy.Search(
        siblings=list(siblings.values()),
        enterprise=desk.open_days.get(visit.enterprise_id, ALWAYS_OPEN),
        managers=_by_preference(desk, visit),
        days=desk.days[visit.programme_id],
        programme=desk.programmes[visit.programme_id],
        after=_after(visit, siblings.values(), desk.today),
    )
    booked = policy.book(visit, search) or replace(visit, wants_day=False)
    if booked.visit_on != visit.visit_on or booked.state != visit.state:
        _count(desk, booked)
    crowded = policy.crowded(booked, siblings.values(), search.programme.spacing_days) if booked != visit else []
    siblings.update({moved.visit_id: moved for moved in (booked, *crowded)})
    return [booked, *crowded]


def _after(visit: Visit, siblings: Iterable[Visit], today: date) -> date:
    """Nothing is booked into the past: not before today, nor before what was reported of the enterprise."""
    told = [s.reported_on for s in siblings if s.reported_on]
    return max([today, visit.reported_on or date.min, *told])


def _by_preference(desk: _Desk, visit: Visit) -> list[ManagerDays]:
    """Its own manager and then the colleagues; of an agency that still comes there, where theirs gave the site back."""
    siblings = desk.siblings[visit.enterprise_id].values()
    others = (s for s in siblings if s.programme_id == visit.programme_id and s.state == "scheduled")
    come = [s.agency_id for s in (visit, *others) if not _is_handed_back(desk, s)]
    mine = [manager for manager in desk.managers.values() if manager.agency_id in come[:1]]
    return sorted(mine, key=lambda manager: (manager.manager_id != visit.manager_id, manager.manager_id))


def _is_handed_back(desk: _Desk, visit: Visit) -> bool:
    return (visit.programme_id, visit.enterprise_id, visit.agency_id) in desk.handed_back


def _count(desk: _Desk, booked: Visit) -> None:
    days = desk.managers[booked.manager_id].booked
    days[booked.visit_on] = days.get(booked.visit_on, 0) + 1


async def _desk(db: Connection, around: Sequence[Visit], today: date) -> _Desk:
    siblings: dict[UUID, dict[UUID, Visit]] = {}
    for visit in around:
        siblings.setdefault(visit.enterprise_id, {})[visit.visit_id] = visit
    known = await picture.programmes(db, [visit.programme_id for visit in around])
    open_days = {row["enterprise_id"]: _open_days(row) for row in await visits.open_days_of(db, siblings)}
    managers = await _managers(db, around, min(p.window_from for p in known.values()) - timedelta(days=1))
    days = {name: policy.days_of(programme) for name, programme in known.items()}
    back = await wishes.handed_back(db, siblings)
    return _Desk(siblings, open_days, managers, known, days, back, today)


async def _managers(db: Connection, around: Sequence[Visit], after: date) -> dict[UUID, ManagerDays]:
    rows = await visits.managers_of(db, [visit.agency_id for visit in around])
    managers = {row["manager_id"]: _manager(row) for row in rows}
    for row in await visits.booked_days(db, list(managers), after):
        managers[row["manager_id"]].booked[row["visit_on"]] = row["visits"]
    return managers


def _open_days(row: asyncpg.Record) -> OpenDays:
    return OpenDays(row["open_from"], row["open_until"], row["closed_weekdays"], frozenset(row["closed_days"]))


def _manager(row: asyncpg.Record) -> ManagerDays:
    said: dict[str, Any] = {**row, "leave_days": frozenset(row["leave_days"])}
    return ManagerDays(**said, booked={})

"""Visits and their reports."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from events.transport.db import Connection
from scheduling.model import Report, Visit

COLUMNS = ", ".join(Visit.__dataclass_fields__)


async def with_siblings(db: Connection, visit_ids: Iterable[UUID]) -> list[Visit]:
    """Locks visits and all others to the same enterprises, in key order."""
    rows = await db.fetch(
        f"""select {COLUMNS} from visit
            where enterprise_id in (select enterprise_id from visit where visit_id = any($1))
            order by visit_id for update""",  # noqa: S608 - our own column names
        list(set(visit_ids)),
    )
    return [Visit(**row) for row in rows]


async def open_visits_to(db: Connection, enterprise_ids: Iterable[UUID]) -> list[Visit]:
    """Locks the open visits to enterprises, in key order."""
    rows = await db.fetch(
        f"""select {COLUMNS} from visit where enterprise_id = any($1) and state in ('scheduled', 'missed')
            order by visit_id for update""",  # noqa: S608 - our own column names
        list(set(enterprise_ids)),
    )
    return [Visit(**row) for row in rows]


async def save(db: Connection, visits: Sequence[Visit]) -> None:
    """Writes what may change of visits that are locked."""
    await db.execute(
        """update visit v set manager_id = n.manager_id, agency_id = n.agency_id, visit_on = n.visit_on,
               state = n.state, version = n.version, reported_on = n.reported_on, risk_after = n.risk_after,
               wants_day = n.wants_day, is_pinned = n.is_pinned
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::text[], $6::bigint[], $7::date[],
                       $8::smallint[], $9::boolean[], $10::boolean[])
                n(visit_id, manager_id, agency_id, visit_on, state, version, reported_on, risk_after, wants_day,
                  is_pinned)
           where v.visit_id = n.visit_id""",
        [visit.visit_id for visit in visits],
        [visit.manager_id for visit in visits],
        [visit.agency_id for visit in visits],
        [visit.visit_on for visit in visits],
        [visit.state for visit in visits],
        [visit.version for visit in visits],
        [visit.reported_on for visit in visits],
        [visit.risk_after for visit in visits],
        [visit.wants_day for visit in visits],
        [visit.is_pinned for visit in visits],
    )


async def digests(db: Connection, reports: Sequence[Report]) -> dict[tuple[UUID, UUID], bytes]:
    """The digests of those reports, by visit and report, that took effect before."""
    rows = await db.fetch(
        """select visit_id, report_id, digest from report
           where (visit_id, report_id) in (select * from unnest($1::uuid[], $2::uuid[]))""",
        [report.visit_id for report in reports],
        [report.report_id for report in reports],
    )
    return {(row["visit_id"], row["report_id"]): row["digest"] for row in rows}


async def keep_reports(db: Connection, reports: Sequence[Report], received_at: datetime, received_from: str) -> None:
    await db.execute(
        """insert into report
           select visit_id, report_id, digest, $4, $5
           from unnest($1::uuid[], $2::uuid[], $3::bytea[]) r(visit_id, report_id, digest)""",
        [report.visit_id for report in reports],
        [report.report_id for report in reports],
        [report.digest for report in reports],
        received_at,
        received_from,
    )


async def keep_last_day(db: Connection, visit_ids: Iterable[UUID]) -> None:
    """Keeps the last day that was reported of; only the first report of a later day locks anything."""
    await db.execute(
        """insert into last_report
           select programme_id, day
           from (select programme_id, max(reported_on) as day from visit where visit_id = any($1) group by 1) told
           where day is not null
             and not exists (select from last_report l
                             where l.programme_id = told.programme_id and l.reported_on >= told.day)
           order by programme_id
           on conflict (programme_id) do update
               set reported_on = greatest(last_report.reported_on, excluded.reported_on)""",
        list(visit_ids),
    )


async def mark_misplaced(db: Connection, ids: Iterable[UUID]) -> None:
    """Scheduled visits of these managers, and to these enterprises, want another day where theirs cannot be.

    Because the site is closed, or the manager away. Locked in key order.
    """
    await db.execute(
        """with misplaced as (
               select visit_id from visit v
               where (v.manager_id = any($1) or v.enterprise_id = any($1)) and v.state = 'scheduled' and not v.wants_day
                 and (exists (select from enterprise e
                              where e.enterprise_id = v.enterprise_id
                                and (v.visit_on < e.open_from or v.visit_on > e.open_until
                                     or e.closed_weekdays >> (extract(isodow from v.visit_on)::int - 1) & 1 = 1
                                     or v.visit_on = any(e.closed_days)))
                      or exists (select from manager m
                                 where m.manager_id = v.manager_id
                                   and (v.visit_on = any(m.leave_days) or v.visit_on <= m.trained_on)))
               order by v.visit_id for update)
           update visit v set wants_day = true from misplaced where v.visit_id = misplaced.visit_id""",
        list(set(ids)),
    )


async def remember_news(db: Connection, ids: Iterable[UUID]) -> None:
    """Visits of these managers, and to these enterprises, are looked at again once nobody gives out days."""
    await db.execute("insert into look_again select unnest($1::uuid[])", list(set(ids)))


async def take_news(db: Connection) -> set[UUID]:
    """Whom to look at again; only for who knows that nobody else gives out days, so that every visit can be seen."""
    return {row["id"] for row in await db.fetch("delete from look_again returning id")}


async def of_whom_was_heard(db: Connection) -> set[UUID]:
    """The managers and enterprises of whom something was heard since it was last looked again."""
    rows = await db.fetch("select distinct id from look_again")
    return {row["id"] for row in rows}


async def wanting_a_day(db: Connection, most: int) -> list[Visit]:
    """Visits that wait for a day, an agency's together, with all others to their enterprises; locked in key order.

    Those of a programme that is not known (again) yet wait for that first.
    """
    rows = await db.fetch(
        """select visit_id from visit where wants_day and programme_id in (select programme_id from programme)
           order by agency_id, visit_id limit $1""",
        most,
    )
    return await with_siblings(db, [row["visit_id"] for row in rows])


async def managers_of(db: Connection, agency_ids: Iterable[UUID]) -> list[asyncpg.Record]:
    """The trained managers of agencies, with the agency's licence."""
    return await db.fetch(
        """select manager_id, agency_id, m.visits_a_day, m.trained_on, m.leave_days, m.left_on,
                  a.licence_until, a.suspended_from, a.suspended_until
           from manager_now m join agency_now a using (agency_id) where agency_id = any($1) order by manager_id""",
        list(set(agency_ids)),
    )


async def booked_days(db: Connection, manager_ids: Sequence[UUID], after: date) -> list[asyncpg.Record]:
    """How many visits managers have on each day after a day."""
    return await db.fetch(
        """select manager_id, visit_on, count(*) visits from visit
           where manager_id = any($1) and visit_on > $2 and state in ('scheduled', 'completed')
           group by manager_id, visit_on""",
        manager_ids,
        after,
    )


async def open_days_of(db: Connection, enterprise_ids: Iterable[UUID]) -> list[asyncpg.Record]:
    return await db.fetch(
        """select enterprise_id, open_from, open_until, closed_weekdays, closed_days
           from enterprise where enterprise_id = any($1)""",
        list(set(enterprise_ids)),
    )

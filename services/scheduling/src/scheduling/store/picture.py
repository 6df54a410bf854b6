"""The picture of what other services have said; each fact guarded by the version of its subject."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from events.contracts.envelope import Fact, Received
from events.contracts.registry import (
    AgencyQualified,
    AgencyReinstated,
    AgencySuspended,
    EnterpriseChanged,
    EnterpriseClosed,
    EnterpriseRegistered,
    ManagerLeft,
    ManagerTrained,
)
from events.transport.db import Connection, Pool
from scheduling.model import Programme

AnyFact = TypeVar("AnyFact", bound=Fact)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def newest(batch: Sequence[Received[AnyFact]]) -> list[Received[AnyFact]]:
    """The last word on each subject, in the order of the subjects, so that no two batches lock crosswise."""
    last: dict[str, Received[AnyFact]] = {}
    for received in batch:
        before = last.get(received.envelope.subject)
        if before is None or received.envelope.sequence >= before.envelope.sequence:
            last[received.envelope.subject] = received
    return [last[subject] for subject in sorted(last)]


async def remember_programmes(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Whole states, of an opening or of a change alike."""
    await db.executemany(
        """insert into programme values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           on conflict (programme_id) do update set
               version = excluded.version, window_from = excluded.window_from, window_until = excluded.window_until,
               minimum_visits = excluded.minimum_visits, spacing_days = excluded.spacing_days,
               visits_a_day = excluded.visits_a_day, training_days = excluded.training_days,
               holidays_added = excluded.holidays_added, workdays_added = excluded.workdays_added,
               reserve_share = excluded.reserve_share, third_visit_from_risk = excluded.third_visit_from_risk,
               target_enterprises = excluded.target_enterprises, is_synthetic = excluded.is_synthetic
           where programme.version < excluded.version""",
        [_programme_row(received) for received in newest(batch)],
    )


async def remember_agencies(db: Connection, batch: Sequence[Received[AgencyQualified]]) -> None:
    await db.executemany(
        """insert into agency values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (agency_id) do update set
               version = excluded.version, programme_id = excluded.programme_id, sectors = excluded.sectors,
               provinces = excluded.provinces, latitude = excluded.latitude, longitude = excluded.longitude,
               qualified_on = excluded.qualified_on, licence_until = excluded.licence_until
           where agency.version < excluded.version""",
        [_agency_row(received) for received in newest(batch)],
    )


async def remember_managers(db: Connection, batch: Sequence[Received[ManagerTrained]]) -> None:
    await db.executemany(
        """insert into manager values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (manager_id) do update set
               version = excluded.version, agency_id = excluded.agency_id, programme_id = excluded.programme_id,
               latitude = excluded.latitude, longitude = excluded.longitude, visits_a_day = excluded.visits_a_day,
               trained_on = excluded.trained_on, leave_days = excluded.leave_days
           where manager.version < excluded.version""",
        [_manager_row(received) for received in newest(batch)],
    )


async def remember_suspensions(db: Connection, batch: Sequence[Received[AgencySuspended]]) -> None:
    await db.executemany(
        """insert into suspension values ($1, $2, $3, $4)
           on conflict (agency_id) do update set
               version = excluded.version, suspended_from = excluded.suspended_from,
               suspended_until = excluded.suspended_until
           where suspension.version < excluded.version""",
        [(r.fact.agency_id, r.envelope.sequence, r.fact.suspended_from, r.fact.suspended_until) for r in newest(batch)],
    )


async def remember_reinstatements(db: Connection, batch: Sequence[Received[AgencyReinstated]]) -> None:
    await db.executemany(
        """insert into reinstatement values ($1, $2, $3)
           on conflict (agency_id) do update set
               version = excluded.version, reinstated_from = excluded.reinstated_from
           where reinstatement.version < excluded.version""",
        [(r.fact.agency_id, r.envelope.sequence, r.fact.reinstated_from) for r in newest(batch)],
    )


async def remember_departures(db: Connection, batch: Sequence[Received[ManagerLeft]]) -> None:
    await db.executemany(
        """insert into departure values ($1, $2, $3)
           on conflict (manager_id) do update set version = excluded.version, left_on = excluded.left_on
           where departure.version < excluded.version""",
        [(r.fact.manager_id, r.envelope.sequence, r.fact.left_on) for r in newest(batch)],
    )


async def remember_enterprises(db: Connection, batch: Sequence[Received[Any]]) -> None:
    """Whole states, of a registration or of a change alike."""
    columns = zip(*(_enterprise_row(received) for received in newest(batch)), strict=True)
    await db.execute(
        """insert into enterprise
           select id, version, province, latitude, longitude, risk, opens, shuts, weekdays, liked, days::date[]
           from unnest($1::uuid[], $2::bigint[], $3::text[], $4::float8[], $5::float8[], $6::smallint[], $7::date[],
                       $8::date[], $9::smallint[], $10::smallint[], $11::text[])
                e(id, version, province, latitude, longitude, risk, opens, shuts, weekdays, liked, days)
           on conflict (enterprise_id) do update set
               version = excluded.version, province = excluded.province, latitude = excluded.latitude,
               longitude = excluded.longitude, risk = excluded.risk, open_from = excluded.open_from,
               open_until = excluded.open_until, closed_weekdays = excluded.closed_weekdays,
               preferred_weekdays = excluded.preferred_weekdays, closed_days = excluded.closed_days
           where enterprise.version < excluded.version""",
        *map(list, columns),
    )


async def remember_closures(db: Connection, batch: Sequence[Received[EnterpriseClosed]]) -> set[UUID]:
    """Says whom this newly closed; a state with a higher version has opened an enterprise again."""
    last = newest(batch)
    rows = await db.fetch(
        """with told as (
               insert into closure select * from unnest($1::uuid[], $2::bigint[], $3::date[])
               on conflict (enterprise_id) do update set version = excluded.version, closed_on = excluded.closed_on
               where closure.version < excluded.version returning enterprise_id, version)
           select enterprise_id from told t
           where not exists (select from enterprise e where e.enterprise_id = t.enterprise_id and e.version > t.version)
        """,
        [received.fact.enterprise_id for received in last],
        [received.envelope.sequence for received in last],
        [received.fact.closed_on for received in last],
    )
    return {row["enterprise_id"] for row in rows}


async def remember_decisions(db: Connection, batch: Sequence[Received[Any]], *, eligible: bool) -> set[UUID]:
    """Says whose decision this was news of."""
    last = newest(batch)
    rows = await db.fetch(
        """insert into decision
           select enterprise_id, version, $1, sector, decided_on
           from unnest($2::uuid[], $3::bigint[], $4::text[], $5::date[]) d(enterprise_id, version, sector, decided_on)
           on conflict (enterprise_id) do update set
               version = excluded.version, is_eligible = excluded.is_eligible, sector = excluded.sector,
               decided_on = excluded.decided_on
           where decision.version < excluded.version
           returning enterprise_id""",
        eligible,
        [received.fact.enterprise_id for received in last],
        [received.envelope.sequence for received in last],
        [received.fact.sector for received in last],
        [received.fact.decided_on for received in last],
    )
    return {row["enterprise_id"] for row in rows}


async def programmes(db: Connection | Pool, programme_ids: Iterable[UUID]) -> dict[UUID, Programme]:
    rows = await db.fetch("select * from programme where programme_id = any($1)", list(set(programme_ids)))
    return {row["programme_id"]: _programme(row) for row in rows}


async def heard(pool: Pool, programme_id: UUID) -> Mapping[str, int]:
    """How much of the nation this service has heard of, so that one knows when a plan is worth asking for."""
    row = await pool.fetchrow(
        """select (select count(*) from agency where programme_id = $1) agencies,
                  (select count(*) from manager where programme_id = $1) managers,
                  (select count(*) from enterprise) enterprises,
                  (select count(*) from closure) closed,
                  (select count(*) from decision where is_eligible) eligible,
                  (select count(*) from decision where not is_eligible) ineligible""",
        programme_id,
    )
    return dict(row or {})


def _programme_row(received: Received[Any]) -> tuple[object, ...]:
    fact = received.fact
    return (
        *(fact.programme_id, received.envelope.sequence, fact.window_from, fact.window_until, fact.minimum_visits),
        *(fact.spacing_days, fact.visits_a_day, fact.training_days, fact.holidays_added, fact.workdays_added),
        *(fact.reserve_share, fact.third_visit_from_risk, fact.target_enterprises),
        fact.is_synthetic,
    )


def _agency_row(received: Received[AgencyQualified]) -> tuple[object, ...]:
    fact = received.fact
    return (
        *(fact.agency_id, received.envelope.sequence, fact.programme_id, fact.sectors, fact.provinces),
        *(fact.latitude, fact.longitude, fact.qualified_on, fact.licence_until),
    )


def _manager_row(received: Received[ManagerTrained]) -> tuple[object, ...]:
    fact = received.fact
    return (
        *(fact.manager_id, received.envelope.sequence, fact.agency_id, fact.programme_id),
        *(fact.latitude, fact.longitude, fact.visits_a_day, fact.trained_on, fact.leave_days),
    )


def _enterprise_row(received: Received[EnterpriseRegistered | EnterpriseChanged]) -> tuple[object, ...]:
    fact = received.fact
    return (
        *(fact.enterprise_id, received.envelope.sequence, fact.province, fact.latitude, fact.longitude, fact.risk),
        *(fact.open_from, fact.open_until, bits(fact.closed_weekdays), bits(fact.preferred_weekdays)),
        f"{{{','.join(map(str, fact.closed_days))}}}",  # an array of arrays has to be a rectangle, a text has not
    )


def bits(weekdays: Iterable[str]) -> int:
    """Weekdays as a bit set; bit 0 is Monday."""
    return sum(1 << WEEKDAYS.index(day) for day in set(weekdays))


def _programme(row: asyncpg.Record) -> Programme:
    said: dict[str, Any] = {name: row[name] for name in Programme.__dataclass_fields__}
    said |= {name: tuple(said[name]) for name in ("training_days", "holidays_added", "workdays_added")}
    return Programme(**said)

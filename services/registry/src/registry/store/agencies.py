"""Agencies and their inspections in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from events.transport.db import Connection
from registry.model.agencies import Agency, Application, Inspection

_FIELDS = (
    "agency_id, programme_id, name, business_number, sectors, provinces, province, address, latitude, longitude, "
    "applied_on, licence_until, is_synthetic, status, version"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whose rows are told: one agency's or all, of some provinces or of all, one manager's own or everybody's."""

    agency_id: str | None
    provinces: Sequence[str] | None
    manager_id: str | None


async def load(db: Connection, ids: Sequence[UUID]) -> dict[UUID, Agency]:
    """The agencies of those ids."""
    rows = await db.fetch(f"select {_FIELDS} from agency where agency_id = any($1)", ids)  # noqa: S608 - our own column names
    return {row["agency_id"]: _agency(row) for row in rows}


async def taken_numbers(db: Connection, programme_id: UUID, numbers: Sequence[str]) -> dict[str, UUID]:
    """Business numbers under which an agency of the programme has applied already."""
    rows = await db.fetch(
        "select business_number, agency_id from agency where programme_id = $1 and business_number = any($2)",
        programme_id,
        numbers,
    )
    return {row["business_number"]: row["agency_id"] for row in rows}


async def save(db: Connection, agencies: Sequence[Agency]) -> None:
    """Keep agencies as they are now."""
    await db.executemany(
        f"insert into agency ({_FIELDS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "  # noqa: S608 - our own column names
        "on conflict (agency_id) do update set name = excluded.name, business_number = excluded.business_number, "
        "sectors = excluded.sectors, provinces = excluded.provinces, province = excluded.province, "
        "address = excluded.address, latitude = excluded.latitude, longitude = excluded.longitude, "
        "applied_on = excluded.applied_on, licence_until = excluded.licence_until, "
        "is_synthetic = excluded.is_synthetic, status = excluded.status, version = excluded.version",
        [_row(agency) for agency in sorted(agencies, key=lambda agency: agency.application.agency_id)],
    )


async def inspections(db: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Inspection, ...]]:
    """The inspections of agencies, the earliest first."""
    rows = await db.fetch(
        "select agency_id, inspected_on, points from inspection where agency_id = any($1) order by inspected_on", ids
    )
    found: dict[UUID, tuple[Inspection, ...]] = {}
    for row in rows:
        points = Inspection.model_validate_json(row["points"])
        found[row["agency_id"]] = (*found.get(row["agency_id"], ()), points)
    return found


async def keep_inspections(db: Connection, inspected: Sequence[tuple[Inspection, float, bool]]) -> None:
    """Keep inspections with their score and whether it is a pass."""
    await db.executemany(
        "insert into inspection (agency_id, inspected_on, points, score, is_passed) values ($1, $2, $3, $4, $5)",
        [(one.agency_id, one.inspected_on, one.model_dump_json(), score, passed) for one, score, passed in inspected],
    )


def within(place: int) -> str:
    """As SQL over a row, whether an agency is an affair of the provinces in a parameter; the policy's `lies_within`."""
    provinces = f"${place}::text[]"
    its_own = f"coalesce(province = any({provinces}), provinces <> '{{}}' and provinces <@ {provinces})"
    return f"({provinces} is null or {its_own})"


async def page(db: Connection, whose: Bounds, *, status: str | None, after: UUID, limit: int) -> list[dict[str, Any]]:
    """Agencies in the order of their ids, with their newest score and suspension, within bounds."""
    rows = await db.fetch(
        f"select {_FIELDS}, (select score from inspection i where i.agency_id = a.agency_id "  # noqa: S608 - our own column names
        "order by inspected_on desc limit 1) score, suspended_from, suspended_until from agency a left join lateral "
        "(select suspended_from, coalesce(reinstated_from - 1, suspended_until) suspended_until from suspension s "
        "where s.agency_id = a.agency_id and reinstated_from is distinct from suspended_from "
        "order by s.version desc limit 1) newest on true where agency_id > $1 "
        f"and ($2::text is null or agency_id = $2::uuid) and {within(3)} and ($4::text is null or status = $4) "
        "order by agency_id limit $5",
        after,
        whose.agency_id,
        whose.provinces,
        status,
        limit,
    )
    return [dict(row) for row in rows]


async def counts(db: Connection, whose: Bounds) -> dict[str, int]:
    """How many agencies are in each status, within the same bounds as the rows."""
    rows = await db.fetch(
        "select status, count(*) from agency "  # noqa: S608 - our own texts
        f"where ($1::text is null or agency_id = $1::uuid) and {within(2)} group by status",
        whose.agency_id,
        whose.provinces,
    )
    return {"applied": 0, "qualified": 0, "rejected": 0} | {row["status"]: row["count"] for row in rows}


def _agency(row: asyncpg.Record) -> Agency:
    values: Mapping[str, Any] = dict(row)
    application = Application.model_validate({**values, "synthetic": row["is_synthetic"]})
    return Agency(application, row["programme_id"], row["status"], row["version"])


def _row(agency: Agency) -> tuple[object, ...]:
    said = agency.application
    return (
        *(said.agency_id, agency.programme_id, said.name, said.business_number, said.sectors, said.provinces),
        *(said.province, said.address, said.latitude, said.longitude, said.applied_on, said.licence_until),
        *(said.synthetic, agency.status, agency.version),
    )

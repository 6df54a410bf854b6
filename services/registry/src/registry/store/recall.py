"""What was said, taken back into a database that was restored to an older state; each by its version, in any state."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from events.contracts.envelope import Envelope, Fact, Received
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
)
from events.transport.db import Connection
from registry.model.programmes import Terms

Kind = Literal["agency", "manager"]
_STATE = (
    *("industry_code", "industry_code_system", "headcount", "contract_value_won", "province", "district", "latitude"),
    *("longitude", "risk", "open_from", "open_until", "closed_weekdays", "closed_days", "preferred_weekdays"),
    "is_synthetic",
)
_ENTERPRISE = f"""
    insert into enterprise (enterprise_id, version, {", ".join(_STATE)}, name, business_number, address, is_placed,
                            is_closed)
    values ($1, $2, {", ".join(f"${number}" for number in range(3, 3 + len(_STATE)))}, '', '', '', false, false)
    on conflict (enterprise_id) do update set
        version = excluded.version, {", ".join(f"{name} = excluded.{name}" for name in _STATE)}, is_closed = false,
        template_digest = null, pension_digest = null
    where enterprise.version < excluded.version
"""  # noqa: S608 - our own column names
_KNOWN: Mapping[type[Fact], str] = {
    AgencyApplied: """
        update agency set version = $2, sectors = $3, provinces = $4, latitude = $5, longitude = $6, applied_on = $7
        where agency_id = $1 and version < $2""",
    AgencyQualified: """
        update agency set version = $2, sectors = $3, provinces = $4, latitude = $5, longitude = $6,
               licence_until = $7, status = 'qualified'
        where agency_id = $1 and version < $2""",
    AgencyRejected: "update agency set version = $2, status = 'rejected' where agency_id = $1 and version < $2",
    AgencySuspended: """
        with known as (update agency set version = $2 where agency_id = $1 and version < $2 returning agency_id)
        insert into suspension (agency_id, version, suspended_from, suspended_until, reason, decided_on)
        select agency_id, $2, $3, $4, $5, $6 from known
        on conflict (agency_id, suspended_from) do update set
            version = excluded.version, suspended_until = excluded.suspended_until, reason = excluded.reason,
            decided_on = excluded.decided_on, reinstated_from = null""",
    AgencyReinstated: """
        with known as (update agency set version = $2 where agency_id = $1 and version < $2 returning agency_id)
        update suspension set version = $2, reinstated_from = $3
        where (agency_id, version) in (select agency_id, max(s.version) from known join suspension s using (agency_id)
                                       group by agency_id)""",
    ManagerTrained: """
        update manager set version = $2, latitude = $3, longitude = $4, visits_a_day = $5, trained_on = $6,
               leave_days = $7, left_on = null
        where manager_id = $1 and version < $2""",
    ManagerLeft: "update manager set version = $2, left_on = $3 where manager_id = $1 and version < $2",
}
_FIELDS: Mapping[type[Fact], Sequence[str]] = {
    AgencyApplied: ("sectors", "provinces", "latitude", "longitude", "applied_on"),
    AgencyQualified: ("sectors", "provinces", "latitude", "longitude", "licence_until"),
    AgencyRejected: (),
    AgencySuspended: ("suspended_from", "suspended_until", "reason", "decided_on"),
    AgencyReinstated: ("reinstated_from",),
    ManagerTrained: ("latitude", "longitude", "visits_a_day", "trained_on", "leave_days"),
    ManagerLeft: ("left_on",),
}
_FORGOTTEN = """
    insert into forgotten (kind, id, version, said, fact)
    select $1, $2, $3, $4, $5::jsonb where not exists (select from {kind} where {kind}_id = $2)
    on conflict (kind, id) do update set version = excluded.version, said = excluded.said, fact = excluded.fact
    where forgotten.version < excluded.version
"""
_TO_HAND_IN = """
    select kind, id, version, said, fact from forgotten f
    where not exists (select from agency where agency_id = f.id)
      and not exists (select from manager where manager_id = f.id)
    union all select 'programme', programme_id, version, null, null from programme where is_read_back
    order by kind, id
"""


async def keep_enterprises(
    db: Connection, batch: Sequence[Received[EnterpriseRegistered] | Received[EnterpriseChanged]]
) -> None:
    """Enterprises as they were said; the next file that has them brings their name, number and address."""
    await db.executemany(
        _ENTERPRISE,
        [(fact.enterprise_id, envelope.sequence, *map(_cell, _STATE, _of(fact, _STATE))) for fact, envelope in batch],
    )


async def close_enterprises(db: Connection, batch: Sequence[Received[EnterpriseClosed]]) -> None:
    """Enterprises that had ceased to be."""
    await db.executemany(
        "update enterprise set is_closed = true, version = $2 where enterprise_id = $1 and version < $2",
        [(fact.enterprise_id, envelope.sequence) for fact, envelope in batch],
    )


async def keep_people(db: Connection, kind: Kind, batch: Sequence[Received[Any]]) -> None:
    """Agencies or managers: those that are known as they were said; of the others, what was said last."""
    for fact, envelope in batch:
        fields = _of(fact, _FIELDS[type(fact)])
        await db.execute(_KNOWN[type(fact)], getattr(fact, f"{kind}_id"), envelope.sequence, *fields)
        await _note(db, kind, fact, envelope)


async def _note(db: Connection, kind: Kind, fact: Fact, envelope: Envelope) -> None:
    row = (kind, UUID(fact.subject), envelope.sequence, fact.type, fact.model_dump_json())
    await db.execute(_FORGOTTEN.format(kind=kind), *row)


async def open_programme(db: Connection, terms: Terms, envelope: Envelope) -> None:
    """A programme as it was opened; the same file again brings how its agencies are inspected."""
    await db.execute(
        "insert into programme (programme_id, terms, standing, opened_at, is_read_back) values ($1, $2, $2, $3, true) "
        "on conflict do nothing",
        terms.programme_id,
        terms.model_dump_json(),
        envelope.occurred_at,
    )


async def change_programme(db: Connection, terms: Terms, version: int) -> None:
    """A programme as it stood after a change."""
    await db.execute(
        "update programme set version = $3, standing = standing || $2::jsonb where programme_id = $1 and version < $3",
        terms.programme_id,
        terms.model_dump_json(exclude={"inspection", "opened_on"}),
        version,
    )


async def versions(db: Connection, kind: Kind, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions that were reached by agencies or managers who are not known any more."""
    rows = await db.fetch("select id, version from forgotten where kind = $1 and id = any($2)", kind, ids)
    return {row["id"]: row["version"] for row in rows}


async def to_hand_in(db: Connection) -> dict[str, Any]:
    """What has to be handed in again: agencies, managers and programmes by name, enterprises by number."""
    rows = await db.fetch(_TO_HAND_IN)
    nameless = await db.fetchval("select count(*) from enterprise where name = '' and not is_closed")
    return {"enterprises_without_a_name": nameless, "forgotten": [dict(row) for row in rows]}


def _of(fact: Fact, names: Sequence[str]) -> list[Any]:
    return [getattr(fact, name) for name in names]


def _cell(name: str, value: Any) -> Any:
    return "|".join(value) if name.endswith("_weekdays") else value  # weekdays lie in a cell, mon|tue

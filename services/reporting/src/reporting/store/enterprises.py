"""Remembers enterprises: what the registry says of them, and what eligibility decided; and counts them."""

from collections.abc import Sequence
from typing import Any

from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
from events.contracts.envelope import Received
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from events.transport.db import Connection
from reporting.store import attendance
from reporting.store.changes import MOVED, SHARD, added
from reporting.store.columns import columns

_COUNTED = added(
    "enterprise_count",
    ("place", "sector"),
    ("registered", "synthetic", "closed", "eligible", "ineligible", "targeted", "high_risk"),
    f"""
    select {SHARD}, coalesce(place, ''), coalesce(sector, ''),
        sum(sign) filter (where state_version is not null), sum(sign) filter (where is_synthetic),
        sum(sign) filter (where is_closed),
        sum(sign) filter (where is_eligible), sum(sign) filter (where not is_eligible),
        sum(sign) filter (where is_target), sum(sign) filter (where is_target and is_high_risk)
    from moved group by place, sector
    """,  # noqa: S608 - our own text
)

_STATE = """
    insert into enterprise as known (state_version, enterprise_id, province, district, risk, is_synthetic)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::text[], $4::text[], $5::smallint[],
        $6::boolean[]) heard(version, id) order by id, version desc
    on conflict (enterprise_id) do update set
        state_version = excluded.state_version, province = excluded.province, district = excluded.district,
        risk = excluded.risk, is_synthetic = excluded.is_synthetic
    where known.state_version is null or excluded.state_version > known.state_version
"""
_CLOSED = """
    insert into enterprise as known (closed_version, enterprise_id)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[]) heard(version, id) order by id, version desc
    on conflict (enterprise_id) do update set closed_version = excluded.closed_version
    where known.closed_version is null or excluded.closed_version > known.closed_version
"""
_DECISION = """
    insert into enterprise as known (decision_version, enterprise_id, sector, decided_province, is_eligible)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::text[], $4::text[], $5::boolean[])
        heard(version, id) order by id, version desc
    on conflict (enterprise_id) do update set
        decision_version = excluded.decision_version, sector = excluded.sector,
        decided_province = excluded.decided_province, is_eligible = excluded.is_eligible
    where known.decision_version is null or excluded.decision_version > known.decision_version
"""


async def remember_state(
    db: Connection, batch: Sequence[Received[EnterpriseRegistered] | Received[EnterpriseChanged]]
) -> None:
    """Where enterprises are, and how much is at risk there."""
    await _remember(db, batch, _STATE, columns(batch, "enterprise_id", "province", "district", "risk", "is_synthetic"))


async def remember_closed(db: Connection, batch: Sequence[Received[EnterpriseClosed]]) -> None:
    """Enterprises that ceased to be."""
    await _remember(db, batch, _CLOSED, columns(batch, "enterprise_id"))


async def remember_decision(
    db: Connection, batch: Sequence[Received[EnterpriseFoundEligible] | Received[EnterpriseFoundIneligible]]
) -> None:
    """Whether the programme is for these enterprises, and by which sector's rule."""
    verdicts = [isinstance(received.fact, EnterpriseFoundEligible) for received in batch]
    known = columns(batch, "enterprise_id", "sector", "province")
    await _remember(db, batch, _DECISION, [*known, verdicts])


async def _remember(db: Connection, batch: Sequence[Received[Any]], upsert: str, known: list[list[Any]]) -> None:
    await db.execute(f"with changed as ({upsert} returning old, new), {MOVED} {_COUNTED}", *known)
    await attendance.place(db, batch)

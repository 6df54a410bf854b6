"""Remembers programmes, their agencies and managers, and published plans."""

from collections.abc import Sequence

from events.contracts.envelope import Received
from events.contracts.registry import (
    AgencyApplied,
    AgencyQualified,
    AgencyRejected,
    ManagerTrained,
    ProgrammeChanged,
    ProgrammeOpened,
)
from events.contracts.scheduling import PlanPublished
from events.transport.db import Connection
from reporting.store.columns import columns

_PROGRAMME = """
    insert into programme as known (version, programme_id, year, window_from, window_until,
                                    target_enterprises, minimum_visits, is_synthetic)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::integer[], $4::date[], $5::date[],
        $6::integer[], $7::integer[], $8::boolean[]) heard(version, id) order by id, version desc
    on conflict (programme_id) do update set
        version = excluded.version, year = excluded.year, window_from = excluded.window_from,
        window_until = excluded.window_until, target_enterprises = excluded.target_enterprises,
        minimum_visits = excluded.minimum_visits, is_synthetic = excluded.is_synthetic
    where excluded.version > known.version
"""
_AGENCY = """
    insert into agency as known (version, agency_id, programme_id, state)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::text[]) heard(version, id)
    order by id, version desc
    on conflict (agency_id) do update set
        version = excluded.version, programme_id = excluded.programme_id, state = excluded.state
    where excluded.version > known.version
"""
_MANAGER = """
    insert into manager as known (version, manager_id, programme_id, agency_id, trained_on)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::uuid[], $5::date[])
        heard(version, id) order by id, version desc
    on conflict (manager_id) do update set
        version = excluded.version, programme_id = excluded.programme_id,
        agency_id = excluded.agency_id, trained_on = excluded.trained_on
    where excluded.version > known.version
"""
_PLAN = """
    insert into plan as known (version, plan_id, programme_id, enterprises, visits, unscheduled, published_on)
    select distinct on (id) * from unnest($1::integer[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[],
        $6::integer[], $7::date[]) heard(version, id) order by id, version desc
    on conflict (plan_id) do update set
        version = excluded.version, enterprises = excluded.enterprises, visits = excluded.visits,
        unscheduled = excluded.unscheduled, published_on = excluded.published_on
    where excluded.version > known.version
"""


async def remember_programme(
    db: Connection, batch: Sequence[Received[ProgrammeOpened] | Received[ProgrammeChanged]]
) -> None:
    """Programmes as they were opened, or as they were changed since."""
    fields = ("year", "window_from", "window_until", "target_enterprises", "minimum_visits", "is_synthetic")
    await db.execute(_PROGRAMME, *columns(batch, "programme_id", *fields))


async def remember_agency(
    db: Connection, batch: Sequence[Received[AgencyApplied] | Received[AgencyQualified] | Received[AgencyRejected]]
) -> None:
    """How far agencies came with their application; the type's third word is the state."""
    states = [received.fact.type.split(".")[2] for received in batch]
    await db.execute(_AGENCY, *columns(batch, "agency_id", "programme_id"), states)


async def remember_manager(db: Connection, batch: Sequence[Received[ManagerTrained]]) -> None:
    """Managers who completed their training."""
    await db.execute(_MANAGER, *columns(batch, "manager_id", "programme_id", "agency_id", "trained_on"))


async def remember_plan(db: Connection, batch: Sequence[Received[PlanPublished]]) -> None:
    """Plans that were published."""
    fields = ("enterprises", "visits", "unscheduled", "published_on")
    await db.execute(_PLAN, *columns(batch, "plan_id", "programme_id", *fields))

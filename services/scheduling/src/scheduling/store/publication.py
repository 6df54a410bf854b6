"""What a plan writes: very many rows at once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from events.transport.db import Connection
from scheduling.model import Visit

_COLUMNS = (
    *("visit_id", "programme_id", "enterprise_id", "ordinal", "agency_id", "manager_id", "province"),
    *("visit_on", "state", "version"),
)


async def insert_visits(db: Connection, plan_id: UUID, visits: Iterable[Visit]) -> None:
    """Visits that are planned for the first time."""
    rows = ((plan_id, *(getattr(visit, name) for name in _COLUMNS)) for visit in visits)
    await db.copy_records_to_table("visit", columns=("plan_id", *_COLUMNS), records=rows)


async def schedule_again(db: Connection, plan_id: UUID, visits: Sequence[Visit]) -> set[UUID]:
    """Missed or cancelled visits get a day again, unless something happened to them meanwhile; says which did."""
    rows = await db.fetch(
        """update visit v set state = 'scheduled', version = n.version, agency_id = n.agency_id, plan_id = $1,
                  manager_id = n.manager_id, visit_on = n.visit_on, reported_on = null, wants_day = false
           from unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::date[])
                n(visit_id, version, agency_id, manager_id, visit_on)
           where v.visit_id = n.visit_id and v.version = n.version - 1 and v.state in ('missed', 'cancelled')
           returning v.visit_id""",
        plan_id,
        [visit.visit_id for visit in visits],
        [visit.version for visit in visits],
        [visit.agency_id for visit in visits],
        [visit.manager_id for visit in visits],
        [visit.visit_on for visit in visits],
    )
    return {row["visit_id"] for row in rows}


async def insert_unscheduled(db: Connection, plan_id: UUID, rows: Iterable[tuple[UUID, int, str]]) -> None:
    await db.copy_records_to_table(
        "unscheduled",
        columns=("plan_id", "enterprise_id", "ordinal", "reason"),
        records=((plan_id, *row) for row in rows),
    )

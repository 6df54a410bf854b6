"""What a plan writes: very many rows at once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from events.transport.db import Connection
from scheduling.model import Visit
from scheduling.store.visits import COLUMNS

_COLUMNS = (
    *("visit_id", "programme_id", "enterprise_id", "ordinal", "agency_id", "manager_id", "province"),
    *("visit_on", "state", "version"),
)


async def insert_visits(db: Connection, plan_id: UUID, visits: Iterable[Visit]) -> None:
    """Visits that are planned for the first time."""
    rows = ((plan_id, *(getattr(visit, name) for name in _COLUMNS)) for visit in visits)
    await db.copy_records_to_table("visit", columns=("plan_id", *_COLUMNS), records=rows)


async def schedule_again(db: Connection, plan_id: UUID, visits: Sequence[Visit]) -> set[UUID]:
    """Visits get another day, unless something happened to them meanwhile; says which did. Locked in key order."""
    rows = await db.fetch(
        """with mine as (
               select v.visit_id, n.version, n.agency_id, n.manager_id, n.visit_on
               from visit v join unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::date[])
                    n(visit_id, version, agency_id, manager_id, visit_on) using (visit_id)
               where v.version = n.version - 1 order by v.visit_id for update of v)
           update visit v set state = 'scheduled', version = n.version, agency_id = n.agency_id, plan_id = $1,
                  manager_id = n.manager_id, visit_on = n.visit_on, reported_on = null, wants_day = false,
                  is_pinned = false
           from mine n where v.visit_id = n.visit_id
           returning v.visit_id""",
        plan_id,
        [visit.visit_id for visit in visits],
        [visit.version for visit in visits],
        [visit.agency_id for visit in visits],
        [visit.manager_id for visit in visits],
        [visit.visit_on for visit in visits],
    )
    return {row["visit_id"] for row in rows}


async def cancel(db: Connection, visits: Sequence[tuple[UUID, int]]) -> list[Visit]:
    """Cancels scheduled visits, named with their versions, unless something happened to them meanwhile."""
    rows = await db.fetch(
        f"""with mine as (
                select visit_id from visit v join unnest($1::uuid[], $2::bigint[]) n(visit_id, version)
                    using (visit_id, version)
                where v.state = 'scheduled' order by visit_id for update of v)
            update visit set state = 'cancelled', version = version + 1, wants_day = false
            where visit_id in (select visit_id from mine) returning {COLUMNS}""",  # noqa: S608 - our own column names
        [visit_id for visit_id, _ in visits],
        [version for _, version in visits],
    )
    return [Visit(**row) for row in rows]


async def insert_unscheduled(db: Connection, plan_id: UUID, rows: Iterable[tuple[UUID, int, str]]) -> None:
    await db.copy_records_to_table(
        "unscheduled",
        columns=("plan_id", "enterprise_id", "ordinal", "reason"),
        records=((plan_id, *row) for row in rows),
    )

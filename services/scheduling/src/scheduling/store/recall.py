"""What was said of visits and plans, taken back into a database that was restored to an older state."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from events.contracts.envelope import Received
from events.contracts.scheduling import PlanPublished, VisitScheduled
from events.transport.db import Connection
from scheduling.model import Ended
from scheduling.store.picture import newest
from scheduling.store.visits import keep_last_day

NO_PLAN = UUID(int=0)
"""Of a visit whose fact does not tell which plan it came from."""


async def schedule(db: Connection, batch: Sequence[Received[VisitScheduled]]) -> None:
    """Visits have the day that was said; the province is the enterprise's, as far as that is known."""
    await db.executemany(
        """insert into visit (visit_id, programme_id, enterprise_id, ordinal, agency_id, manager_id, province,
                              visit_on, state, version, plan_id)
           values ($1, $2, $3, $4, $5, $6, coalesce((select province from enterprise where enterprise_id = $3), ''),
                   $7, 'scheduled', $8, $9)
           on conflict (visit_id) do update set
               agency_id = excluded.agency_id, manager_id = excluded.manager_id, visit_on = excluded.visit_on,
               state = excluded.state, version = excluded.version, risk_after = null,
               wants_day = false, is_pinned = false
           where visit.version < excluded.version""",
        [
            (
                *(fact.visit_id, fact.programme_id, fact.enterprise_id, fact.ordinal, fact.agency_id, fact.manager_id),
                *(fact.visit_on, envelope.sequence, NO_PLAN),
            )
            for fact, envelope in newest(batch)
        ],
    )


async def end(db: Connection, ended: Iterable[Ended]) -> None:
    """Visits were completed, missed or cancelled; what is known in a later version stays."""
    told = list(ended)
    await db.executemany(
        """update visit set state = $2, version = $3, reported_on = coalesce($4, reported_on), risk_after = $5,
                            wants_day = $2 = 'missed'
           where visit_id = $1 and version < $3""",
        [(one.visit_id, one.state, one.version, one.reported_on, one.risk_after) for one in told],
    )
    await keep_last_day(db, (one.visit_id for one in told))


async def publish(db: Connection, batch: Sequence[Received[PlanPublished]]) -> None:
    """Plans are published, and not computed once more; who stayed without a visit is known by number only."""
    await db.executemany(
        """insert into plan (plan_id, programme_id, state, version, requested_at, requested_by, published_at,
                             is_swept, enterprises, visits, unscheduled)
           values ($1, $2, 'published', $3, $4, 'read back', $4, true, $5, $6, $7)
           on conflict (plan_id) do update set
               state = excluded.state, version = excluded.version, published_at = excluded.published_at,
               is_swept = true, enterprises = excluded.enterprises, visits = excluded.visits,
               unscheduled = excluded.unscheduled
           where plan.version < excluded.version""",
        [
            (
                *(fact.plan_id, fact.programme_id, envelope.sequence, envelope.occurred_at),
                *(fact.enterprises, fact.visits, fact.unscheduled),
            )
            for fact, envelope in newest(batch)
        ],
    )


async def fill_provinces(db: Connection, enterprise_ids: Sequence[UUID]) -> None:
    """Visits that were taken back before their enterprise was heard of learn where it is."""
    await db.execute(
        """update visit v set province = e.province from enterprise e
           where v.enterprise_id = any($1) and v.province = '' and e.enterprise_id = v.enterprise_id""",
        enterprise_ids,
    )

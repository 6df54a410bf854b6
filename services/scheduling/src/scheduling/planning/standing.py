"""Which programme newcomers come into: the first to begin, of those that are planned and have days left."""

from dataclasses import replace
from datetime import date, timedelta

from events.transport.db import Connection
from scheduling import policy
from scheduling.model import PlanRow, Programme
from scheduling.planning.orders import PlacingOrder
from scheduling.store import columns, picture, plans


async def plan_for_newcomers(db: Connection, order: PlacingOrder) -> PlanRow | None:
    """The plan that stands there, with all of the days that are left; none once all programmes are over."""
    standing = await plans.that_stand(db)
    programmes = await picture.programmes(db, [plan.programme_id for plan in standing])
    for plan in standing:
        if await _has_days_left(db, programmes[plan.programme_id], order):
            return replace(plan, not_before=None)
    return None


async def _has_days_left(db: Connection, programme: Programme, order: PlacingOrder) -> bool:
    today = order.today or await columns.last_reported_on(db, programme.programme_id)
    frozen_until = today + timedelta(days=order.freeze_days) if today else date.min
    return any(day > frozen_until for day in policy.days_of(programme))

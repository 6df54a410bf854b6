"""The last day that was reported of, by which a past year that is played again knows what day it is."""

import asyncio
from datetime import date
from typing import Any

from events.transport import db
from scheduling.store.columns import last_reported_on


async def test_it_is_the_latest_day_in_whatever_order_reports_come(
    scheduling: Any, nation: Any, completed: Any, missed: Any
) -> None:
    korea = nation(enterprises=12)
    visits = (await scheduling.planned(korea)).values()
    firsts = sorted((visit for visit in visits if visit["ordinal"] == 1), key=lambda visit: visit["visit_on"])
    assert await last_reported_on(scheduling.pool, korea.programme_id) is None
    one, *others, last = firsts
    await scheduling.report([missed(last)])
    await asyncio.gather(*(scheduling.report([completed(visit)]) for visit in [one, *others]))
    assert await last_reported_on(scheduling.pool, korea.programme_id) == date.fromisoformat(last["visit_on"])


async def test_it_is_known_of_each_programme_by_itself(scheduling: Any, nation: Any, completed: Any) -> None:
    korea, pilot = nation(enterprises=4), nation(enterprises=4, seed=8)
    visits = [*(await scheduling.planned(korea)).values(), *(await scheduling.planned(pilot)).values()]
    mine = [visit for visit in visits if visit["programme_id"] == str(korea.programme_id)]
    await scheduling.report([completed(min(mine, key=lambda visit: visit["visit_on"]))])
    assert await last_reported_on(scheduling.pool, korea.programme_id)
    assert await last_reported_on(scheduling.pool, pilot.programme_id) is None


async def test_a_missed_visit_that_gets_another_day_does_not_turn_the_day_back(
    scheduling: Any, nation: Any, missed: Any
) -> None:
    korea = nation(enterprises=4)
    visit = min((await scheduling.planned(korea)).values(), key=lambda visit: visit["visit_on"])
    await scheduling.report([missed(visit)])
    await scheduling.plan(korea)
    assert (await scheduling.by_id())[visit["visit_id"]]["state"] == "scheduled"
    assert await last_reported_on(scheduling.pool, korea.programme_id) == date.fromisoformat(visit["visit_on"])


async def test_what_was_reported_before_it_was_kept_counts_too(scheduling: Any, nation: Any, completed: Any) -> None:
    korea = nation(enterprises=4)
    visits = sorted((await scheduling.planned(korea)).values(), key=lambda visit: visit["visit_on"])
    await scheduling.report([completed(visit) for visit in visits])
    await scheduling.pool.execute("drop table last_report")
    await scheduling.pool.execute("delete from migration where name = 'scheduling/0007_last_report.sql'")
    await db.migrate(scheduling.dsn, "scheduling")
    assert await last_reported_on(scheduling.pool, korea.programme_id) == date.fromisoformat(visits[-1]["visit_on"])

"""What is decided in mid-year at the registry's door reaches all who act on it, and what is taken back does too."""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("played")]
Eventually = Callable[..., Awaitable[Any]]
FROM = date(2023, 11, 1)
SUSPENDED = f"select agency_id from agency_now where suspended_from = '{FROM}' and suspended_until is null"
GONE = f"select manager_id from manager_now where left_on = '{FROM}'"


async def test_a_suspension_a_departure_and_a_holiday_are_heard_and_taken_back(
    system: Any, eventually: Eventually
) -> None:
    registry, reporting = system.house.doors.registry, system.house.doors.reporting
    agency = (await registry.get("/agencies", status="qualified"))["items"][0]
    manager = (await registry.get("/managers", agency_id=agency["agency_id"]))["items"][0]["manager_id"]
    programme = agency["programme_id"]
    suspension, departure = f"/agencies/{agency['agency_id']}/suspension", f"/managers/{manager}/departure"
    day = {"from": str(FROM)}
    holidays_before = await holidays(system)

    await registry.post(suspension, json.dumps(day | {"reason": "serious_accident"}))
    await registry.post(departure, json.dumps({"on": str(FROM)}))
    await registry.post(f"/programmes/{programme}/changes", json.dumps({"holidays_added": ["2023-12-26"]}))

    async def is_shown(suspended: int, gone: int) -> bool:
        document = await reporting.get("/api/progress")
        return (document["agencies"]["suspended"], document["managers_left"]) == (suspended, gone)

    async def is_known() -> bool:
        found = (await system.fetch("scheduling", SUSPENDED), await system.fetch("scheduling", GONE))
        return len(found[0]) == len(found[1]) == 1 and await holidays(system) == {*holidays_before, date(2023, 12, 26)}

    await eventually(lambda: is_shown(1, 1), "the page shows one suspended agency and one manager who left")
    await eventually(is_known, "scheduling knows them and the holiday")
    await registry.post(f"/agencies/{agency['agency_id']}/reinstatement", json.dumps(day))
    answer = await registry.client.delete(departure)
    assert answer.json()["outcome"] in {"returned", "unchanged"}  # unchanged: it was sent twice
    await eventually(lambda: is_shown(0, 0), "the page shows neither any more")

    async def is_known_no_more() -> bool:
        return not await system.fetch("scheduling", SUSPENDED) + await system.fetch("scheduling", GONE)

    await eventually(is_known_no_more, "scheduling knows that both are back")
    await system.balanced()


async def holidays(system: Any) -> set[date]:
    """The days off that scheduling knows besides the calendar's."""
    [row] = await system.fetch("scheduling", "select holidays_added from programme")
    return set(row["holidays_added"])

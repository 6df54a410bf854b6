"""What the tests of newcomers share: a nation that is planned and grows, rounds of placing, and what breaks a rule."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from korea.calendar import is_working_day
from scheduling.planning.between_plans import is_time
from scheduling.planning.desk import Desk
from scheduling.planning.orders import PlacingOrder
from scheduling.planning.placer import place_all


@dataclass(frozen=True)
class Newcomers:
    """Those who come to a scheduling service after its plan."""

    scheduling: Any

    @property
    def order(self) -> PlacingOrder:
        return PlacingOrder(database_url=self.scheduling.dsn, books_after="reports")

    def desk(self, **more: Any) -> Desk:
        """One that waits for no company, unless it is told to."""
        return replace(self.scheduling.desk, **{"gather_seconds": 0, **more})

    async def is_time(self, **more: Any) -> bool:
        return await is_time(self.scheduling.pool, self.desk(**more))

    async def place(self, **more: Any) -> None:
        """A round, in this process."""
        await place_all(self.order.model_copy(update=more))

    async def planned(self, korea: Any) -> dict[str, dict[str, Any]]:
        """All of a nation has visits, and nobody waits; the visits."""
        visits = await self.scheduling.planned(korea)
        assert not await self.is_time()
        return visits

    async def come(self, korea: Any, enterprises: int) -> Any:
        """The nation grows by enterprises that register and are found eligible."""
        larger = replace(korea, enterprises=enterprises)
        await self.scheduling.hear(*larger.eligible[korea.enterprises :])
        await self.scheduling.hear(*larger.registered[korea.enterprises :])
        return larger

    async def waiting(self) -> int:
        return await self.scheduling.pool.fetchval("select count(*) from newcomer")


@pytest.fixture
def newcomers(scheduling: Any) -> Newcomers:
    return Newcomers(scheduling)


@pytest.fixture
def broken() -> Callable[[Any, list[dict[str, Any]]], list[str]]:
    """`broken(nation, visits)`: what breaks a rule, computed from the facts themselves."""
    return _broken


def _broken(nation: Any, visits: list[dict[str, Any]]) -> list[str]:
    agencies = {str(fact.agency_id): fact for fact in nation.agencies}
    managers = {str(fact.manager_id): fact for fact in nation.trained}
    sites = {str(fact.enterprise_id): fact for fact in nation.registered}
    found, days = list[str](), dict[str, list[tuple[int, date]]]()
    for visit in visits:
        manager, site, day = managers[visit["manager_id"]], sites[visit["enterprise_id"]], _day(visit)
        provinces = agencies[visit["agency_id"]].provinces
        days.setdefault(visit["enterprise_id"], []).append((visit["ordinal"], day))
        fits = (
            str(manager.agency_id) == visit["agency_id"] and (not provinces or site.province in provinces),
            is_working_day(day) and day > manager.trained_on and day not in manager.leave_days,
            day.strftime("%a").lower() not in site.closed_weekdays,
            (site.open_from or day) <= day <= (site.open_until or day),
        )
        found += [f"{visit['visit_id']}: rule {number}" for number, kept in enumerate(fits) if not kept]
    load = Counter((visit["manager_id"], visit["visit_on"]) for visit in visits)
    found += ["capacity" for (who, _), times in load.items() if times > managers[who].visits_a_day]
    for mine in days.values():
        found += ["spacing" for one, other in pairwise(sorted(mine)) if other[1] - one[1] < timedelta(days=28)]
    return found


def _day(visit: dict[str, Any]) -> date:
    return date.fromisoformat(visit["visit_on"])

"""The books: each number counted three ways, in the source's database, on the Kafka topic, and in the read model."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import asyncpg
from prometheus_client.parser import text_string_to_metric_families

from events.transport import metrics
from rehearsal.doors import Door, Doors
from rehearsal.house import House
from rehearsal.log import Said, read_log
from stack import Stack

SOURCES = {
    "registry": """
        select (select count(*) from agency) agencies_applied,
               (select count(*) from agency where status = 'qualified') agencies_qualified,
               (select count(*) from agency where status = 'rejected') agencies_rejected,
               (select count(*) from manager where trained_on is not null) managers_trained,
               (select count(*) from enterprise) enterprises_registered""",
    "eligibility": """
        select count(*) filter (where is_eligible) eligible, count(*) filter (where not is_eligible) ineligible
        from decision where version > 0""",
    "scheduling": """
        select count(*) visits_scheduled, count(*) filter (where state = 'completed') visits_completed,
               (select count(*) from plan where state = 'published') plans_published,
               (select count(*) from (select 1 from visit where state = 'completed'
                                      group by enterprise_id having count(*) > 1) twice) enterprises_visited_twice
        from visit""",
}


@dataclass(frozen=True)
class Line:
    """One number, three ways."""

    name: str
    source: int
    topic: int
    read_model: int

    @property
    def is_equal(self) -> bool:
        """Whether the three agree."""
        return self.source == self.topic == self.read_model


@dataclass(frozen=True)
class Traffic:
    """What the services counted of themselves."""

    events_published: int
    events_consumed: int
    dead_letters: int
    duplicates_skipped: int


@dataclass(frozen=True)
class Books:
    """Every number three ways; and what only the log can tell, for the read model keeps no visit's past."""

    lines: list[Line]
    visits_missed_and_made_up_for: int


async def reconcile(house: House) -> Books:
    """Count everything, three ways at once."""
    source, said, read = await asyncio.gather(
        counted_at_the_source(house.stack), read_log(house.stack.kafka.bootstrap), read_model(house.doors)
    )
    topic = _as_the_log_says(said)
    lines = [Line(name, count, topic[name], read.get(name, 0)) for name, count in source.items()]
    return Books(lines, said.made_up_for())


async def read_model(doors: Doors) -> dict[str, int]:
    """The numbers as the read model has them."""
    return (await doors.reporting.get("/api/reconciliation"))["states"]


async def counted_at_the_source(stack: Stack) -> dict[str, int]:
    """The numbers as the services' own tables have them."""
    counts: dict[str, int] = {}
    for service, sql in SOURCES.items():
        connection = await asyncpg.connect(stack.postgres.dsn(service))
        try:
            row: Any = await connection.fetchrow(sql)
            counts |= dict(row)
        finally:
            await connection.close()
    return counts


def _as_the_log_says(said: Said) -> dict[str, int]:
    decided = Counter(said.last_decision.values())
    return {
        "agencies_applied": said.subjects("registry.agency.applied.v1"),
        "agencies_qualified": said.subjects("registry.agency.qualified.v1"),
        "agencies_rejected": said.subjects("registry.agency.rejected.v1"),
        "managers_trained": said.subjects("registry.manager.trained.v1"),
        "enterprises_registered": said.subjects("registry.enterprise.registered.v1"),
        "eligible": decided["eligibility.decision.eligible.v1"],
        "ineligible": decided["eligibility.decision.ineligible.v1"],
        "visits_scheduled": said.subjects("scheduling.visit.scheduled.v1"),
        "visits_completed": said.subjects("scheduling.visit.completed.v1"),
        "plans_published": said.subjects("scheduling.plan.published.v1"),
        "enterprises_visited_twice": sum(visits > 1 for visits in said.completed_at.values()),
    }


async def traffic(doors: Doors) -> Traffic:
    """The sum of the services' own counters."""
    totals = Counter[str]()
    for counts in await asyncio.gather(*(_counters(door) for door in doors.services)):
        totals.update(counts)
    names = (metrics.PUBLISHED, metrics.CONSUMED, metrics.DEAD_LETTERS, metrics.DUPLICATES)
    return Traffic(*(totals[next(iter(counter.collect())).name] for counter in names))


async def _counters(door: Door) -> Counter[str]:
    counts = Counter[str]()
    for family in text_string_to_metric_families(await door.text("/metrics")):
        if family.type == "counter":
            counts[family.name] = sum(int(s.value) for s in family.samples if s.name.endswith("_total"))
    return counts

"""The counters: what they say is what counting all rows would say, also when two consumers work side by side."""

import asyncio
import json
import random
from typing import Any

import pytest

from events.contracts.envelope import Fact, Received

RECOUNT = """
    with sums as (
        select enterprise_id, count(*) filter (where state = 'completed') completed,
            count(*) filter (where state = 'scheduled') waiting, count(*) filter (where state = 'missed') missed,
            count(*) filter (where state = 'cancelled') cancelled,
            coalesce(sum(hazards_found) filter (where state = 'completed'), 0) found
        from visit group by enterprise_id
    )
    select coalesce(e.province, e.decided_province) province, e.sector,
        count(e.state_version) registered, count(*) filter (where e.is_closed) closed,
        count(*) filter (where e.is_eligible) eligible,
        count(*) filter (where (e.is_eligible and not e.is_closed) or s.completed > 0) targeted,
        count(*) filter (where s.completed + s.waiting > 0) scheduled,
        count(*) filter (where s.completed > 0) visited_once, count(*) filter (where s.completed > 1) visited_twice,
        coalesce(sum(s.waiting), 0)::integer visits_waiting, coalesce(sum(s.completed), 0)::integer visits_completed,
        coalesce(sum(s.missed), 0)::integer visits_missed, coalesce(sum(s.cancelled), 0)::integer visits_cancelled,
        coalesce(sum(s.found), 0)::integer hazards_found,
        count(*) filter (where e.risk >= 6 and e.is_eligible and not e.is_closed
                           and coalesce(s.completed, 0) = 0) high_risk_waiting
    from enterprise e left join sums s using (enterprise_id) group by 1, 2
"""


async def recounted(office: Any) -> dict[tuple[Any, Any], dict[str, int]]:
    """Every cell counted anew from the enterprises and their visits."""
    rows = [dict(row) for row in await office.pool.fetch(RECOUNT)]
    cells = {(row.pop("province"), row.pop("sector")): row for row in rows}
    return {place: cell for place, cell in cells.items() if any(cell.values())}


async def counted(office: Any, figures: set[str]) -> dict[tuple[Any, Any], dict[str, int]]:
    """The same cells as the document has them."""
    cells = {
        (cell["province"], cell["sector"]): {name: cell["figures"][name] for name in figures}
        for cell in json.loads(await office.document())["cells"]
    }
    return {place: cell for place, cell in cells.items() if any(cell.values())}


async def assert_counters_are_true(office: Any) -> None:
    rows = await recounted(office)
    cells = await counted(office, set(next(iter(rows.values()))))
    assert cells == rows


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_counters_say_at_every_moment_what_the_rows_say(reporting: Any, year: Any, seed: int) -> None:
    office, (opened, *facts) = await reporting(), year().said
    await office.hear([opened])  # whose programme is shown
    random.Random(seed).shuffle(facts)
    for start in range(0, len(facts), 70):
        await office.hear(facts[start : start + 70], batch=23)
        await assert_counters_are_true(office)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_consumers_side_by_side_count_right(reporting: Any, year: Any, seed: int) -> None:
    office, together, facts = await reporting(), await reporting(), year().said
    await office.hear(facts)
    topics: dict[str, list[Received[Fact]]] = {}
    for received in facts:
        topics.setdefault(received.fact.topic, []).append(received)
    sizes = random.Random(seed)
    await asyncio.gather(*(patiently(together, topic, sizes.randint(1, 5)) for topic in topics.values()))
    await assert_counters_are_true(together)
    assert await together.document() == await office.document()


async def patiently(office: Any, facts: list[Received[Fact]], batch: int) -> None:
    """Batch by batch, each again when the database chose it to give way to another."""
    for start in range(0, len(facts), batch):
        await office.hear_patiently(facts[start : start + batch])

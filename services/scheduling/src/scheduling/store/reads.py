"""Reading visits within a scope: rows, counts and exports are narrowed by one and the same condition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from events.transport.db import Pool
from scheduling.model import State
from scheduling.store.visits import COLUMNS

_SAID = f"{COLUMNS}, (select is_synthetic from programme p where p.programme_id = visit.programme_id) is_synthetic"  # noqa: S608 - own texts
"""What is told of a visit, on a page as in an export."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which visits are asked for; what the caller may see has gone into it already."""

    programme_id: UUID | None = None
    first: date | None = None
    until: date | None = None
    agency_id: UUID | None = None
    manager_id: UUID | None = None
    state: State | None = None
    provinces: tuple[str, ...] = ()
    enterprise_id: UUID | None = None

    def condition(self) -> tuple[str, list[object]]:
        """As SQL with its values; only what is asked for, so that the planner sees the index that serves it."""
        asked = {
            "programme_id = ${}": self.programme_id,
            "visit_on >= ${}": self.first,
            "visit_on <= ${}": self.until,
            "agency_id = ${}": self.agency_id,
            "manager_id = ${}": self.manager_id,
            "state = ${}": self.state,
            "province = any(${})": self.provinces or None,
            "enterprise_id = ${}": self.enterprise_id,
        }
        given = [(text, value) for text, value in asked.items() if value is not None]
        texts = [text.format(place) for place, (text, _) in enumerate(given, start=1)]
        return " and ".join(["true", *texts]), [value for _, value in given]


async def page(pool: Pool, wanted: Wanted, after: tuple[date, UUID] | None, most: int) -> list[asyncpg.Record]:
    """The visits by day, from behind a place on."""
    condition, values = wanted.condition()
    n = len(values)
    if after:
        condition += f" and (visit_on, visit_id) > (${n + 1}, ${n + 2})"
        values += after
    return await pool.fetch(
        f"select {_SAID} from visit where {condition} order by visit_on, visit_id limit {int(most)}",  # noqa: S608 - own texts
        *values,
    )


async def to_an_enterprise(pool: Pool, wanted: Wanted) -> list[asyncpg.Record]:
    """The visits to one enterprise, programme by programme in their order."""
    condition, values = wanted.condition()
    return await pool.fetch(f"select {_SAID} from visit where {condition} order by programme_id, ordinal", *values)  # noqa: S608 - own texts


async def counts(pool: Pool, wanted: Wanted) -> Mapping[str, int]:
    condition, values = wanted.condition()
    rows = await pool.fetch(f"select state, count(*) n from visit where {condition} group by state", *values)  # noqa: S608 - own texts
    return {row["state"]: row["n"] for row in rows}


async def lines(pool: Pool, wanted: Wanted, after: UUID | None, most: int) -> tuple[bytes, UUID | None]:
    """A page of the export as NDJSON, made by PostgreSQL, and where the next page begins (None: there is none).

    By id and not by day: a visit that moves while the pages are read is still told once.
    """
    condition, values = wanted.condition()
    if after:
        values.append(after)
        condition += f" and visit_id > ${len(values)}"
    row = await pool.fetchrow(
        f"""select string_agg(row_to_json(v)::text, E'\\n' order by visit_id) as told,
                   (array_agg(visit_id order by visit_id desc))[1] as last, count(*) as n
            from (select {_SAID} from visit where {condition} order by visit_id limit {int(most)}) v""",  # noqa: S608 - own texts
        *values,
    )
    if row is None or not row["n"]:
        return b"", None
    return row["told"].encode() + b"\n", row["last"] if row["n"] == most else None


async def unscheduled(
    pool: Pool, whose: tuple[UUID, tuple[str, ...] | None], after: tuple[UUID, int], most: int
) -> list[asyncpg.Record]:
    """`whose`: the plan, and the provinces if not all."""
    return await pool.fetch(
        """select enterprise_id, ordinal, reason from unscheduled u
           where plan_id = $1 and (enterprise_id, ordinal) > ($3, $4)
             and ($2::text[] is null or exists (
                 select from enterprise e where e.enterprise_id = u.enterprise_id and e.province = any($2)))
           order by enterprise_id, ordinal limit $5""",
        *(*whose, *after, most),
    )

"""What eligibility remembers: the decision that stands about each enterprise."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from eligibility.model import Count, Decision, Standing
from events.contracts.eligibility import Reason
from events.transport.db import Connection, Pool

_REASONS = TypeAdapter(tuple[Reason, ...])
_REMEMBER = """
    insert into decision (enterprise_id, version, heard, is_closed, is_eligible, outcome, sector, province,
                          reasons, rule_set, decided_on)
    select enterprise_id, version, heard, is_closed, is_eligible, outcome, sector, province,
           reasons::jsonb, rule_set, decided_on
    from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::boolean[], $5::boolean[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::date[])
      as now(enterprise_id, version, heard, is_closed, is_eligible, outcome, sector, province,
             reasons, rule_set, decided_on)
    on conflict (enterprise_id) do update set
        version = excluded.version, heard = excluded.heard, is_closed = excluded.is_closed,
        is_eligible = excluded.is_eligible, outcome = excluded.outcome, sector = excluded.sector,
        province = excluded.province, reasons = excluded.reasons, rule_set = excluded.rule_set,
        decided_on = excluded.decided_on
    where decision.heard < excluded.heard
"""


async def standings(db: Connection | Pool, enterprise_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """What stands about those of the enterprises that were heard of."""
    rows = await db.fetch("select * from decision where enterprise_id = any($1)", enterprise_ids)
    return {row["enterprise_id"]: _standing(row) for row in rows}


async def remember(db: Connection, standings: Sequence[Standing]) -> None:
    """Keep what stands now; never replaces what rests on a later version of the enterprise."""
    if standings:
        columns = zip(*map(_row, standings), strict=True)
        await db.execute(_REMEMBER, *map(list, columns))


async def counts(db: Connection | Pool, provinces: Sequence[str]) -> list[Count]:
    """How many decisions came out how, by province and sector; no provinces named: all of them."""
    rows = await db.fetch(
        """
        select province, sector, outcome, count(*) as enterprises from decision
        where version > 0 and (cardinality($1::text[]) = 0 or province = any($1))
        group by province, sector, outcome order by province, sector, outcome
        """,
        provinces,
    )
    return [Count(**dict(row)) for row in rows]


def _row(standing: Standing) -> tuple[object, ...]:
    decision = standing.decision
    return (
        *(decision.enterprise_id, standing.version, standing.heard, standing.is_closed),
        *(decision.is_eligible, decision.outcome, decision.sector, decision.province),
        *(_REASONS.dump_json(decision.reasons).decode(), decision.rule_set, decision.decided_on),
    )


def _standing(row: asyncpg.Record) -> Standing:
    decision = Decision(
        enterprise_id=row["enterprise_id"],
        is_eligible=row["is_eligible"],
        sector=row["sector"],
        province=row["province"],
        reasons=_read(row["reasons"]),
        rule_set=row["rule_set"],
        decided_on=row["decided_on"],
    )
    return Standing(decision, row["version"], row["heard"], row["is_closed"])


@lru_cache(maxsize=20_000)  # few texts are shared by very many enterprises
def _read(text: str) -> tuple[Reason, ...]:
    return _REASONS.validate_json(text)

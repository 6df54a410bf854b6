"""The visits of the year as the managers report them: day by day, some doors closed, most hazards removed."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import numpy as np

MISSED_SHARE = 0.01
"""Assumed: one visit in a hundred finds nobody there, and is booked again."""
MISSED_UNTIL = date(2023, 10, 31)
"""Later in the year there may be no other day left, and the year is to be played to its end."""
HAZARDS_A_VISIT = 4.4
"""Consultation visits elsewhere find 3.8 to 5 hazards each (docs/glossary.md, 'hazard')."""
REASONS = ("nobody_there", "nobody_there", "refused_entry", "site_not_found", "weather", "manager_absent")


@dataclass(frozen=True)
class Booked:
    """A visit that is to take place."""

    visit_id: UUID
    visit_on: date
    may_be_missed: bool


async def short_lived_sites(dsn: str) -> frozenset[str]:
    """The enterprises whose works come to an end, whatever list they came from: a missed day may have no other."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select enterprise_id from enterprise where open_until is not null")
    finally:
        await connection.close()
    return frozenset(str(row["enterprise_id"]) for row in rows)


class Reporters:
    """What the managers report; the same seed and visits give the same reports, whatever is asked again."""

    def __init__(self, seed: int, short_lived: frozenset[str]) -> None:
        self._seed = seed
        self._short_lived = short_lived
        self._missed: set[UUID] = set()

    def booked(self, export: str) -> list[Booked]:
        """The visits of an export (a line each), in the order of their days; at short-lived sites nobody is missed."""
        visits = [self._booked(json.loads(line)) for line in export.split("\n") if line]
        return sorted(visits, key=lambda visit: (visit.visit_on, visit.visit_id))

    def _booked(self, row: dict[str, Any]) -> Booked:
        on = date.fromisoformat(row["visit_on"])
        return Booked(UUID(row["visit_id"]), on, on <= MISSED_UNTIL and row["enterprise_id"] not in self._short_lived)

    def report(self, visit: Booked) -> dict[str, Any]:
        """The report of a visit; whoever was missed once is at home the next time."""
        again = visit.visit_id in self._missed
        said = _report(visit, self._dice(visit, again=again), again=again)
        if said["outcome"] == "missed":
            self._missed.add(visit.visit_id)
        return said

    def _dice(self, visit: Booked, *, again: bool) -> np.random.Generator:
        return np.random.default_rng([self._seed, again, visit.visit_id.int & 0xFFFFFFFF, visit.visit_id.int >> 96])


def _report(visit: Booked, dice: np.random.Generator, *, again: bool) -> dict[str, Any]:
    name = f"report {again + 1} of {visit.visit_on}"
    said = {"report_id": str(uuid5(visit.visit_id, name)), "visit_id": str(visit.visit_id)}
    if visit.may_be_missed and not again and dice.random() < MISSED_SHARE:
        reason = REASONS[int(dice.integers(len(REASONS)))]
        return said | {"outcome": "missed", "missed_on": visit.visit_on.isoformat(), "reason": reason}
    found = int(dice.poisson(HAZARDS_A_VISIT))
    removed = int(dice.binomial(found, 0.7))
    before = int(np.clip(dice.poisson(4) + 1, 1, 9))
    return said | {
        "outcome": "completed",
        "visited_on": visit.visit_on.isoformat(),
        "risk_before": before,
        "risk_after": max(1, round(before * (1 - 0.6 * removed / max(found, 1)))),
        "hazards_found": found,
        "hazards_removed": removed,
    }

"""The visits of the year as the managers report them: day by day, some doors closed, most hazards removed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

import numpy as np

MISSED_SHARE = 0.01
"""Assumed: one visit in a hundred finds nobody there, and is booked again."""
HAZARDS_A_VISIT = 4.4
"""Consultation visits elsewhere find 3.8 to 5 hazards each (docs/glossary.md, 'hazard')."""
REASONS = ("nobody_there", "nobody_there", "refused_entry", "site_not_found", "weather", "manager_absent")


@dataclass(frozen=True)
class Booked:
    """A visit that is to take place."""

    visit_id: UUID
    visit_on: date


def booked(export: str) -> list[Booked]:
    """The visits of an export (a line each), in the order of their days."""
    visits = [
        Booked(UUID(row["visit_id"]), date.fromisoformat(row["visit_on"])) for row in map(json.loads, _lines(export))
    ]
    return sorted(visits, key=lambda visit: (visit.visit_on, visit.visit_id))


def _lines(export: str) -> Iterator[str]:
    return (line for line in export.split("\n") if line)


def batches(visits: Iterable[Booked], most: int) -> Iterator[list[Booked]]:
    """Week by week, and no more than a request may carry."""
    for _, week in groupby(visits, key=lambda visit: visit.visit_on.isocalendar()[:2]):
        of_week = list(week)
        for start in range(0, len(of_week), most):
            yield of_week[start : start + most]


def reports(visits: list[Booked], seed: int, *, attempt: int) -> list[dict[str, Any]]:
    """A report of each; the same seed, visits and attempt give the same reports."""
    return [_report(visit, _dice(visit, seed, attempt), attempt) for visit in visits]


def _dice(visit: Booked, seed: int, attempt: int) -> np.random.Generator:
    return np.random.default_rng([seed, attempt, visit.visit_id.int & 0xFFFFFFFF, visit.visit_id.int >> 96])


def _report(visit: Booked, dice: np.random.Generator, attempt: int) -> dict[str, Any]:
    said = {"report_id": str(uuid5(visit.visit_id, f"report {attempt}")), "visit_id": str(visit.visit_id)}
    if dice.random() < MISSED_SHARE and attempt == 1:
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

"""The picture read out of the database, as it was at one instant."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from events.transport.db import Connection
from korea.calendar import working_days
from scheduling.model import PlanRow, Programme
from scheduling.planning.picture import (
    FAR_AHEAD,
    LONG_AGO,
    NOBODY,
    PROVINCE_CODES,
    SECTORS,
    Agencies,
    Ints,
    Kept,
    Managers,
    Needs,
    Picture,
    Sites,
)
from scheduling.store import columns
from scheduling.store import picture as said

_PROVINCES = {code: number for number, code in enumerate(PROVINCE_CODES)}
_SECTORS = {name: number for number, name in enumerate(SECTORS)}


async def read_picture(db: Connection, plan: PlanRow, today: date | None) -> Picture:
    """The picture behind a plan; `today` is None where a past year is played again."""
    async with db.transaction(isolation="repeatable_read", readonly=True):
        programme = (await said.programmes(db, [plan.programme_id]))[plan.programme_id]
        days = days_of(programme, plan.not_before or await _first_day(db, programme, today))
        agencies = _agencies(await columns.agencies(db, plan.programme_id))
        managers = _managers(await columns.managers(db, plan.programme_id), agencies.ids)
        sites = await _sites(columns.sites(db))
        kept, needs = await _visits(columns.visits(db, plan.programme_id), (programme, sites, managers.ids))
    return Picture(programme, days, agencies, managers, sites, kept, needs)


async def _first_day(db: Connection, programme: Programme, today: date | None) -> date:
    known = today or await columns.last_reported_on(db, programme.programme_id)
    return known + timedelta(days=1) if known else programme.window_from


def days_of(programme: Programme, not_before: date) -> Ints:
    """The working days from a day on, behind the last day of training."""
    days = working_days(
        programme.window_from, programme.window_until, programme.holidays_added, programme.workdays_added
    )
    first = max(not_before, max(programme.training_days, default=date.min) + timedelta(days=1))
    return np.array([day.toordinal() for day in days if day >= first], np.int64)


def _number(day: date | None, otherwise: int) -> int:
    return day.toordinal() if day else otherwise


def _agencies(rows: Sequence[Any]) -> Agencies:
    return Agencies(
        [row["agency_id"] for row in rows],
        np.array([row["latitude"] for row in rows], np.float64),
        np.array([row["longitude"] for row in rows], np.float64),
        np.array([sum(1 << _SECTORS[name] for name in row["sectors"]) for row in rows], np.int64),
        np.array([sum(1 << _PROVINCES[code] for code in row["provinces"]) for row in rows], np.int64),
        np.array([_number(row["qualified_on"], LONG_AGO) for row in rows], np.int64),
        np.array([_number(row["licence_until"], FAR_AHEAD) for row in rows], np.int64),
    )


def _managers(rows: Sequence[Any], agency_ids: Sequence[UUID]) -> Managers:
    places = {name: place for place, name in enumerate(agency_ids)}
    leave = [(manager, day.toordinal()) for manager, row in enumerate(rows) for day in row["leave_days"]]
    away = np.array(leave, np.int64).reshape(-1, 2)
    return Managers(
        [row["manager_id"] for row in rows],
        np.array([places[row["agency_id"]] for row in rows], np.int64),
        np.array([row["latitude"] for row in rows], np.float64),
        np.array([row["longitude"] for row in rows], np.float64),
        np.array([row["visits_a_day"] for row in rows], np.int64),
        np.array([_number(row["trained_on"], LONG_AGO) for row in rows], np.int64),
        away[:, 0],
        away[:, 1],
    )


async def _sites(chunks: AsyncIterator[list[Any]]) -> Sites:
    ids = list[bytes]()
    numbers = list[np.ndarray[Any, np.dtype[np.float64]]]()
    async for chunk in chunks:
        ids.append(b"".join(row[0] for row in chunk))
        numbers.append(np.array([_site(row) for row in chunk], np.float64))
    table = np.concatenate([np.empty((0, 9)), *numbers])
    whole = [table[:, place].astype(np.int64) for place in range(2, 9)]
    return Sites(np.frombuffer(b"".join(ids), np.uint8).reshape(-1, 16), table[:, 0], table[:, 1], *whole)


def _site(row: Sequence[Any]) -> tuple[float, ...]:
    _, latitude, longitude, sector, province, risk, begins, ends, closed, preferred = row
    opens = (LONG_AGO if begins is None else begins, FAR_AHEAD if ends is None else ends)
    return (latitude, longitude, _SECTORS[sector], _PROVINCES[province], risk, *opens, closed, preferred)


async def _visits(
    chunks: AsyncIterator[list[Any]], known: tuple[Programme, Sites, Sequence[UUID]]
) -> tuple[Kept, Needs]:
    programme, sites, manager_ids = known
    places = {name.tobytes(): place for place, name in enumerate(sites.ids)}
    managers = {name: place for place, name in enumerate(manager_ids)}
    rows = [np.empty((0, 6), np.int64)]
    async for chunk in chunks:
        told = [_visit(row, places[row[0]], managers) for row in chunk if row[0] in places]
        rows.append(np.array(told, np.int64).reshape(-1, 6))
    return sort_out(programme, len(sites), np.concatenate(rows))


_STANDS = {"scheduled": 1, "completed": 2, "missed": 0, "cancelled": 0}


def _visit(row: Sequence[Any], site: int, managers: dict[UUID, int]) -> tuple[int, ...]:
    _, ordinal, manager_id, state, version, risk_after, day = row
    stands = _STANDS[state]
    # Numbers that only one kind of row needs share a column: the remaining risk, and the version of what is gone.
    return site, ordinal, managers.get(manager_id, NOBODY), day, stands, risk_after if stands else version


def sort_out(programme: Programme, sites: int, rows: Ints) -> tuple[Kept, Needs]:
    """Rows of (site, ordinal, manager, day, 0 gone | 1 scheduled | 2 done, version or remaining risk)."""
    standing = rows[rows[:, 4] > 0]
    most = max(programme.minimum_visits + 1, int(rows[:, 1].max(initial=0)))
    wanted = np.zeros((sites, most + 1), np.bool_)
    wanted[:, 1 : programme.minimum_visits + 1] = True
    wanted[_of_high_risk(programme, sites, standing), programme.minimum_visits + 1] = True
    wanted[standing[:, 0], standing[:, 1]] = False
    version = np.zeros((sites, most + 1), np.int64)
    gone = rows[rows[:, 4] == 0]
    version[gone[:, 0], gone[:, 1]] = gone[:, 5]
    site, ordinal = np.nonzero(wanted)
    kept = Kept(*standing[:, :4].T, is_done=(standing[:, 4] == 2).astype(np.int64))
    return kept, Needs(site.astype(np.int64), ordinal.astype(np.int64), version[site, ordinal])


def _of_high_risk(programme: Programme, sites: int, standing: Ints) -> Ints:
    """Sites whose visits are all done and whose last report leaves a risk that asks for one visit more."""
    done = standing[standing[:, 4] == 2]
    enough = np.bincount(done[:, 0], minlength=sites) >= programme.minimum_visits
    left = np.zeros(sites, np.int64)
    by_day = done[np.argsort(done[:, 3], kind="stable")]
    left[by_day[:, 0]] = by_day[:, 5]
    threshold = programme.third_visit_from_risk
    return np.flatnonzero(enough & (left >= threshold)) if threshold else np.empty(0, np.int64)

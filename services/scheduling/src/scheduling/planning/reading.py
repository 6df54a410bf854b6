"""The picture read out of the database, as it was at one instant."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from events.transport.db import Connection
from scheduling.model import PlanRow
from scheduling.planning.freeing import Ground, days_of, freed
from scheduling.planning.picture import (
    FAR_AHEAD,
    LONG_AGO,
    NOBODY,
    PROVINCE_CODES,
    SECTORS,
    Agencies,
    HandedBack,
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


@dataclass(frozen=True, slots=True)
class Known:
    """What day it is (None where a past year is played again), and how many days behind it get nothing new."""

    today: date | None
    freeze_days: int = 0


async def read_picture(db: Connection, plan: PlanRow, known: Known) -> Picture:
    """The picture behind a plan, with the visits freed that cannot stay."""
    async with db.transaction(isolation="repeatable_read", readonly=True):
        programme = (await said.programmes(db, [plan.programme_id]))[plan.programme_id]
        today = known.today or await columns.last_reported_on(db, programme.programme_id)
        agencies = _agencies(await columns.agencies(db, plan.programme_id))
        managers = _managers(await columns.managers(db, plan.programme_id), agencies.ids)
        sites = await _sites(columns.sites(db))
        back = _handed_back(await columns.handed_back(db, plan.programme_id), agencies, sites)
        ground = Ground(programme, agencies, managers, sites, _number(today, LONG_AGO), back)
        rows = await _visits(columns.visits(db, plan.programme_id), ground)
    first = ground.today + 1 + (known.freeze_days if today else 0)
    days = days_of(programme, max(first, _number(plan.not_before, LONG_AGO)))
    return sort_out(ground, rows, days)


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
        np.array([_number(row["suspended_from"], FAR_AHEAD) for row in rows], np.int64),
        np.array([_number(row["suspended_until"], FAR_AHEAD) for row in rows], np.int64),
    )


def _managers(rows: Sequence[Any], agency_ids: Sequence[UUID]) -> Managers:
    places = {name: place for place, name in enumerate(agency_ids)}
    away = _days_off(row["leave_days"] for row in rows)
    return Managers(
        [row["manager_id"] for row in rows],
        np.array([places[row["agency_id"]] for row in rows], np.int64),
        np.array([row["latitude"] for row in rows], np.float64),
        np.array([row["longitude"] for row in rows], np.float64),
        np.array([row["visits_a_day"] for row in rows], np.int64),
        np.array([_number(row["trained_on"], LONG_AGO) for row in rows], np.int64),
        away[:, 0],
        away[:, 1],
        np.array([_number(row["left_on"], FAR_AHEAD) for row in rows], np.int64),
    )


async def _sites(chunks: AsyncIterator[list[Any]]) -> Sites:
    ids, closed, known = list[bytes](), [_days_off([])], 0
    numbers = list[np.ndarray[Any, np.dtype[np.float64]]]()
    async for chunk in chunks:
        ids.append(b"".join(row[0] for row in chunk))
        numbers.append(np.array([_site(row) for row in chunk], np.float64))
        closed.append(_days_off((row[-1] for row in chunk), first=known))
        known += len(chunk)
    table = np.concatenate([np.empty((0, 9)), *numbers])
    whole = [table[:, place].astype(np.int64) for place in range(2, 9)]
    names = np.frombuffer(b"".join(ids), np.uint8).reshape(-1, 16)
    return Sites(names, table[:, 0], table[:, 1], *whole, *np.concatenate(closed).T)


def _days_off(days: Iterable[Sequence[date]], first: int = 0) -> Ints:
    """Pairs of a row and a day that its list has; the rows are counted from the first one's number on."""
    pairs = [(row, day.toordinal()) for row, mine in enumerate(days, first) for day in mine]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _site(row: Sequence[Any]) -> tuple[float, ...]:
    _, latitude, longitude, sector, province, risk, begins, ends, closed, preferred, _ = row
    opens = (LONG_AGO if begins is None else begins, FAR_AHEAD if ends is None else ends)
    return (latitude, longitude, _SECTORS[sector], _PROVINCES[province], risk, *opens, closed, preferred)


_SCHEDULED, _DONE, _GONE = 1, 2, 0
_STATES = {"scheduled": _SCHEDULED, "completed": _DONE, "missed": _GONE, "cancelled": _GONE}
COLUMNS = ("site", "ordinal", "agency", "manager", "day", "state", "version", "risk_after", "is_pinned")
"""Of a table of visits; `risk_after` is what the last report left."""


async def _visits(chunks: AsyncIterator[list[Any]], ground: Ground) -> Ints:
    places = {name.tobytes(): place for place, name in enumerate(ground.sites.ids)}
    agencies = {name: place for place, name in enumerate(ground.agencies.ids)}
    managers = {name: place for place, name in enumerate(ground.managers.ids)}
    rows = [np.empty((0, len(COLUMNS)), np.int64)]
    async for chunk in chunks:
        told = [
            (
                places[site],
                ordinal,
                agencies.get(agency, NOBODY),
                managers.get(manager, NOBODY),
                day,
                _STATES[state],
                *more,
            )
            for site, ordinal, agency, manager, day, state, *more in chunk
            if site in places
        ]
        rows.append(np.array(told, np.int64).reshape(-1, len(COLUMNS)))
    return np.concatenate(rows)


def _handed_back(rows: Sequence[Any], known_agencies: Agencies, sites: Sites) -> HandedBack:
    agencies = {name: place for place, name in enumerate(known_agencies.ids)}
    wanted = {site for site, _ in rows}
    names = map(bytes, sites.ids) if wanted else ()
    places = {name: place for place, name in enumerate(names) if name in wanted}
    known = [(places[site], agencies[agency]) for site, agency in rows if site in places and agency in agencies]
    table = np.array(known, np.int64).reshape(-1, 2)
    return HandedBack(table[:, 0], table[:, 1])


def sort_out(ground: Ground, rows: Ints, days: Ints) -> Picture:
    """What stands, what is needed and what has to go, of a table of visits with our columns."""
    standing = rows[rows[:, 5] != _GONE]
    visits = _kept(standing)
    owed = _owed(ground, standing)
    beyond = (visits.ordinal > owed[visits.site]) & (visits.is_done == 0) & (visits.day > ground.today)
    free = freed(ground, visits.take(~beyond))
    stays = np.flatnonzero(~beyond)[~free.rows]
    moves = np.flatnonzero(~beyond)[free.rows]
    crowded = visits.take(np.flatnonzero(~beyond)[free.crowded])
    return Picture(
        ground.programme, days, ground.agencies, ground.managers, ground.sites,
        kept=visits.take(stays),
        needs=_needs(owed, visits.take(stays), rows[rows[:, 5] == _GONE], visits.take(moves)),
        today=ground.today,
        dropped=visits.take(beyond),
        released=np.column_stack([crowded.site, crowded.ordinal]),
        handed_back=ground.handed_back,
    )  # fmt: skip


def _kept(rows: Ints) -> Kept:
    site, ordinal, agency, manager, day, state, version, _, is_pinned = rows.T
    return Kept(site, ordinal, agency, manager, day, version, (state == _DONE).astype(np.int64), is_pinned)


def _owed(ground: Ground, standing: Ints) -> Ints:
    """How many visits each site gets: the programme's, and one more where a high risk was left or one more stands."""
    least = ground.programme.minimum_visits
    owed = np.full(len(ground.sites), least, np.int64)
    owed[_of_high_risk(ground, standing)] = least + 1
    if ground.programme.third_visit_from_risk:
        owed[standing[standing[:, 1] == least + 1, 0]] = least + 1
    return owed


def _needs(owed: Ints, kept: Kept, gone: Ints, freed_visits: Kept) -> Needs:
    """Every visit owed that does not stand, with the version and the place of what it was before."""
    shape = (len(owed), max(int(owed.max(initial=0)), int(gone[:, 1].max(initial=0)), _most(kept, freed_visits)) + 1)
    ordinals = np.arange(shape[1])[None, :]
    wanted = (ordinals >= 1) & (ordinals <= owed[:, None])
    wanted[kept.site, kept.ordinal] = False
    version = np.zeros(shape, np.int64)
    version[gone[:, 0], gone[:, 1]] = gone[:, 6]
    version[freed_visits.site, freed_visits.ordinal] = freed_visits.version
    was = np.full(shape, NOBODY, np.int64)
    was[freed_visits.site, freed_visits.ordinal] = np.arange(len(freed_visits))
    site, ordinal = np.nonzero(wanted)
    place = was[site, ordinal]
    before = (
        np.where(place == NOBODY, NOBODY, np.append(column, NOBODY)[place])
        for column in (freed_visits.agency, freed_visits.manager, freed_visits.day)
    )
    return Needs(site.astype(np.int64), ordinal.astype(np.int64), version[site, ordinal], *before)


def _most(*visits: Kept) -> int:
    return max(int(some.ordinal.max(initial=0)) for some in visits)


def _of_high_risk(ground: Ground, standing: Ints) -> Ints:
    """Sites whose visits are all done and whose last report leaves a risk that asks for one visit more."""
    done = standing[standing[:, 5] == _DONE]
    enough = np.bincount(done[:, 0], minlength=len(ground.sites)) >= ground.programme.minimum_visits
    left = np.zeros(len(ground.sites), np.int64)
    by_day = done[np.argsort(done[:, 4], kind="stable")]
    left[by_day[:, 0]] = by_day[:, 7]
    threshold = ground.programme.third_visit_from_risk
    return np.flatnonzero(enough & (left >= threshold)) if threshold else np.empty(0, np.int64)

"""A facts folder becomes the planner's arrays, and the ids stay here beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from korea.provinces import PROVINCES
from scheduling.both import Both
from scheduling.planfiles.cells import bits_of, day_or, number_between, one_of, spans, whole_between
from scheduling.planfiles.places import demanded, given, in_districts
from scheduling.planfiles.programme import calendar_of, read_programme, rules_of
from scheduling.planfiles.sheets import Refusal, Sheet, open_sheet
from scheduling.planner.model import (
    SECTORS,
    Agencies,
    Bits,
    Calendar,
    Closed,
    Facts,
    Flags,
    Ints,
    Managers,
    Sites,
    key_of,
)
from scheduling.planner.openings import pack

SECTOR_NUMBERS = {name: number for number, name in enumerate(SECTORS)}
PROVINCE_NUMBERS = {province.code: number for number, province in enumerate(PROVINCES)}
WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
LONG_AGO, FAR_AHEAD = 0, 10**7


@dataclass(frozen=True)
class Names:
    """The ids behind the indices, and what belongs to the programme but not into the arrays."""

    programme: str
    enterprises: list[str]
    agencies: list[str]
    managers: list[str]
    agency_names: list[str] = field(default_factory=list[str])
    known_on: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    is_synthetic: bool = False


@dataclass(frozen=True)
class Reading:
    """What a folder said: the facts, the ids, and the rows that could not be read."""

    facts: Facts
    names: Names
    refusals: list[Refusal]


@dataclass(frozen=True)
class _Licensed:
    """The agencies, the days on which each may send anybody, and the sheet that says so."""

    agencies: Agencies
    days: Flags
    sheet: Sheet


def read_facts(folder: Path, otherwise: Mapping[str, Any] | None = None) -> Reading:
    """Reads the four files; unreadable rows are refused, the rest is planned. `otherwise` corrects the programme."""
    programme = read_programme(folder, otherwise)
    calendar = calendar_of(programme, folder)
    licensed = _licensed(folder, calendar)
    managers, manager_sheet = _managers(folder, calendar, programme, licensed)
    sites, enterprise_sheet, known_on = _enterprises(folder, calendar, programme)
    closed = _closed(enterprise_sheet, licensed.sheet.kept("agency_id"))
    names = Names(
        programme["programme_id"],
        enterprise_sheet.kept("enterprise_id"),
        licensed.sheet.kept("agency_id"),
        manager_sheet.kept("manager_id"),
        licensed.sheet.kept("name"),
        known_on,
        programme["synthetic"],
    )
    refusals = licensed.sheet.refusals + manager_sheet.refusals + enterprise_sheet.refusals
    facts = Facts(rules_of(programme, calendar), calendar, sites, licensed.agencies, managers, closed=closed)
    return Reading(facts, names, refusals)


def _licensed(folder: Path, calendar: Calendar) -> _Licensed:
    sheet = open_sheet(folder, "agencies", ("agency_id", "sectors", "latitude", "longitude", "qualified_on"))
    sheet.keys("agency_id")
    sectors = sheet.whole("sectors", bits_of(SECTOR_NUMBERS, demanded=True))
    provinces = sheet.whole("provinces", bits_of(PROVINCE_NUMBERS))
    place = demanded(sheet)
    days = _within(
        calendar, sheet.whole("qualified_on", day_or(FAR_AHEAD)), sheet.whole("licence_until", day_or(FAR_AHEAD))
    )
    suspended = sheet.whole("suspended_from", day_or(FAR_AHEAD)), sheet.whole("suspended_until", day_or(FAR_AHEAD))
    begun = np.where(suspended[0] < FAR_AHEAD, suspended[0], LONG_AGO)
    sheet.in_order("suspended_from", "suspended_until", begun, suspended[1])
    days &= ~_within(calendar, *suspended)
    fine = sheet.readable()
    return _Licensed(Agencies(place[fine], sectors[fine], provinces[fine]), days[fine], sheet)


def _managers(
    folder: Path, calendar: Calendar, programme: dict[str, Any], licensed: _Licensed
) -> tuple[Managers, Sheet]:
    sheet = open_sheet(folder, "managers", ("manager_id", "agency_id", "visits_a_day", "trained_on"))
    sheet.keys("manager_id")
    numbers = {name: number for number, name in enumerate(licensed.sheet.kept("agency_id"))}
    of = sheet.whole("agency_id", one_of(numbers))
    own = sheet.numbers("visits_a_day", lambda cell: whole_between(1, 20)(cell) if cell else np.inf)
    stops = np.minimum(own, programme["visits_a_day"])
    days = _within(calendar, sheet.whole("trained_on", day_or(FAR_AHEAD)) + 1, np.full(sheet.rows, FAR_AHEAD))
    available = sheet.whole("available_from", day_or(LONG_AGO)), sheet.whole("available_until", day_or(FAR_AHEAD))
    sheet.in_order("available_from", "available_until", *available)
    days &= _within(calendar, *available)
    _close(calendar, days, *sheet.each("leave", spans, ()))
    base, gives = given(sheet)
    fine = sheet.readable()
    of = of[fine]  # only of these is the agency known
    base = np.where(gives[fine, None], base[fine], licensed.agencies.place[of])
    key = np.array([key_of(name) for name in sheet.kept("manager_id")], np.int64)
    open_days = pack(days[fine] & licensed.days[of])
    return Managers(of, base, stops[fine].astype(np.int64), open_days, key), sheet


def _enterprises(folder: Path, calendar: Calendar, programme: dict[str, Any]) -> tuple[Sites, Sheet, Ints]:
    sheet = open_sheet(folder, "enterprises", ("enterprise_id", "sector", "province", "latitude", "longitude", "risk"))
    sheet.keys("enterprise_id")
    sector, province = sheet.whole("sector", one_of(SECTOR_NUMBERS)), sheet.whole("province", one_of(PROVINCE_NUMBERS))
    risk, place = sheet.numbers("risk", number_between(0, 9)), in_districts(sheet)
    residual = sheet.numbers("residual_risk", lambda cell: number_between(0, 9)(cell) if cell else -1.0)
    known = sheet.whole("known_on", day_or(LONG_AGO))
    preferred = sheet.whole("preferred_weekdays", bits_of(WEEKDAYS))
    open_days = _enterprise_days(sheet, calendar, known)
    fine = sheet.readable()
    again = programme["third_visit_from_risk"]
    visits = programme["minimum_visits"] + (residual >= (np.inf if again is None else again))
    sites = Sites(
        place[fine],
        sector[fine],
        province[fine],
        risk[fine],
        open_days[fine],
        preferred[fine],
        visits[fine].astype(np.int64),
    )
    return sites, sheet, known[fine]


def _closed(sheet: Sheet, agencies: list[str]) -> Closed:
    """Who gave which enterprise back; an agency that the facts do not know may have left, or be misspelt."""
    places = {name: place for place, name in enumerate(agencies)}
    readable, pairs = sheet.readable(), list[tuple[int, int]]()
    numbers = np.cumsum(readable) - 1
    for row, cell in enumerate(sheet.cells("handed_back").to_pylist()):
        names = {part.strip() for part in cell.split("|")} - {""} if readable[row] else set[str]()
        pairs += [(int(numbers[row]), places[name]) for name in sorted(names & places.keys())]
        if names - places.keys():
            sheet.remark(row, "handed_back", _unknown("|".join(sorted(names - places.keys()))))
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return Closed(table[:, 0], table[:, 1])


def _unknown(agencies: str) -> Both:
    return Both(
        f"등록된 자료에 없는 기관입니다: `{agencies}`. 이 행은 그대로 계획합니다",
        f"`{agencies}` is no agency of the facts; the row is planned all the same",
    )


def _enterprise_days(sheet: Sheet, calendar: Calendar, known: Ints) -> Bits:
    opens, shuts = sheet.whole("open_from", day_or(LONG_AGO)), sheet.whole("open_until", day_or(FAR_AHEAD))
    sheet.in_order("open_from", "open_until", opens, shuts)
    days = _within(calendar, np.maximum(opens, known), shuts)
    closed = sheet.whole("closed_weekdays", bits_of(WEEKDAYS))
    every_week = np.arange(1 << len(WEEKDAYS))
    days &= ((every_week[:, None] >> calendar.weekdays[None, :]) & 1 == 0)[closed]
    _close(calendar, days, *sheet.each("closed_days", spans, ()))
    return pack(days)


def _within(calendar: Calendar, first: Ints, last: Ints) -> Flags:
    return (calendar.dates[None, :] >= first[:, None]) & (calendar.dates[None, :] <= last[:, None])


def _close(calendar: Calendar, days: Flags, spells: list[tuple[tuple[int, int], ...]], of_row: Ints) -> None:
    for number in [number for number, spell in enumerate(spells) if spell]:
        for first, last in spells[number]:
            days[np.ix_(of_row == number, (calendar.dates >= first) & (calendar.dates <= last))] = False

"""What a plan must respect, as arrays: one row an agency, a manager, an enterprise."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduling.verifier import cell_reasons
from scheduling.verifier.cells import (
    LONG_AGO,
    NEVER,
    BadCell,
    Bools,
    Column,
    Days,
    Sheet,
    TextTable,
    dated,
    indices,
    listed,
    pair,
)
from scheduling.verifier.folders import FactsTables
from scheduling.verifier.programme import Programme, programme_of

SECTORS, SECTORS_KO = ("manufacturing", "construction", "service"), ("제조업", "건설업", "서비스업")
PROVINCES = tuple(f"KR-{code}" for code in (11, 26, 27, 28, 29, 30, 31, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50))
PLACES = (("latitude", 33.0, 39.0), ("longitude", 124.0, 132.0))
WEEKDAYS, WEEKDAYS_KO = ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "월화수목금토일"


@dataclass(frozen=True)
class Agencies:
    ids: Column
    sectors: Bools
    provinces: Bools
    qualified_on: Days
    licence_until: Days
    suspended_from: Days
    suspended_until: Days


@dataclass(frozen=True)
class Managers:
    ids: Column
    agency: Days
    visits_a_day: Days
    trained_on: Days
    available_from: Days
    available_until: Days
    leave: Days


@dataclass(frozen=True)
class Enterprises:
    ids: Column
    sector: Days
    province: Days
    open_from: Days
    open_until: Days
    known_on: Days
    closed_weekdays: Bools
    closed_days: Days
    handed_back: Days
    required: Days


@dataclass(frozen=True)
class Facts:
    programme: Programme
    agencies: Agencies
    managers: Managers
    enterprises: Enterprises
    refused: tuple[BadCell, ...]

    def province_of(self, enterprise: int) -> str:
        return PROVINCES[int(self.enterprises.province[enterprise])]

    def agency_of(self, manager: int) -> str:
        agency = int(self.managers.agency[manager])
        return self.agencies.ids[agency].as_py() if agency >= 0 else "-"


def build(tables: FactsTables) -> Facts:
    programme = programme_of(tables.programme)
    sheets = [Sheet(n, t) for n, t in zip(("agencies", "managers", "enterprises"), _tables(tables), strict=True)]
    agencies = _agencies(sheets[0])
    agencies = replace(agencies, ids=_readable_ids(sheets[0], agencies.ids))
    managers = _managers(sheets[1], agencies, programme)
    enterprises = _enterprises(sheets[2], agencies, programme)
    required = np.where(sheets[2].readable(), enterprises.required, 0)
    return Facts(
        programme,
        agencies,
        replace(managers, ids=_readable_ids(sheets[1], managers.ids)),
        replace(enterprises, ids=_readable_ids(sheets[2], enterprises.ids), required=required),
        tuple(bad for sheet in sheets for bad in sheet.bad),
    )


def _readable_ids(sheet: Sheet, ids: Column) -> Column:
    """A row that cannot be read is nobody: whoever names it names an unknown one."""
    return pc.call_function("if_else", [pa.array(sheet.readable()), ids, pa.scalar(None, pa.string())])


def _tables(tables: FactsTables) -> tuple[TextTable, TextTable, TextTable]:
    return tables.agencies, tables.managers, tables.enterprises


def _agencies(sheet: Sheet) -> Agencies:
    _check_place(sheet)
    sheet.required("sectors")
    suspended = sheet.days("suspended_from", NEVER), sheet.days("suspended_until", NEVER)
    sheet.refuse(
        "suspended_until", (suspended[0] > suspended[1]) & (suspended[0] < NEVER), cell_reasons.BEFORE_SUSPENDED
    )
    return Agencies(
        ids=sheet.unique("agency_id"),
        sectors=_matrix(sheet, "sectors", SECTORS),
        provinces=_matrix(sheet, "provinces", PROVINCES) | _empty(sheet, "provinces")[:, None],
        qualified_on=sheet.days("qualified_on", NEVER),
        licence_until=sheet.days("licence_until", NEVER),
        suspended_from=suspended[0],
        suspended_until=suspended[1],
    )


def _managers(sheet: Sheet, agencies: Agencies, programme: Programme) -> Managers:
    own = sheet.whole("visits_a_day", programme.visits_a_day)
    said = ~_empty(sheet, "visits_a_day")
    sheet.refuse("visits_a_day", said & ((own < 1) | (own > 20)), cell_reasons.NO_VISITS_A_DAY)
    agency = indices(sheet.required("agency_id"), agencies.ids)
    sheet.refuse("agency_id", agency < 0, cell_reasons.UNREADABLE_AGENCY)
    _check_base(sheet)
    available = sheet.days("available_from", LONG_AGO), sheet.days("available_until", NEVER)
    sheet.refuse("available_until", available[0] > available[1], cell_reasons.BEFORE_AVAILABLE)
    return Managers(
        ids=sheet.unique("manager_id"),
        agency=agency,
        visits_a_day=np.minimum(own, programme.visits_a_day),
        trained_on=sheet.days("trained_on", NEVER),
        available_from=available[0],
        available_until=available[1],
        leave=dated(sheet, "leave"),
    )


def _enterprises(sheet: Sheet, agencies: Agencies, programme: Programme) -> Enterprises:
    residual = sheet.numbers("residual_risk", -1.0)
    said = ~_empty(sheet, "residual_risk")
    sheet.refuse("residual_risk", said & ((residual < 0) | (residual > 9)), cell_reasons.NO_RESIDUAL)
    _matrix(sheet, "preferred_weekdays", WEEKDAYS)
    required = programme.minimum_visits + (residual >= programme.third_visit_from_risk)
    _check_district(sheet)
    opens, shuts = sheet.days("open_from", LONG_AGO), sheet.days("open_until", NEVER)
    sheet.refuse("open_until", opens > shuts, cell_reasons.BEFORE_OPEN)
    risk = sheet.numbers("risk", -1.0)
    sheet.refuse("risk", (risk < 0) | (risk > 9), cell_reasons.NO_RISK)
    return Enterprises(
        ids=sheet.unique("enterprise_id"),
        sector=sheet.coded("sector", SECTORS),
        province=sheet.coded("province", PROVINCES),
        open_from=opens,
        open_until=shuts,
        known_on=sheet.days("known_on", LONG_AGO),
        closed_weekdays=_matrix(sheet, "closed_weekdays", WEEKDAYS),
        closed_days=dated(sheet, "closed_days"),
        handed_back=_handed_back(sheet, agencies),
        required=required.astype(np.int64),
    )


def _handed_back(sheet: Sheet, agencies: Agencies) -> Days:
    """Enterprise and agency (see `pair`) of every agency that gave it back and that the facts know."""
    rows, parts = listed(sheet.text("handed_back"))
    places, unknown = indices(parts, agencies.ids), np.zeros(len(sheet), dtype=bool)
    said = pc.call_function("not_equal", [parts, ""]).to_numpy(zero_copy_only=False).astype(bool)
    unknown[rows[(places < 0) & said]] = True
    sheet.remark("handed_back", unknown, cell_reasons.UNKNOWN_AGENCY)
    return pair(rows[places >= 0], places[places >= 0])


def _check_place(sheet: Sheet) -> None:
    for column, least, most in PLACES:
        degrees = sheet.numbers(column, 0.0)
        sheet.refuse(column, (degrees < least) | (degrees > most), cell_reasons.ABROAD)


def _check_district(sheet: Sheet) -> None:
    """An enterprise lies where the row says, or somewhere in its district; half a place is none."""
    lost = _check_base(sheet)
    if not lost.any():
        return
    from korea.districts import province_of_district  # noqa: PLC0415 - loads boundaries that are seldom asked for

    provinces, districts = sheet.text("province"), sheet.text("district")
    for row in np.flatnonzero(lost):
        province = provinces[row].as_py()
        lost[row] = province is None or province_of_district(districts[row].as_py() or "") != province
    sheet.refuse("district", lost, cell_reasons.NOWHERE)


def _check_base(sheet: Sheet) -> Bools:
    """A manager starts where the row says, or where the agency is; half a place is none. Tells who gives no place."""
    nowhere = _empty(sheet, "latitude"), _empty(sheet, "longitude")
    sheet.refuse("latitude", nowhere[0] != nowhere[1], cell_reasons.HALF_A_PLACE)
    for column, least, most in PLACES:
        degrees = sheet.numbers(column, least)
        sheet.refuse(column, (degrees < least) | (degrees > most), cell_reasons.ABROAD)
    return nowhere[0] & nowhere[1]


def _empty(sheet: Sheet, column: str) -> Bools:
    return sheet.text(column).is_null().to_numpy(zero_copy_only=False).astype(bool)


def _matrix(sheet: Sheet, column: str, codes: tuple[str, ...]) -> Bools:
    """Row by code: whether the cell lists the code."""
    rows, parts = listed(sheet.text(column))
    places = indices(parts, pa.array(codes))
    matrix = np.zeros((len(sheet), len(codes) + 1), dtype=bool)
    matrix[rows, places] = True  # what is no code falls into the last column
    sheet.refuse(column, matrix[:, -1], cell_reasons.none_of(codes))
    return matrix[:, :-1]

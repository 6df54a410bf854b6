"""Where rows lie on the map: at their latitude and longitude, or where both are empty at what stands in for them."""

import numpy as np

from scheduling.both import Both
from scheduling.planfiles.cells import EMPTY, number_between
from scheduling.planfiles.sheets import Sheet
from scheduling.planner.geometry import on_the_map
from scheduling.planner.model import Flags, Reals

_LATITUDE, _LONGITUDE = number_between(33.0, 39.0), number_between(124.0, 132.0)
_NOBODYS = 36.0, 127.0
_NOWHERE = Both(
    "비어 있고, `district`도 그 시도의 시군구 코드 5자리가 아닙니다",
    "is empty, and `district` is no five-digit code of the row's province",
)


def given(sheet: Sheet) -> tuple[Reals, Flags]:
    """The places of rows, and which rows give one; half a place is refused."""
    latitude, longitude = (sheet.whole(name, lambda cell: cell != "") > 0 for name in ("latitude", "longitude"))
    for row in np.flatnonzero(latitude != longitude):
        sheet.refuse(int(row), "longitude" if latitude[row] else "latitude", EMPTY)
    north = sheet.numbers("latitude", lambda cell: _LATITUDE(cell) if cell else _NOBODYS[0])
    east = sheet.numbers("longitude", lambda cell: _LONGITUDE(cell) if cell else _NOBODYS[1])
    return on_the_map(north, east), latitude | longitude


def demanded(sheet: Sheet) -> Reals:
    """The places of rows that must give one."""
    return on_the_map(sheet.numbers("latitude", _LATITUDE), sheet.numbers("longitude", _LONGITUDE))


def in_districts(sheet: Sheet) -> Reals:
    """The places of enterprises; whoever gives none lies inside its district, the same id always at the same place."""
    place, gives = given(sheet)
    columns = (sheet.cells(name).to_pylist() for name in ("enterprise_id", "province", "district"))
    left = [(row, *cells) for row, cells in enumerate(zip(*columns, strict=True)) if not gives[row]]
    if not left:
        return place
    from korea.districts import places_in, province_of_district  # noqa: PLC0415 - loads boundaries, seldom asked for

    found = [(row, code, name) for row, name, province, code in left if province_of_district(code) == province != ""]
    for row in sorted({row for row, *_ in left} - {row for row, *_ in found}):
        sheet.refuse(row, "latitude", _NOWHERE)
    if found:
        rows, asked = [row for row, *_ in found], [(code, name) for _, code, name in found]
        place[rows] = on_the_map(*np.array(places_in(asked)).T)
    return place

"""The picture's facts as the tables of docs/plan-files.md, for the verifier; no planner has a hand in them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from scheduling.planning.picture import (
    FAR_AHEAD,
    LONG_AGO,
    PROVINCE_CODES,
    SECTORS,
    Flags,
    Ints,
    Octets,
    Picture,
)
from scheduling.verifier import FactsTables

# pyarrow ships no types; the name says what is meant.
Column: TypeAlias = Any
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNIX_EPOCH = date(1970, 1, 1).toordinal()
_FAR_DAY, _LONG_AGO_DAY = date(2999, 12, 31).toordinal(), date(1900, 1, 1).toordinal()


class Names:
    """The ids as text, one place each; the last place, which -1 finds, is that of nobody known."""

    def __init__(self, picture: Picture) -> None:
        self.sites = _uuids(picture.sites.ids)
        self.agencies = pa.array([*map(str, picture.agencies.ids), "unknown"], pa.string())
        self.managers = pa.array([*map(str, picture.managers.ids), "unknown"], pa.string())


def _uuids(ids: Octets) -> Column:
    digits = np.frombuffer(ids.tobytes().hex().encode(), np.uint8).reshape(-1, 32)
    text = np.full((len(digits), 36), ord("-"), np.uint8)
    text[:, [place for place in range(36) if place not in (8, 13, 18, 23)]] = digits
    return pa.array(text.view("S36").ravel(), pa.binary(36)).cast(pa.binary()).cast(pa.string())


def facts_tables(picture: Picture, names: Names) -> FactsTables:
    return FactsTables(
        _programme(picture), _agencies(picture, names), _managers(picture, names), _sites(picture, names)
    )


def _programme(picture: Picture) -> dict[str, Any]:
    programme = picture.programme
    days = {name: [day.isoformat() for day in getattr(programme, name)] for name in _LISTS_OF_DAYS}
    frozen = picture.days[0] - 1 if len(picture.days) else picture.today
    return days | {
        "window_from": programme.window_from.isoformat(),
        "window_until": programme.window_until.isoformat(),
        "minimum_visits": programme.minimum_visits,
        "spacing_days": programme.spacing_days,
        "visits_a_day": programme.visits_a_day,
        "third_visit_from_risk": _ONE_MORE,
        "published_until": date.fromordinal(int(frozen)).isoformat() if frozen > 0 else None,
    }


_LISTS_OF_DAYS = ("training_days", "holidays_added", "workdays_added")
_ONE_MORE = 9
"""The residual risk that the tables give to a site that is owed one visit more, and to no other."""


def _agencies(picture: Picture, names: Names) -> Column:
    agencies = picture.agencies
    never = agencies.suspended_from > agencies.suspended_until  # lifted before it began
    return pa.table({
        "agency_id": names.agencies[: len(agencies.ids)],
        "sectors": _sets(agencies.sectors, SECTORS),
        "provinces": _sets(agencies.provinces, PROVINCE_CODES),
        **_somewhere(len(agencies.ids)),
        "qualified_on": dates(agencies.qualified_on),
        "licence_until": dates(agencies.licence_until),
        "suspended_from": dates(np.where(never, FAR_AHEAD, agencies.suspended_from)),
        "suspended_until": dates(np.where(never, FAR_AHEAD, agencies.suspended_until)),
    })  # fmt: skip


def _managers(picture: Picture, names: Names) -> Column:
    managers = picture.managers
    return pa.table({
        "manager_id": names.managers[: len(managers.ids)],
        "agency_id": names.agencies.take(pa.array(managers.agency)),
        "visits_a_day": pa.array(managers.visits_a_day),
        "trained_on": dates(managers.trained_on),
        "available_until": dates(np.where(managers.left_on == FAR_AHEAD, FAR_AHEAD, managers.left_on - 1)),
        "leave": _days_off(len(managers.ids), managers.leave_of, managers.leave_on),
    })  # fmt: skip


def _sites(picture: Picture, names: Names) -> Column:
    sites = picture.sites
    # Works that end before they begin are refused by the verifier as a mistake; here they mean: never open.
    never = sites.open_from > sites.open_until
    return pa.table({
        "enterprise_id": names.sites,
        "sector": pa.array(SECTORS).take(pa.array(sites.sector)),
        "province": pa.array(PROVINCE_CODES).take(pa.array(sites.province)),
        **_somewhere(len(sites)),
        "risk": pa.array(sites.risk),
        "open_from": dates(np.where(never, _LONG_AGO_DAY, sites.open_from)),
        "open_until": dates(np.where(never, _LONG_AGO_DAY, sites.open_until)),
        "closed_weekdays": _sets(sites.closed_weekdays, WEEKDAYS),
        "closed_days": _days_off(len(sites), sites.closed_of, sites.closed_on),
        "handed_back": _handed_back(picture, names),
        "residual_risk": pa.array(np.where(is_owed_one_more(picture), _ONE_MORE, 0)),
    })  # fmt: skip


def _handed_back(picture: Picture, names: Names) -> Column:
    """The agencies that gave each site back, such as `…0a1|…0a2`."""
    back = picture.handed_back
    return _lists(len(picture.sites), back.site, names.agencies.take(pa.array(back.agency)).to_pylist())


def _days_off(rows: int, of: Ints, on: Ints) -> Column:
    """Lists of days such as `2023-08-01|2023-08-02`."""
    return _lists(rows, of, [date.fromordinal(day).isoformat() for day in on.tolist()])


def _lists(rows: int, of: Ints, said: Iterable[str]) -> Column:
    """A cell a row, with all that is said of it."""
    parts = dict[int, list[str]]()
    for row, part in zip(of.tolist(), said, strict=True):
        parts.setdefault(row, []).append(part)
    return pa.array(["|".join(parts.get(row, ())) for row in range(rows)], pa.string())


def _somewhere(rows: int) -> dict[str, Column]:
    """A place in the country: where somebody is belongs to no hard rule, and a wrong one must not sink a plan."""
    return {"latitude": pa.array(np.full(rows, 36.5)), "longitude": pa.array(np.full(rows, 127.5))}


def is_owed_one_more(picture: Picture) -> Flags:
    most = np.zeros(len(picture.sites), np.int64)
    np.maximum.at(most, picture.needs.site, picture.needs.ordinal)
    scheduled = picture.kept.is_done == 0
    np.maximum.at(most, picture.kept.site[scheduled], picture.kept.ordinal[scheduled])
    done = picture.kept.take(~scheduled & (picture.kept.ordinal == picture.programme.minimum_visits + 1))
    np.maximum.at(most, done.site, done.ordinal)
    return most > picture.programme.minimum_visits


def dates(days: Ints) -> Column:
    """Days since year 1 as dates; what is not bounded is empty."""
    unbounded = (days <= LONG_AGO) | (days >= FAR_AHEAD)
    number = np.clip(days, _LONG_AGO_DAY, _FAR_DAY) - _UNIX_EPOCH
    return pa.array(number.astype("datetime64[D]"), pa.date32(), mask=unbounded)


def _sets(bits: Ints, codes: Sequence[str]) -> Column:
    """Sets of codes, such as `mon|tue`."""
    kinds, place = np.unique(bits, return_inverse=True)
    texts = ["|".join(code for number, code in enumerate(codes) if kind >> number & 1) for kind in kinds.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(place.reshape(-1)))

"""The proof before publication: picture and proposal as the tables of docs/plan-files.md, given to the verifier.

No planner has a hand in it: what the tables say comes from the picture, and the rules are the verifier's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduling.planning.picture import (
    FAR_AHEAD,
    LONG_AGO,
    NOBODY,
    PROVINCE_CODES,
    REASONS,
    SECTORS,
    Flags,
    Ints,
    Octets,
    Picture,
    Proposal,
)
from scheduling.verifier import FactsTables, PlanTables, Violation, verify_tables

# pyarrow ships no types; the name says what is meant.
Column: TypeAlias = Any
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNIX_EPOCH = date(1970, 1, 1).toordinal()
_FAR_DAY, _LONG_AGO_DAY = date(2999, 12, 31).toordinal(), date(1900, 1, 1).toordinal()
_KEYS = 3


@dataclass(frozen=True)
class Broken:
    """A broken rule: how often, and the first few things that break it."""

    rule: str
    count: int
    keys: tuple[str, ...]


def broken_rules(picture: Picture, proposal: Proposal) -> list[Broken]:
    """Every rule that the proposal breaks; empty when it may be published."""
    if not len(proposal.manager) == len(proposal.day) == len(proposal.reason) == len(picture.needs):
        return [Broken("visit_lost", len(picture.needs), ())]
    names = _Names(picture)
    released = [_visit_name(names.sites[site].as_py(), ordinal) for site, ordinal in picture.released.tolist()]
    report = verify_tables(
        _facts(picture, names), _plan(picture, names, proposal), _published(picture, names), released
    )
    return [*_by_rule(report.violations), *_given_back_again(picture, names, proposal)]


def _by_rule(violations: Sequence[Violation]) -> Iterator[Broken]:
    for rule in dict.fromkeys(violation.rule for violation in violations):
        keys = [violation.key for violation in violations if violation.rule == rule]
        yield Broken(rule, len(keys), tuple(keys[:_KEYS]))


class _Names:
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


def _facts(picture: Picture, names: _Names) -> FactsTables:
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


def _agencies(picture: Picture, names: _Names) -> Column:
    agencies = picture.agencies
    return pa.table({
        "agency_id": names.agencies[: len(agencies.ids)],
        "sectors": _sets(agencies.sectors, SECTORS),
        "provinces": _sets(agencies.provinces, PROVINCE_CODES),
        **_somewhere(len(agencies.ids)),
        "qualified_on": _dates(agencies.qualified_on),
        "licence_until": _dates(agencies.licence_until),
        "suspended_from": _dates(agencies.suspended_from),
        "suspended_until": _dates(agencies.suspended_until),
    })  # fmt: skip


def _managers(picture: Picture, names: _Names) -> Column:
    managers = picture.managers
    leave = [list[str]() for _ in managers.ids]
    for manager, day in zip(managers.leave_of.tolist(), managers.leave_on.tolist(), strict=True):
        leave[manager].append(date.fromordinal(day).isoformat())
    return pa.table({
        "manager_id": names.managers[: len(managers.ids)],
        "agency_id": names.agencies.take(pa.array(managers.agency)),
        "visits_a_day": pa.array(managers.visits_a_day),
        "trained_on": _dates(managers.trained_on),
        "available_until": _dates(np.where(managers.left_on == FAR_AHEAD, FAR_AHEAD, managers.left_on - 1)),
        "leave": pa.array(["|".join(days) for days in leave], pa.string()),
    })  # fmt: skip


def _sites(picture: Picture, names: _Names) -> Column:
    sites = picture.sites
    # Works that end before they begin are refused by the verifier as a mistake; here they mean: never open.
    never = sites.open_from > sites.open_until
    return pa.table({
        "enterprise_id": names.sites,
        "sector": pa.array(SECTORS).take(pa.array(sites.sector)),
        "province": pa.array(PROVINCE_CODES).take(pa.array(sites.province)),
        **_somewhere(len(sites)),
        "risk": pa.array(sites.risk),
        "open_from": _dates(np.where(never, _LONG_AGO_DAY, sites.open_from)),
        "open_until": _dates(np.where(never, _LONG_AGO_DAY, sites.open_until)),
        "closed_weekdays": _sets(sites.closed_weekdays, WEEKDAYS),
        "residual_risk": pa.array(np.where(_is_owed_one_more(picture), _ONE_MORE, 0)),
    })  # fmt: skip


def _somewhere(rows: int) -> dict[str, Column]:
    """A place in the country: where somebody is belongs to no hard rule, and a wrong one must not sink a plan."""
    return {"latitude": pa.array(np.full(rows, 36.5)), "longitude": pa.array(np.full(rows, 127.5))}


def _is_owed_one_more(picture: Picture) -> Flags:
    most = np.zeros(len(picture.sites), np.int64)
    np.maximum.at(most, picture.needs.site, picture.needs.ordinal)
    scheduled = picture.kept.is_done == 0
    np.maximum.at(most, picture.kept.site[scheduled], picture.kept.ordinal[scheduled])
    done = picture.kept.take(~scheduled & (picture.kept.ordinal == picture.programme.minimum_visits + 1))
    np.maximum.at(most, done.site, done.ordinal)
    return most > picture.programme.minimum_visits


def _plan(picture: Picture, names: _Names, proposal: Proposal) -> PlanTables:
    """The plan as it would be: what stands, and what is proposed beside it."""
    kept, placed = picture.kept, proposal.placed
    needs, managers = picture.needs, proposal.manager[placed]
    rows = _Rows(
        np.append(kept.site, needs.site[placed]),
        np.append(kept.ordinal, needs.ordinal[placed]),
        np.append(kept.agency, picture.managers.agency[managers]),
        np.append(kept.manager, managers),
        np.append(kept.day, proposal.day[placed]),
        np.append(_stages(picture), np.full(len(placed), _STAGES.index("draft"))),
        np.append(kept.is_pinned, np.zeros(len(placed), np.int64)),
    )
    left = np.flatnonzero(proposal.manager == NOBODY)
    return PlanTables(_visits(names, rows), _unscheduled(picture, names, (left, proposal.reason[left])))


def _published(picture: Picture, names: _Names) -> PlanTables:
    """What sites have been told of the days that can still be planned, freed and dropped visits included."""
    kept, needs, dropped = picture.kept, picture.needs, picture.dropped
    told = kept.take(_stages(picture) == _STAGES.index("published"))
    freed = np.flatnonzero(needs.is_freed)
    columns = {
        name: np.concatenate([getattr(told, name), getattr(needs, name)[freed], getattr(dropped, name)])
        for name in ("site", "ordinal", "agency", "manager", "day")
    }
    pinned = np.concatenate([told.is_pinned, np.zeros(len(freed), np.int64), dropped.is_pinned])
    rows = _Rows(**columns, stage=np.full(len(pinned), _STAGES.index("published")), is_pinned=pinned)
    nothing = np.empty(0, np.int64)
    return PlanTables(_visits(names, rows), _unscheduled(picture, names, (nothing, nothing)))


@dataclass(frozen=True)
class _Rows:
    """Visits of a table, column by column."""

    site: Ints
    ordinal: Ints
    agency: Ints
    manager: Ints
    day: Ints
    stage: Ints
    is_pinned: Ints


_STAGES = ("draft", "published", "done", "missed")


def _stages(picture: Picture) -> Ints:
    """Of the visits that stand: what lies in the past is beyond any plan, whether it has been reported or not."""
    kept = picture.kept
    past = (kept.is_done == 1) | (kept.day <= picture.today)
    owed = picture.programme.minimum_visits + _is_owed_one_more(picture)[kept.site]
    # Done when the programme asked for more visits: it is remembered, and counts for nothing.
    return np.where(past, np.where(kept.ordinal > owed, 3, 2), 1).astype(np.int64)


def _visits(names: _Names, rows: _Rows) -> Column:
    sites = names.sites.take(pa.array(rows.site))
    return pa.table({
        "visit_id": _visit_names(sites, rows.ordinal),
        "enterprise_id": sites,
        "ordinal": pa.array(rows.ordinal),
        "agency_id": _named(names.agencies, rows.agency),
        "manager_id": _named(names.managers, rows.manager),
        "visit_on": _dates(rows.day),
        "stage": pa.array(_STAGES).take(pa.array(rows.stage)),
        "pinned": pa.array(("false", "true")).take(pa.array(rows.is_pinned)),
    })  # fmt: skip


def _visit_name(site: str, ordinal: int) -> str:
    return f"{site}:{ordinal}"


def _visit_names(sites: Column, ordinal: Ints) -> Column:
    return pc.call_function("binary_join_element_wise", [sites, pa.array(ordinal).cast(pa.string()), ":"])


def _named(names: Column, places: Ints) -> Column:
    return names.take(pa.array(np.where(places == NOBODY, len(names) - 1, places)))


def _unscheduled(picture: Picture, names: _Names, left: tuple[Ints, Ints]) -> Column:
    rows, reason = left
    codes = pa.array((*REASONS, "none"), pa.string())
    known = np.where((reason >= 0) & (reason < len(REASONS)), reason, len(REASONS))
    return pa.table({
        "enterprise_id": names.sites.take(pa.array(picture.needs.site[rows])),
        "ordinal": pa.array(picture.needs.ordinal[rows]),
        "reason": codes.take(pa.array(known)),
    })  # fmt: skip


def _given_back_again(picture: Picture, names: _Names, proposal: Proposal) -> Iterator[Broken]:
    """What the verifier cannot know: an agency that handed a site back does not get it again."""
    placed, back = proposal.placed, picture.handed_back
    wide = len(picture.agencies.ids) + 1
    site = picture.needs.site[placed]
    again = np.isin(site * wide + picture.managers.agency[proposal.manager[placed]], back.site * wide + back.agency)
    if again.any():
        keys = (
            _visit_name(names.sites[place].as_py(), ordinal)
            for place, ordinal in zip(site[again].tolist(), picture.needs.ordinal[placed][again].tolist(), strict=True)
        )
        yield Broken(
            "given_back_again", int(again.sum()), tuple(key for key, _ in zip(keys, range(_KEYS), strict=False))
        )


def _dates(days: Ints) -> Column:
    """Days since year 1 as dates; what is not bounded is empty."""
    unbounded = (days <= LONG_AGO) | (days >= FAR_AHEAD)
    number = np.clip(days, _LONG_AGO_DAY, _FAR_DAY) - _UNIX_EPOCH
    return pa.array(number.astype("datetime64[D]"), pa.date32(), mask=unbounded)


def _sets(bits: Ints, codes: Sequence[str]) -> Column:
    """Sets of codes, such as `mon|tue`."""
    kinds, place = np.unique(bits, return_inverse=True)
    texts = ["|".join(code for number, code in enumerate(codes) if kind >> number & 1) for kind in kinds.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(place.reshape(-1)))

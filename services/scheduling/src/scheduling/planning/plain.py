"""The plain planner: the nearest competent agency with room, a share of the map for each manager, the first free days.

Simple and valid; `scheduling.planner` makes far shorter ways of the same picture.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from scheduling.planning.openings import agency_may, manager_days, manager_room, site_days
from scheduling.planning.picture import REASONS, Ints, Picture, Proposal, Reals

NEAREST = 12
TRIES = 300
"""Managers asked for a visit that found no room with its own."""
_NO_AGENCY, _TOO_SHORT, _NOBODY, _NO_CAPACITY = range(len(REASONS))


def plan(picture: Picture) -> Proposal:
    """A day for every visit that finds one, the riskiest enterprises first."""
    return _Work(picture).done()


@dataclass(frozen=True, slots=True)
class _Demand:
    """A site's needs: their places in the proposal with their ordinals, and what the site has already."""

    site: int
    needs: tuple[tuple[int, int], ...]
    kept: tuple[tuple[int, int], ...]


class _Diary:
    """One manager's free hours, day by day; full days are skipped over in one step."""

    def __init__(self, room: Sequence[int], reserve_share: float) -> None:
        self.room = list(room)
        self.left = int(sum(room) * (1 - reserve_share))
        self._next = [day if free > 0 else day + 1 for day, free in enumerate(room)] + [len(room)]

    def first_free(self, day: int) -> int:
        """The first day from this one on that has room; the number of days when there is none."""
        root = day
        while self._next[root] != root:
            root = self._next[root]
        while self._next[day] != root:
            self._next[day], day = root, self._next[day]
        return root

    def take(self, day: int) -> None:
        self.room[day] -= 1
        self.left -= 1
        if self.room[day] == 0:
            self._next[day] = day + 1


class _Work:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.dates: list[int] = picture.days.tolist()
        self.spacing = picture.programme.spacing_days
        room, self.works = manager_room(picture), manager_days(picture)
        reserve = picture.programme.reserve_share
        self.diaries = [_Diary(row, reserve) for row in room.tolist()]
        self.patterns, self.pattern_of = site_days(picture)
        self.open_days = self.patterns.sum(axis=1)
        self.may = agency_may(picture)
        self.team: list[list[int]] = [[] for _ in picture.agencies.ids]
        for manager, agency in enumerate(picture.managers.agency.tolist()):
            self.team[agency].append(manager)
        count = len(picture.needs)
        self.manager, self.day = np.full(count, -1), np.full(count, -1)
        self.reason = np.full(count, -1)
        # First day at least the spacing behind each day, and the last at least the spacing before it.
        self.behind: list[int] = np.searchsorted(picture.days, picture.days + self.spacing).tolist()

    def done(self) -> Proposal:
        demands = self._demands()
        order = self._by_risk(demands)
        nearest = _nearest(self.picture, self.may, [demands[place].site for place in order])
        left = list[tuple[_Demand, Sequence[int]]]()
        given: dict[int, list[_Demand]] = {}
        room = [sum(self.diaries[manager].left for manager in team) for team in self.team]
        for place, agencies in zip(order, nearest, strict=True):
            demand = demands[place]
            agency = self._agency_for(demand, agencies, room)
            if agency < 0:
                left.append((demand, agencies))
            else:
                room[agency] -= len(demand.needs)
                given.setdefault(agency, []).append(demand)
        for agency, mine in given.items():
            left += [(demand, [agency]) for demand in self._serve(agency, mine)]
        self._place_leftovers(left)
        return Proposal(self.manager, self.day, self.reason)

    def _demands(self) -> list[_Demand]:
        needs, kept = self.picture.needs, self.picture.kept
        had: dict[int, list[tuple[int, int]]] = {}
        wanting = set(needs.site.tolist())
        for site, ordinal, day in zip(kept.site.tolist(), kept.ordinal.tolist(), kept.day.tolist(), strict=True):
            if site in wanting:
                had.setdefault(site, []).append((ordinal, day))
        grouped: dict[int, list[tuple[int, int]]] = {}
        for need, (site, ordinal) in enumerate(zip(needs.site.tolist(), needs.ordinal.tolist(), strict=True)):
            grouped.setdefault(site, []).append((need, ordinal))
        return [_Demand(site, tuple(mine), tuple(had.get(site, ()))) for site, mine in grouped.items()]

    def _by_risk(self, demands: Sequence[_Demand]) -> list[int]:
        """The riskiest first; among equals those with few days, because others can wait."""
        site = np.array([demand.site for demand in demands], np.int64)
        days = self.open_days[self.pattern_of[site]]
        return np.lexsort((site, days, -self.picture.sites.risk[site])).tolist()

    def _agency_for(self, demand: _Demand, agencies: Iterable[int], room: Sequence[int]) -> int:
        return next((agency for agency in agencies if agency >= 0 and room[agency] >= len(demand.needs)), -1)

    def _serve(self, agency: int, demands: list[_Demand]) -> list[_Demand]:
        """Share an agency's sites out among its managers along the longer side of its country; who found no days."""
        site = np.array([demand.site for demand in demands], np.int64)
        where = np.column_stack([self.picture.sites.latitude[site] * 1.25, self.picture.sites.longitude[site]])
        along = where[:, int(np.argmax(np.ptp(where, axis=0)))]
        team = self.team[agency]
        size = np.array([self.diaries[manager].left for manager in team], np.float64)
        needs = np.array([len(demand.needs) for demand in demands])
        order = np.argsort(along, kind="stable")
        ends = np.searchsorted(np.cumsum(needs[order]), np.cumsum(size / size.sum()) * needs.sum() - 0.5)
        left = list[_Demand]()
        for manager, mine in zip(team, np.split(order, ends[:-1] + 1), strict=True):
            left += self._fill(manager, demands, mine, where)
        return left

    def _fill(self, manager: int, demands: Sequence[_Demand], mine: Ints, where: Reals) -> Iterator[_Demand]:
        """Fill a manager's days: high risk first, then who is open for a part of the year only, then strip by strip."""
        sites = np.array([demands[place].site for place in mine], np.int64)
        high = self.picture.sites.risk[sites] >= 6
        pressed = self.open_days[self.pattern_of[sites]] < 0.75 * len(self.dates)
        strip = np.floor(where[mine, 0] * 20)
        for place in mine[np.lexsort((where[mine, 1], strip, ~pressed, ~high))].tolist():
            if not self._place(demands[place], manager):
                yield demands[place]

    def _place(self, demand: _Demand, manager: int) -> bool:
        """All of a site's needs with one manager, or none of them."""
        diary = self.diaries[manager]
        days = self._days_for(demand, diary)
        if days is None or diary.left < len(days):
            return False
        for (need, _), day in zip(demand.needs, days, strict=True):
            diary.take(day)
            self.manager[need], self.day[need] = manager, self.dates[day]
        return True

    def _days_for(self, demand: _Demand, diary: _Diary) -> list[int] | None:
        days, earliest = list[int](), 0
        open_days = self.patterns[self.pattern_of[demand.site]]
        for _, ordinal in demand.needs:
            day = diary.first_free(earliest) if earliest < len(self.dates) else len(self.dates)
            while day < len(self.dates) and not (open_days[day] and self._keeps_apart(demand, ordinal, day)):
                day = diary.first_free(day + 1)
            if day >= len(self.dates):
                return None
            days.append(day)
            earliest = self.behind[day] if self.spacing else day + 1
        return days

    def _keeps_apart(self, demand: _Demand, ordinal: int, day: int) -> bool:
        """Far enough from the visits that the site has, and in their order."""
        date = self.dates[day]
        return all(
            date - other >= self.spacing if mine < ordinal else other - date >= self.spacing
            for mine, other in demand.kept
        )

    def _place_leftovers(self, left: Iterable[tuple[_Demand, Sequence[int]]]) -> None:
        for demand, agencies in left:
            competent = _all_nearest(self.picture, self.may, demand.site, agencies)
            team = [manager for agency in competent for manager in self.team[agency]]
            managers = [manager for manager in team if self.diaries[manager].left >= len(demand.needs)]
            if not any(self._place(demand, manager) for manager in managers[:TRIES]):
                alone = self._place_apart(demand, team)
                self.reason[alone] = self._why(demand, competent, team) if alone else -1

    def _place_apart(self, demand: _Demand, team: Sequence[int]) -> list[int]:
        """Each visit with whoever has a day for it; the needs for which nobody has one."""
        kept, alone = demand.kept, list[int]()
        for need, ordinal in demand.needs:
            one = replace(demand, needs=((need, ordinal),), kept=kept)
            if any(self._place(one, manager) for manager in team):
                kept = (*kept, (ordinal, int(self.day[need])))
            else:
                alone.append(need)
        return alone

    def _why(self, demand: _Demand, competent: Sequence[int], team: Sequence[int]) -> int:
        """The first reason that holds; the days that would do are seen beside the visits that stand."""
        if not competent:
            return _NO_AGENCY
        if not self._fits(demand, np.ones(len(self.dates), np.bool_)):
            return _TOO_SHORT
        return _NO_CAPACITY if self._fits(demand, np.asarray(self.works[list(team)].any(axis=0), np.bool_)) else _NOBODY

    def _fits(self, demand: _Demand, days: npt.NDArray[np.bool_]) -> bool:
        """Whether these days would do for all of a site's needs, were nobody booked on them."""
        return self._days_for(demand, _Diary(days.astype(np.int64).tolist(), 0)) is not None


def _nearest(picture: Picture, may: npt.NDArray[np.bool_], sites: Sequence[int]) -> Iterator[list[int]]:
    """For each site its nearest competent agencies, -1 where there are fewer."""
    chunk = 4_096
    for start in range(0, len(sites), chunk):
        rows = np.array(sites[start : start + chunk], np.int64)
        far = _far(picture, may, rows)
        few = min(NEAREST, far.shape[1])
        best = np.argpartition(far, few - 1, axis=1)[:, :few] if few else np.empty((len(rows), 0), np.int64)
        far = np.take_along_axis(far, best, axis=1)
        order = np.argsort(far, axis=1, kind="stable")
        best, far = np.take_along_axis(best, order, axis=1), np.take_along_axis(far, order, axis=1)
        yield from np.where(np.isfinite(far), best, -1).tolist()


def _all_nearest(picture: Picture, may: npt.NDArray[np.bool_], site: int, preferred: Sequence[int]) -> list[int]:
    """Every competent agency, the preferred ones first, then by distance."""
    far = _far(picture, may, np.array([site]))[0]
    ranked = [agency for agency in np.argsort(far, kind="stable").tolist() if np.isfinite(far[agency])]
    first = [agency for agency in preferred if agency >= 0]
    return [*first, *(agency for agency in ranked if agency not in first)]


def _far(picture: Picture, may: npt.NDArray[np.bool_], sites: Ints) -> Reals:
    """Squared distance in degrees of latitude, infinite where the agency may not go."""
    agencies, all_sites = picture.agencies, picture.sites
    north = all_sites.latitude[sites, None] - agencies.latitude[None, :]
    east = (all_sites.longitude[sites, None] - agencies.longitude[None, :]) * 0.8
    allowed = may[all_sites.sector[sites], all_sites.province[sites]]
    back = picture.handed_back
    row, pair = np.nonzero(sites[:, None] == back.site[None, :])
    allowed[row, back.agency[pair]] = False
    return np.where(allowed, north**2 + east**2, np.inf)

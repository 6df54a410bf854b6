"""Wishes carried out on the live plan: only the visits that a wish names move, each where it costs least."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from scheduling import reasons
from scheduling.model import Because, Wish, WishAnswer, visit_id_of
from scheduling.planner.board import seat
from scheduling.planner.events import Live, Moved, another_day, hand_back, live
from scheduling.planner.openings import pack
from scheduling.planning.making_way import freed_too
from scheduling.planning.national import facts_of
from scheduling.planning.picture import NOBODY, Flags, HandedBack, Ints, Picture, Proposal

Place = tuple[int, int]
"""A manager, and a day as a number since year 1."""


@dataclass(frozen=True)
class CarriedOut:
    """The answers, and by site and ordinal where the visits go."""

    answers: list[WishAnswer] = field(default_factory=list[WishAnswer])
    moves: dict[tuple[int, int], Place] = field(default_factory=dict[tuple[int, int], Place])


def propose_with_wishes(
    propose: Callable[[Picture], tuple[Picture, Proposal]], picture: Picture, wishes: Sequence[Wish]
) -> tuple[Picture, Proposal, list[WishAnswer]]:
    """The wishes first, then the plan around them; in the end their visits are needs like others that have moved."""
    if not wishes:
        return *propose(picture), []
    carried = carry_out(picture, wishes)
    planned, proposal = propose(_with_wishes(picture, carried))
    return *_with_moves(picture, (planned, proposal), carried.moves), carried.answers


def carry_out(picture: Picture, wishes: Sequence[Wish]) -> CarriedOut:
    """Carries wishes out one after the other; a visit that one of them has moved is not moved by another."""
    work = _Work(picture)
    carried = CarriedOut()
    for wish in wishes:
        found = work.carry_out(wish, carried.moves)
        if isinstance(found, Because):
            carried.answers.append(WishAnswer(wish, because=found))
        else:
            carried.moves.update(found)
            carried.answers.append(WishAnswer(wish, tuple(work.told(key, place) for key, place in found.items())))
    return carried


class _Work:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.places = {UUID(bytes=name.tobytes()): place for place, name in enumerate(picture.sites.ids)}
        facts = facts_of(picture)
        self.state: Live = live(facts, facts.kept)
        self.rows: dict[tuple[int, int], int] = {}
        kept = picture.kept
        for row in np.flatnonzero((kept.is_done == 0) & (kept.day > picture.today)).tolist():
            self.rows[int(kept.site[row]), int(kept.ordinal[row])] = row

    def carry_out(self, wish: Wish, moved: dict[tuple[int, int], Place]) -> dict[tuple[int, int], Place] | Because:
        site = self.places.get(wish.enterprise_id)
        keys = [key for key in self.rows if key[0] == site]
        if site is None or not keys or not len(self.picture.days):
            return reasons.NOTHING_SCHEDULED
        self._keep_apart(site)
        return self._hand_back(wish, site, keys) if wish.kind == "hand_back" else self._another_day(wish, keys, moved)

    def _hand_back(self, wish: Wish, site: int, keys: list[tuple[int, int]]) -> dict[tuple[int, int], Place] | Because:
        picture, state = self.picture, self.state
        turns = [turn for turn in range(state.day.shape[1]) if state.day[site, turn] >= 0]
        if any(picture.kept.is_pinned[self.rows[key]] for key in keys):
            return reasons.PINNED
        before = state.manager[site].copy(), state.day[site].copy()
        agencies = {int(state.facts.managers.agency[before[0][turn]]) for turn in turns}
        if {picture.agencies.ids[agency] for agency in agencies} != {wish.agency_id}:
            return reasons.NOT_SERVED
        return self._settled(hand_back(state, site, -1), before) or reasons.NOBODY_ELSE

    def _another_day(
        self, wish: Wish, keys: list[tuple[int, int]], moved: dict[tuple[int, int], Place]
    ) -> dict[tuple[int, int], Place] | Because:
        picture, state = self.picture, self.state
        programme, names = picture.programme.programme_id, picture.sites.ids
        key = next(
            (k for k in keys if visit_id_of(programme, UUID(bytes=names[k[0]].tobytes()), k[1]) == wish.visit_id), None
        )
        if key is None or key in moved:
            return reasons.NOTHING_SCHEDULED
        if picture.kept.is_pinned[self.rows[key]]:
            return reasons.PINNED
        wanted = np.isin(picture.days, [day.toordinal() for day in wish.days])
        if state.day[key[0], key[1] - 1] < 0 or not wanted.any():
            return reasons.NO_SUCH_DAY
        before = state.manager[key[0]].copy(), state.day[key[0]].copy()
        return self._settled(another_day(state, key[0], key[1], wanted), before) or reasons.NO_SUCH_DAY

    def _settled(self, moved: list[Moved], before: tuple[Ints, Ints]) -> dict[tuple[int, int], Place]:
        """Where the visits went; put back where they were if one of them found no place."""
        if all(one.manager != NOBODY for one in moved):
            return {(one.site, one.ordinal): (one.manager, int(self.picture.days[one.day])) for one in moved}
        state = self.state
        for site, turn in ((one.site, one.ordinal - 1) for one in moved):
            at = int(before[0][turn]), int(before[1][turn])
            seat(state.world, state.board, site, at)
            state.manager[site, turn], state.day[site, turn] = at
        return {}

    def _keep_apart(self, site: int) -> None:
        """Days too near to what lies behind are closed: the live plan knows only the days that can still be planned."""
        kept, days = self.picture.kept, self.picture.days
        behind = (kept.site == site) & (kept.day < days[0])
        far = days[:, None] - kept.day[behind][None, :] >= self.picture.programme.spacing_days
        self.state.facts.sites.open_days[site] &= pack(np.all(far, axis=1, keepdims=True).T)[0]

    def told(self, key: tuple[int, int], place: Place) -> dict[str, Any]:
        picture, (site, ordinal), (manager, day) = self.picture, key, place
        enterprise_id = UUID(bytes=picture.sites.ids[site].tobytes())
        return {
            "visit_id": visit_id_of(picture.programme.programme_id, enterprise_id, ordinal),
            "ordinal": ordinal,
            "visit_on": date.fromordinal(day),
            "agency_id": picture.agencies.ids[picture.managers.agency[manager]],
            "manager_id": picture.managers.ids[manager],
        }


def _rows_of(picture: Picture, moves: dict[tuple[int, int], Place]) -> Flags:
    keys = np.array([site * 128 + ordinal for site, ordinal in moves], np.int64)
    return np.isin(picture.kept.site * 128 + picture.kept.ordinal, keys)


def _with_wishes(picture: Picture, carried: CarriedOut) -> Picture:
    """The picture as if the wishes had been published; what they moved makes way for nobody in this plan."""
    kept, rows = picture.kept, np.flatnonzero(_rows_of(picture, carried.moves))
    manager, agency, day, is_pinned = (
        column.copy() for column in (kept.manager, kept.agency, kept.day, kept.is_pinned)
    )
    for row in rows.tolist():
        manager[row], day[row] = carried.moves[int(kept.site[row]), int(kept.ordinal[row])]
    agency[rows], is_pinned[rows] = picture.managers.agency[manager[rows]], 1
    return replace(
        picture,
        kept=replace(kept, manager=manager, agency=agency, day=day, is_pinned=is_pinned),
        handed_back=_also(picture, [one.wish for one in carried.answers if not one.because]),
    )


def _also(picture: Picture, wishes: Sequence[Wish]) -> HandedBack:
    wanted = {(wish.enterprise_id, wish.agency_id) for wish in wishes if wish.kind == "hand_back"}
    sites = {UUID(bytes=name.tobytes()): place for place, name in enumerate(picture.sites.ids)} if wanted else {}
    pairs = [(sites[site], picture.agencies.ids.index(agency)) for site, agency in sorted(wanted)]
    table, back = np.array(pairs, np.int64).reshape(-1, 2), picture.handed_back
    return HandedBack(np.append(back.site, table[:, 0]), np.append(back.agency, table[:, 1]))


def _with_moves(
    before: Picture, planned: tuple[Picture, Proposal], moves: dict[tuple[int, int], Place]
) -> tuple[Picture, Proposal]:
    """The wishes' visits as needs that stand where they stood before, and are proposed where they go."""
    picture, proposal = planned
    origin = freed_too(replace(before, needs=_no_needs(before)), _rows_of(before, moves)).needs
    places = [moves[site, ordinal] for site, ordinal in zip(origin.site.tolist(), origin.ordinal.tolist(), strict=True)]
    table = np.array(places, np.int64).reshape(-1, 2)
    needs = {
        name: np.append(getattr(picture.needs, name), getattr(origin, name)) for name in origin.__dataclass_fields__
    }
    joined = replace(
        picture,
        kept=picture.kept.take(~_rows_of(picture, moves)),
        needs=replace(picture.needs, **needs),
        released=np.concatenate([picture.released, np.column_stack([origin.site, origin.ordinal])]),
    )
    none = np.full(len(table), NOBODY, np.int64)
    return joined, Proposal(
        np.append(proposal.manager, table[:, 0]), np.append(proposal.day, table[:, 1]), np.append(proposal.reason, none)
    )


def _no_needs(picture: Picture) -> Any:
    return replace(picture.needs, **{name: np.empty(0, np.int64) for name in picture.needs.__dataclass_fields__})

"""Wishes carried out on the live plan: only the visits that a wish names move, each where it costs least."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np

from scheduling import reasons
from scheduling.model import Because, Wish, WishAnswer, visit_id_of
from scheduling.planner.events import Live, Moved, live
from scheduling.planner.granting import Coming, Refusal, another_day, hand_back
from scheduling.planner.openings import pack
from scheduling.planning.making_way import freed_too
from scheduling.planning.national import facts_of
from scheduling.planning.picture import NOBODY, Flags, HandedBack, Picture, Proposal

Place = tuple[int, int]
"""A manager, and a day as a number since year 1."""


Found: TypeAlias = dict[tuple[int, int], Place] | Because | None
"""Where visits go, by site and ordinal; or why they stay; or nothing, for a wish that waits for the next plan."""


@dataclass(frozen=True)
class CarriedOut:
    """The answers, and by site and ordinal where the visits go; a wish without an answer waits for the next plan."""

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
    return *_with_moves(picture, planned, proposal, carried.moves), carried.answers


def can_move(picture: Picture) -> bool:
    """Whether any visit could be moved at all: somebody to visit, somebody who comes, and a day left."""
    return bool(len(picture.days) and picture.managers.ids and len(picture.sites))


def carry_out(picture: Picture, wishes: Sequence[Wish]) -> CarriedOut:
    """Carries wishes out one after the other; a visit that one of them has moved, another moves in the next plan."""
    if not can_move(picture):
        return CarriedOut([WishAnswer(wish, because=reasons.NOTHING_SCHEDULED) for wish in wishes])
    work = _Work(picture, wishes)
    carried = CarriedOut()
    for wish in wishes:
        found = work.carry_out(wish, carried.moves)
        if isinstance(found, Because):
            carried.answers.append(WishAnswer(wish, because=found))
        elif found is not None:
            carried.moves.update(found)
            carried.answers.append(WishAnswer(wish, tuple(work.told(key, place) for key, place in found.items())))
    return carried


def harmless(breaks: Callable[[Sequence[Wish]], bool], kept: Sequence[Wish], asked: Sequence[Wish]) -> Sequence[Wish]:
    """The wishes kept, and those of the others that break no rule beside them; halves are tried whole."""
    if not asked or not breaks([*kept, *asked]):
        return [*kept, *asked]
    if len(asked) == 1:
        return kept
    half = len(asked) // 2
    return harmless(breaks, harmless(breaks, kept, asked[:half]), asked[half:])


class _Work:
    """The live plan, and by site the rows of the visits that wishes may be about."""

    def __init__(self, picture: Picture, wishes: Sequence[Wish]) -> None:
        self.picture = picture
        self.places = _places_of(picture, wishes)
        facts = facts_of(picture)
        self.state: Live = live(facts, facts.kept)
        self.freed: set[int] = set(picture.needs.site[picture.needs.is_freed].tolist())
        self.rows: dict[int, list[int]] = {}
        kept, mine = picture.kept, np.array(list(self.places.values()), np.int64)
        for row in np.flatnonzero((kept.is_done == 0) & (kept.day > picture.today) & np.isin(kept.site, mine)).tolist():
            self.rows.setdefault(int(kept.site[row]), []).append(row)

    def carry_out(self, wish: Wish, moved: dict[tuple[int, int], Place]) -> Found:
        site = self.places.get(wish.enterprise_id)
        if site in self.freed:
            return None  # where this very plan sends the site's visits is not known yet
        rows = [] if site is None else self.rows.get(site, [])
        if site is None or not rows:
            return reasons.NOTHING_SCHEDULED
        self._keep_apart(site)
        return self._hand_back(wish, rows, moved) if wish.kind == "hand_back" else self._another_day(wish, rows, moved)

    def _hand_back(self, wish: Wish, rows: list[int], moved: dict[tuple[int, int], Place]) -> Found:
        if any(self._key(row) in moved for row in rows):
            return None
        coming, agencies = self._coming(rows), self.picture.agencies.ids
        gives_back = agencies.index(wish.agency_id) if wish.agency_id in agencies else len(agencies)
        concerned = {gives_back, *coming.agency.tolist()}
        return self._found(hand_back(self.state, self._key(rows[0])[0], coming, concerned))

    def _another_day(self, wish: Wish, rows: list[int], moved: dict[tuple[int, int], Place]) -> Found:
        row = next((row for row in rows if self._visit_id(*self._key(row)) == wish.visit_id), None)
        if row is None:
            return reasons.NOTHING_SCHEDULED
        if self._key(row) in moved:
            return None
        days = np.isin(self.picture.days, [day.toordinal() for day in wish.days])
        return self._found(another_day(self.state, *self._key(row), self._coming([row]), days))

    def _coming(self, rows: list[int]) -> Coming:
        """These visits; what lies before the first day that can be planned is fixed."""
        kept = self.picture.kept
        return Coming(kept.day[rows], kept.agency[rows], kept.is_pinned[rows] == 1, int(self.picture.days[0]) - 1)

    def _key(self, row: int) -> tuple[int, int]:
        return int(self.picture.kept.site[row]), int(self.picture.kept.ordinal[row])

    def _visit_id(self, site: int, ordinal: int) -> UUID:
        enterprise_id = UUID(bytes=self.picture.sites.ids[site].tobytes())
        return visit_id_of(self.picture.programme.programme_id, enterprise_id, ordinal)

    def _found(self, answer: list[Moved] | Refusal) -> Found:
        if isinstance(answer, Refusal):
            return reasons.WISHES[answer]
        return {(one.site, one.ordinal): (one.manager, int(self.picture.days[one.day])) for one in answer}

    def _keep_apart(self, site: int) -> None:
        """Days too near to what lies behind are closed: the live plan knows only the days that can still be planned."""
        kept, days = self.picture.kept, self.picture.days
        behind = (kept.site == site) & (kept.day < days[0])
        far = days[:, None] - kept.day[behind][None, :] >= self.picture.programme.spacing_days
        self.state.facts.sites.open_days[site] &= pack(np.all(far, axis=1, keepdims=True).T)[0]

    def told(self, key: tuple[int, int], place: Place) -> dict[str, Any]:
        picture, (manager, day) = self.picture, place
        return {
            "visit_id": self._visit_id(*key),
            "ordinal": key[1],
            "visit_on": date.fromordinal(day),
            "agency_id": picture.agencies.ids[picture.managers.agency[manager]],
            "manager_id": picture.managers.ids[manager],
        }


def _places_of(picture: Picture, wishes: Iterable[Wish]) -> dict[UUID, int]:
    """The places of the sites that wishes are about; of a nation's sites these are few."""
    asked = {wish.enterprise_id.bytes: wish.enterprise_id for wish in wishes}
    return {asked[name]: place for place, name in enumerate(map(bytes, picture.sites.ids)) if name in asked}


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


def _also(picture: Picture, wishes: Iterable[Wish]) -> HandedBack:
    done = [wish for wish in wishes if wish.kind == "hand_back"]
    places = _places_of(picture, done) if done else {}
    pairs = {(places[wish.enterprise_id], picture.agencies.ids.index(wish.agency_id)) for wish in done}
    table, back = np.array(sorted(pairs), np.int64).reshape(-1, 2), picture.handed_back
    return HandedBack(np.append(back.site, table[:, 0]), np.append(back.agency, table[:, 1]))


def _with_moves(
    before: Picture, planned: Picture, proposal: Proposal, moves: dict[tuple[int, int], Place]
) -> tuple[Picture, Proposal]:
    """The wishes' visits as needs that stand where they stood before, and are proposed where they go."""
    origin = freed_too(replace(before, needs=_no_needs(before)), _rows_of(before, moves)).needs
    places = [moves[site, ordinal] for site, ordinal in zip(origin.site.tolist(), origin.ordinal.tolist(), strict=True)]
    table = np.array(places, np.int64).reshape(-1, 2)
    needs = {
        name: np.append(getattr(planned.needs, name), getattr(origin, name)) for name in origin.__dataclass_fields__
    }
    joined = replace(
        planned,
        kept=planned.kept.take(~_rows_of(planned, moves)),
        needs=replace(planned.needs, **needs),
        released=np.concatenate([planned.released, np.column_stack([origin.site, origin.ordinal])]),
    )
    none = np.full(len(table), NOBODY, np.int64)
    return joined, Proposal(
        np.append(proposal.manager, table[:, 0]), np.append(proposal.day, table[:, 1]), np.append(proposal.reason, none)
    )


def _no_needs(picture: Picture) -> Any:
    return replace(picture.needs, **{name: np.empty(0, np.int64) for name in picture.needs.__dataclass_fields__})

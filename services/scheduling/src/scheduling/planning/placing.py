"""Newcomers placed in the plan that stands: each where its way and the managers' prices cost least; nobody moves."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from scheduling.planner.events import arrive, live
from scheduling.planner.model import Facts, Visits
from scheduling.planner.prices import shadow_prices
from scheduling.planning.national import facts_of, foreseen
from scheduling.planning.picture import NOBODY, REASONS, Kept, Needs, Picture, Proposal, Reals


def prices_of(picture: Picture) -> Reals:
    """What one visit more of each manager takes from those known and from those foreseen, in kilometres."""
    facts = facts_of(picture)
    return shadow_prices(facts, foreseen(picture, facts))


def in_need(picture: Picture, names: Iterable[UUID]) -> dict[UUID, int]:
    """The places of those enterprises that lack a visit."""
    wanted, lacking = {name.bytes for name in names}, set(picture.needs.site.tolist())
    places = enumerate(map(bytes, picture.sites.ids))
    return {UUID(bytes=name): place for place, name in places if name in wanted and place in lacking}


def place(picture: Picture, sites: Sequence[int], price: Reals) -> Proposal:
    """Days for all visits of these sites, or none for one that finds no room; all other needs get none."""
    none, needs = np.full(len(picture.needs), NOBODY, np.int64), picture.needs
    proposal = Proposal(none, none.copy(), np.full(len(none), REASONS.index("no_capacity")))
    state = live(*_as_it_stands(picture), price)
    for site in _riskiest_first(picture, sites):
        rows = slice(*np.searchsorted(needs.site, [site, site + 1]))
        moved = arrive(state, site, today=NOBODY)
        if moved[0].manager != NOBODY:
            proposal.manager[rows], proposal.reason[rows] = moved[0].manager, NOBODY
            proposal.day[rows] = picture.days[[one.day for one in moved]]
    return proposal


def _riskiest_first(picture: Picture, sites: Sequence[int]) -> list[int]:
    """Without those of whom a visit stands: what they lack lies between or behind visits, which is a plan's work."""
    taken = np.append(picture.kept.site, picture.needs.site[picture.needs.is_freed])
    new = np.setdiff1d(np.array(sites, np.int64), taken)
    return new[np.argsort(-picture.sites.risk[new], kind="stable")].tolist()


def _as_it_stands(picture: Picture) -> tuple[Facts, Visits]:
    """The planner's facts, where also what the next plan will move or cancel keeps its hours until then."""
    needs, rows = picture.needs, np.flatnonzero(picture.needs.is_freed)
    still = {name: getattr(needs, name)[rows] for name in Needs.__dataclass_fields__}
    nothing = np.zeros(len(rows), np.int64)
    parts = (picture.kept, Kept(**still, is_done=nothing, is_pinned=nothing), picture.dropped)
    kept = (np.concatenate([getattr(part, name) for part in parts]) for name in Kept.__dataclass_fields__)
    facts = facts_of(replace(picture, kept=Kept(*kept)))
    return facts, facts.kept

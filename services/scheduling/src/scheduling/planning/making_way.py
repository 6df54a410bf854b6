"""A visit that finds no day because of the next one to the same site: that one makes way, and nobody else's does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scheduling.planning.picture import NOBODY, Flags, Ints, Kept, Needs, Picture, Proposal

_ROUNDS = 3


def propose_with_way(propose: Callable[[Picture], Proposal], picture: Picture) -> tuple[Picture, Proposal]:
    """The proposal, and the picture with the visits freed that made way; only where that gave a site all its days."""
    proposal = propose(picture)
    sites = _stuck(picture, proposal)
    for _ in range(_ROUNDS):
        if not len(sites):
            break
        wider = freed_too(picture, np.isin(picture.kept.site, sites) & _movable(picture))
        again = propose(wider)
        failed = np.intersect1d(sites, wider.needs.site[again.manager == NOBODY])
        if not len(failed):
            return _settled(wider, again)
        sites = np.setdiff1d(sites, failed)
    return picture, proposal


def freed_too(picture: Picture, rows: Flags) -> Picture:
    """The picture with some visits that stand set free, at the wish of their own site."""
    visits, needs = picture.kept.take(rows), picture.needs
    joined = (np.append(getattr(needs, name), getattr(visits, name)) for name in Needs.__dataclass_fields__)
    released = np.column_stack([visits.site, visits.ordinal])
    return replace(
        picture,
        kept=picture.kept.take(~rows),
        needs=_in_order(Needs(*joined)),
        released=np.concatenate([picture.released, released]),
    )


def _in_order(needs: Needs) -> Needs:
    order = np.lexsort((needs.ordinal, needs.site))
    return Needs(*(getattr(needs, name)[order] for name in Needs.__dataclass_fields__))


def _stuck(picture: Picture, proposal: Proposal) -> Ints:
    """Sites with a visit that had a day before and finds none now, and with another visit that could make way."""
    without = (proposal.manager == NOBODY) & (picture.needs.version > 0)
    return np.intersect1d(picture.needs.site[without], picture.kept.site[_movable(picture)])


def _movable(picture: Picture) -> Flags:
    kept = picture.kept
    return (kept.is_done == 0) & (kept.is_pinned == 0) & (kept.day > picture.today)


def _settled(picture: Picture, proposal: Proposal) -> tuple[Picture, Proposal]:
    """Whoever was set free and came to stand where it stood has not moved at all."""
    needs, kept = picture.needs, picture.kept
    same = needs.is_freed & (needs.manager == proposal.manager) & (needs.day == proposal.day)
    columns = {name: getattr(needs, name)[same] for name in Needs.__dataclass_fields__}
    nothing = np.zeros(int(same.sum()), np.int64)
    back = Kept(**columns, is_done=nothing, is_pinned=nothing)
    kept = Kept(*(np.append(getattr(kept, name), getattr(back, name)) for name in Kept.__dataclass_fields__))
    needs = Needs(*(getattr(needs, name)[~same] for name in Needs.__dataclass_fields__))
    left = Proposal(proposal.manager[~same], proposal.day[~same], proposal.reason[~same])
    return replace(picture, kept=kept, needs=needs), left

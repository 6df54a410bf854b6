"""Who may serve whom: enterprises that the same agencies may serve are of one kind."""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.model import PROVINCES, Agencies, Facts, Flags, Ints


@dataclass(frozen=True)
class Kinds:
    """The kind `of` each enterprise; each kind's sector and province as one `place`; `able` is kind by agency."""

    of: Ints
    place: Ints
    able: Flags


def kinds_of(facts: Facts) -> Kinds:
    """The kinds of all enterprises; whoever is closed to some agencies is of a kind of its own."""
    places, of = np.unique(facts.sites.kind, return_inverse=True)
    able = competent(facts.agencies, places // PROVINCES, places % PROVINCES)
    own, row = np.unique(facts.closed.site, return_inverse=True)
    apart = able[of[own]]
    apart[row, facts.closed.agency] = False
    places = np.append(places, places[of[own]])
    of[own] = len(able) + np.arange(len(own))
    return Kinds(of.astype(np.int64), places, np.vstack([able, apart]))


def competent(agencies: Agencies, sector: Ints, province: Ints) -> Flags:
    """Pairs of sector and province by agency: who may serve this sector in this province."""
    knows = (agencies.sectors[None, :] >> sector[:, None]) & 1 == 1
    goes = (agencies.provinces[None, :] >> province[:, None]) & 1 == 1
    return knows & (goes | (agencies.provinces == 0)[None, :])

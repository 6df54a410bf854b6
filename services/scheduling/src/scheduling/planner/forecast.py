"""Those still to come: made-up enterprises like the known ones, so that a plan leaves room where they will need it."""

from dataclasses import replace

import numpy as np

from scheduling.planner.model import PROVINCES, SECTORS, Facts, Ints, Sites

KINDS = PROVINCES * len(SECTORS)
SCATTER_KM = 1.5


def in_proportion(sites: Sites, count: int) -> Ints:
    """How many more of each kind, where those to come are like those known: a table that may then be corrected."""
    known = np.bincount(sites.kind, minlength=KINDS)
    exact = known * (count / max(known.sum(), 1))
    table = np.floor(exact).astype(np.int64)
    rest = min(count, round(exact.sum())) - table.sum()
    table[np.argsort(table - exact, kind="stable")[:rest]] += 1
    return table


def forecast(facts: Facts, more: Ints, seed: int = 0) -> Sites:
    """So many more enterprises of each kind, each like a known one somewhere near it; of unknown kinds there are none.

    The same facts, table and seed give the same enterprises.
    """
    rng, kind = np.random.default_rng(seed), facts.sites.kind
    drawn = [rng.choice(np.flatnonzero(kind == one), more[one]) for one in np.flatnonzero(more) if (kind == one).any()]
    like = np.concatenate([np.empty(0, np.int64), *drawn])
    place = facts.sites.place[like] + rng.normal(0, SCATTER_KM, (len(like), 2))
    return replace(facts.sites.take(like), place=place)


def joined(known: Sites, more: Sites) -> Sites:
    """Known enterprises first, then the others."""
    names = Sites.__dataclass_fields__
    return Sites(**{name: np.concatenate([getattr(known, name), getattr(more, name)]) for name in names})

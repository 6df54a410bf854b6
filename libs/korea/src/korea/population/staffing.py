"""How many agencies and managers there are, where and for which sectors, so that every site can be served."""

from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np

from korea.population.columns import Numbers, Places, Truths
from korea.population.industries import SECTORS
from korea.provinces import PROVINCES

NATION = 200_000
"""Enterprises of the press release's programme; its agencies and managers are sized for them."""
MOST_MANAGERS = 22
FOUR_A_DAY = (
    0.36  # share of managers who make four visits a day, the others make three: 78 % load at 200,000 enterprises
)
LEAVE_DAYS = (0, 1, 2, 3, 4)
SITES_A_MANAGER = (3 + FOUR_A_DAY) * (177 - 2) / 2  # working days of the window less the mean leave; two visits a site
HIGHEST_LOAD = 0.86  # of the managers competent for any set of sectors, in every province by itself
SETS = np.array(
    [(1, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1), (0, 0, 1), (0, 1, 1)],
    dtype=np.bool_,
)
SET_SHARES = (0.10, 0.13, 0.15, 0.17, 0.35, 0.03, 0.07)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many agencies apply and pass, how many managers enrol and finish: 2023's, unless scaled."""

    applied: int = 314
    qualified: int = 236
    enrolled: int = 900
    trained: int = 872

    @classmethod
    def scaled(cls, enterprises: int) -> "Sizes":
        """As many as keep the load of 2023 for another number of enterprises, two agencies a province at least."""
        share, usual = enterprises / NATION, cls()
        qualified = max(2 * len(PROVINCES), ceil(usual.qualified * share))
        trained = max(qualified, ceil(usual.trained * share))
        return cls(ceil(qualified * 1.33), qualified, ceil(trained * 1.032), trained)


@dataclass(frozen=True, slots=True)
class Staffing:
    """For each qualified agency: its province (position in PROVINCES), trained managers and sectors."""

    sizes: Sizes
    province: Places
    managers: Places
    sectors: Truths


def staffing_of(demand: Numbers, sizes: Sizes, rng: np.random.Generator) -> Staffing:
    """Agencies for a demand in sites by province and sector, in proportion to it."""
    agencies = shared(sizes.qualified, demand.sum(axis=1), np.ones(len(demand), dtype=np.int64))
    managers = shared(sizes.trained, demand.sum(axis=1), agencies)
    teams = [_teams(int(a), int(m), rng) for a, m in zip(agencies, managers, strict=True)]
    sectors = [_competences(demand[province], team, rng) for province, team in enumerate(teams)]
    return Staffing(
        sizes=sizes,
        province=np.repeat(np.arange(len(demand)), agencies),
        managers=np.concatenate(teams),
        sectors=np.concatenate(sectors),
    )


def shared(total: int, weights: Numbers, least: Places) -> Places:
    """A total in whole numbers as near to the weights as can be, nobody under their least (largest remainder)."""
    aim = weights / max(weights.sum(), 1) * total
    parts = np.maximum(np.floor(aim).astype(np.int64), least.astype(np.int64))
    while parts.sum() < total:
        parts[np.argmax(aim - parts)] += 1
    while parts.sum() > total:
        parts[np.argmin(np.where(parts > least, aim - parts, np.inf))] -= 1
    return parts


def _teams(agencies: int, managers: int, rng: np.random.Generator) -> Places:
    """A few large agencies and many small ones, 1 to 22 managers each."""
    teams = 1 + rng.multinomial(managers - agencies, rng.dirichlet(np.full(agencies, 1.2)))
    while (too_many := int((teams - MOST_MANAGERS).clip(0).sum())) > 0:
        teams = teams.clip(max=MOST_MANAGERS)
        with_room = np.flatnonzero(teams < MOST_MANAGERS)
        np.add.at(teams, rng.choice(with_room, too_many), 1)
    return teams


def _competences(demand: Numbers, managers: Places, rng: np.random.Generator) -> Truths:
    """Sets of sectors, widened until no group of sectors asks more of the managers who may serve it than the limit."""
    sectors = SETS[rng.choice(len(SETS), len(managers), p=SET_SHARES)]
    limit = max(HIGHEST_LOAD, demand.sum() / (managers.sum() * SITES_A_MANAGER))
    groups = [list(group) for size in (1, 2, 3) for group in combinations(range(len(SECTORS)), size)]
    for group in groups:
        while demand[group].sum() > limit * (managers * sectors[:, group].any(axis=1)).sum() * SITES_A_MANAGER + 1e-6:
            outside = np.where(sectors[:, group].any(axis=1), 0, managers)
            sectors[np.argmax(outside), group[np.argmax(demand[group])]] = True
    return sectors

"""One generator of a synthetic Korea: the same seed gives the same population, bit for bit."""

import numpy as np

from korea.population.agencies import agencies_of, inspections_of
from korea.population.columns import Columns, Numbers, rows
from korea.population.enterprises import enterprises_of
from korea.population.industries import SECTORS
from korea.population.managers import attendance_of, managers_of
from korea.population.model import Population, Programme
from korea.population.staffing import Sizes, staffing_of
from korea.provinces import PROVINCES


def populate(enterprises: int, seed: int = 2023, *, is_scaled: bool = False) -> Population:
    """A synthetic Korea with so many targeted enterprises.

    Agencies and managers are as many as in 2023 (they suit 200,000 enterprises), or scaled to keep the load of 78 %.
    """
    programme = Programme.of_2023(enterprises, seed)
    sizes = Sizes.scaled(enterprises) if is_scaled else Sizes()
    sites = enterprises_of(programme, seed)
    targeted = rows(sites, sites["is_targeted"])
    staffing = staffing_of(_demand(targeted), sizes, np.random.default_rng([seed, 2]))
    agencies = agencies_of(targeted, staffing, seed)
    managers = managers_of(programme, agencies, targeted, staffing, seed)
    return Population(
        seed=seed,
        programme=programme,
        enterprises=sites,
        agencies=agencies,
        inspections=inspections_of(agencies, seed),
        managers=managers,
        attendance=attendance_of(programme, managers, seed),
    )


def _demand(targeted: Columns) -> Numbers:
    """Sites by province and sector."""
    is_there = [targeted["province"] == one.code for one in PROVINCES]
    counted = [[np.sum(there & (targeted["sector"] == sector)) for sector in SECTORS] for there in is_there]
    return np.array(counted, dtype=np.float64)

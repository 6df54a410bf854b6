"""Why a visit has no date: one reason each, the first that holds."""

import numpy as np

from scheduling.planner.competence import kinds_of
from scheduling.planner.compiled import compiled
from scheduling.planner.model import Bits, Facts, Flags, Ints, Reason, Unscheduled, Visits
from scheduling.planner.openings import holds, holds_each, pack
from scheduling.planner.outstanding import frozen_off, standing


def unscheduled(facts: Facts, visits: Visits, usable: Flags) -> Unscheduled:
    """Every visit that is needed and not there, with its reason."""
    counting = standing(visits)
    have = np.bincount(counting.site, minlength=len(facts.sites))
    short = np.flatnonzero(have < facts.sites.visits)
    following = facts.calendar.following(facts.rules.spacing_days)
    open_days = facts.sites.open_days[short] & frozen_off(facts)
    need = facts.sites.visits[short]
    window_fits = holds_each(facts.sites.open_days[short], following, need)
    working, kinds = pack(usable), kinds_of(facts)
    site, ordinal, reason = list[int](), list[int](), list[int]()
    for row, number in enumerate(short):
        who = np.flatnonzero(kinds.able[kinds.of[number]][facts.managers.agency])
        why = _why(
            who,
            bool(window_fits[row]),
            _anybody(open_days[row], working[who], following, int(need[row] - have[number])),
        )
        taken = set(counting.ordinal[counting.site == number].tolist())
        for missing in (turn for turn in range(1, int(need[row]) + 1) if turn not in taken):
            site.append(int(number))
            ordinal.append(missing)
            reason.append(int(why))
    return Unscheduled(np.array(site, np.int64), np.array(ordinal, np.int64), np.array(reason, np.int64))


def _why(who: Ints, window_fits: bool, anybody: bool) -> Reason:
    if not len(who):
        return Reason.NO_COMPETENT_AGENCY
    if not window_fits:
        return Reason.WINDOW_TOO_SHORT
    return Reason.NO_CAPACITY if anybody else Reason.NOBODY_AVAILABLE


@compiled
def _anybody(open_days: Bits, working: Bits, following: Ints, visits: int) -> bool:
    for manager in range(len(working)):  # noqa: SIM110 - no generators in compiled code
        if holds(open_days & working[manager], following, visits):
            return True
    return False

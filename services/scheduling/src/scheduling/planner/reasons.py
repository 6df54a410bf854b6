"""Why a visit has no date: one reason each, the first that holds, and its sentence in Korean and English."""

import numpy as np

from scheduling.planner.competence import kinds_of
from scheduling.planner.model import Facts, Flags, Ints, Reason, Unscheduled, Visits
from scheduling.planner.openings import holds_each
from scheduling.planner.outstanding import outstanding, standing

SENTENCES = {
    Reason.NO_COMPETENT_AGENCY: (
        "이 사업장의 지역과 업종을 맡을 수 있는 기관이 없거나, 있는 기관은 모두 이 사업장을 반납했습니다.",
        "No agency may visit this sector in this province, or all that may have handed the enterprise back.",
    ),
    Reason.WINDOW_TOO_SHORT: (
        "남은 기간에 사업장이 열려 있는 날이 너무 적어, 정해진 방문과의 간격을 지키며 모두 방문할 수 없습니다.",
        "The enterprise is open on too few of the days left for all its visits, with the spacing kept.",
    ),
    Reason.NOBODY_AVAILABLE: (
        "방문할 수 있는 관리자가 모두 방문할 만큼 그런 날에 근무하지 않습니다.",
        "Nobody who may come works on enough of the days that would do for all its visits.",
    ),
    Reason.NO_CAPACITY: (
        "방문할 수 있는 관리자의 일정이 예비일을 빼고 모두 찼습니다.",
        "Everybody who may come is fully booked on the days that would do, but for days kept in reserve.",
    ),
}


def unscheduled(facts: Facts, visits: Visits) -> Unscheduled:
    """Every visit that is needed and not there, and why; what would do is seen beside the kept visits of the facts."""
    counting = standing(visits)
    needed = facts.sites.visits
    short = np.bincount(counting.site, minlength=len(needed)) < needed
    ordinals = np.arange(1 + max(int(needed.max(initial=0)), int(counting.ordinal.max(initial=0))))
    missing = short[:, None] & (ordinals >= 1) & (ordinals <= needed[:, None])
    missing[counting.site, counting.ordinal] = False
    site, ordinal = (index.astype(np.int64) for index in np.nonzero(missing))
    return Unscheduled(site, ordinal, _reasons(facts, short)[site])


def _reasons(facts: Facts, short: Flags) -> Ints:
    """For each enterprise that is short of visits the first reason that holds."""
    left, kinds, rows = outstanding(facts), kinds_of(facts), np.flatnonzero(short)
    following, kind = facts.calendar.following(facts.rules.spacing_days), kinds.of[rows]
    days, need = left.open_days[rows], left.visits[rows]
    staffed = [np.bitwise_or.reduce(facts.managers.open_days[able[facts.managers.agency]]) for able in kinds.able]
    worked = days & np.array(staffed, np.uint64)[kind]
    found = np.full(len(short), int(Reason.NO_CAPACITY))
    found[rows[~holds_each(worked, following, need)]] = Reason.NOBODY_AVAILABLE
    found[rows[~holds_each(days, following, need)]] = Reason.WINDOW_TOO_SHORT
    found[rows[~kinds.able[kind].any(axis=1)]] = Reason.NO_COMPETENT_AGENCY
    return found

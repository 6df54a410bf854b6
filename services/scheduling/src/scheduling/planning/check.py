"""The check before publication: every hard rule computed again from the picture, sharing nothing with a planner."""

import numpy as np

from scheduling.planning.picture import REASONS, Ints, Picture, Proposal


def broken_rules(picture: Picture, proposal: Proposal) -> dict[str, int]:
    """How often each rule is broken; empty when the proposal may be published."""
    placed = proposal.placed
    count = len(picture.needs)
    if not len(proposal.manager) == len(proposal.day) == len(proposal.reason) == count:
        return {"visit_lost": count}
    found = {
        "visit_lost": int(((proposal.manager < 0) & ~np.isin(proposal.reason, range(len(REASONS)))).sum()),
        **_of_single_visits(picture, picture.needs.site[placed], proposal.manager[placed], proposal.day[placed]),
        "over_capacity": _over_capacity(picture, proposal.manager[placed], proposal.day[placed]),
        **_of_enterprises(picture, proposal, placed),
    }
    return {rule: times for rule, times in found.items() if times}


def _of_single_visits(picture: Picture, site: Ints, manager: Ints, day: Ints) -> dict[str, int]:
    sites, agencies, managers = picture.sites, picture.agencies, picture.managers
    agency = managers.agency[manager]
    provinces = agencies.provinces[agency]
    programme = picture.programme
    trained = max((day.toordinal() for day in programme.training_days), default=0)
    first, last = programme.window_from.toordinal(), programme.window_until.toordinal()
    away = _pairs(managers.leave_of, managers.leave_on)
    broken = {
        "agency_not_competent_sector": agencies.sectors[agency] >> sites.sector[site] & 1 == 0,
        "agency_not_competent_province": (provinces != 0) & (provinces >> sites.province[site] & 1 == 0),
        "agency_not_qualified": (day < agencies.qualified_on[agency]) | (day > agencies.licence_until[agency]),
        "manager_not_trained": (day <= managers.trained_on[manager]) | (day <= trained),
        "manager_away": np.isin(_pairs(manager, day), away),
        "outside_window": (day < first) | (day > last),
        "not_a_working_day": ~np.isin(day, picture.days),
        "enterprise_not_open": (day < sites.open_from[site]) | (day > sites.open_until[site]),
        "enterprise_closed_weekday": sites.closed_weekdays[site] >> (day + 6) % 7 & 1 == 1,
    }
    return {rule: int(rows.sum()) for rule, rows in broken.items()}


def _over_capacity(picture: Picture, manager: Ints, day: Ints) -> int:
    kept = picture.kept
    known = kept.manager >= 0
    pairs = np.concatenate([_pairs(kept.manager[known], kept.day[known]), _pairs(manager, day)])
    days, load = np.unique(pairs, return_counts=True)
    most = np.minimum(picture.managers.visits_a_day, picture.programme.visits_a_day)
    heavy = load > most[days // _WIDE]
    # What was published before is not this plan's fault: only days that it adds to count.
    return int((heavy & np.isin(days, _pairs(manager, day))).sum())


def _of_enterprises(picture: Picture, proposal: Proposal, placed: Ints) -> dict[str, int]:
    kept, needs = picture.kept, picture.needs
    site = np.concatenate([kept.site, needs.site[placed]])
    ordinal = np.concatenate([kept.ordinal, needs.ordinal[placed]])
    day = np.concatenate([kept.day, proposal.day[placed]])
    is_new = np.arange(len(site)) >= len(kept.site)
    _, times = np.unique(_pairs(site, ordinal), return_counts=True)
    by_day = np.lexsort((day, site))
    before, after = by_day[:-1], by_day[1:]
    mine = (site[before] == site[after]) & (is_new[before] | is_new[after])
    return {
        "visit_twice": int((times > 1).sum()),
        "spacing_too_short": int((mine & (day[after] - day[before] < picture.programme.spacing_days)).sum()),
        "ordinals_out_of_order": int((mine & (ordinal[after] < ordinal[before])).sum()),
    }


_WIDE = 1 << 32


def _pairs(one: Ints, other: Ints) -> Ints:
    return one * _WIDE + other

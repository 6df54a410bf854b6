"""The national planner on the service's picture: columns become its facts, and its plan a proposal."""

import numpy as np

from scheduling.planner import plan as plan_nation
from scheduling.planner.forecast import forecast, in_proportion
from scheduling.planner.geometry import on_the_map
from scheduling.planner.groups import usable_days
from scheduling.planner.model import (
    Agencies,
    Calendar,
    Closed,
    Facts,
    Managers,
    Rules,
    Sites,
    Stage,
    Visits,
    key_of,
)
from scheduling.planner.openings import pack
from scheduling.planning.openings import manager_days, site_days
from scheduling.planning.picture import NOBODY, Ints, Picture, Proposal


def plan(picture: Picture) -> Proposal:
    """Its proposal, visit by visit in the order of the picture's needs."""
    facts = facts_of(picture)
    answer = plan_nation(facts, forecast=foreseen(picture, facts))
    new = answer.visits.stage == Stage.DRAFT
    visits = answer.visits.take(new)
    manager, day = (np.full(len(picture.needs), -1, np.int64) for _ in range(2))
    reason = np.full(len(picture.needs), -1, np.int64)
    placed = _needs_of(picture, visits.site, visits.ordinal)
    manager[placed], day[placed] = visits.manager, visits.date
    missing = answer.unscheduled
    reason[_needs_of(picture, missing.site, missing.ordinal)] = missing.reason
    return Proposal(manager, day, reason)


def foreseen(picture: Picture, facts: Facts) -> Sites | None:
    """Those who are still to come until the programme's target is reached, like those known; as far as there is room.

    More than there is room for must not be foreseen: they would take the days of those who are here.
    """
    programme, busy = picture.programme, int((facts.kept.day >= 0).sum()) + len(picture.needs)
    capacity = int((usable_days(facts).sum(axis=1) * facts.managers.stops).sum())
    room = (capacity - busy) // max(programme.minimum_visits, 1)
    count = min(programme.target_enterprises - len(picture.sites), room)
    return forecast(facts, in_proportion(facts.sites, count)) if count > 0 else None


def facts_of(picture: Picture) -> Facts:
    """The same facts as the planner likes to read them."""
    programme, sites, agencies = picture.programme, picture.sites, picture.agencies
    patterns, of_site = site_days(picture)
    wanted = np.zeros(len(sites), np.int64)
    np.maximum.at(wanted, picture.needs.site, picture.needs.ordinal)
    np.maximum.at(wanted, picture.kept.site, picture.kept.ordinal)
    return Facts(
        Rules(programme.minimum_visits, programme.spacing_days, programme.reserve_share),
        Calendar(picture.days),
        Sites(
            on_the_map(sites.latitude, sites.longitude),
            sites.sector,
            sites.province,
            sites.risk.astype(np.float64),
            pack(patterns)[of_site],
            sites.preferred_weekdays,
            wanted,
        ),
        Agencies(on_the_map(agencies.latitude, agencies.longitude), agencies.sectors, agencies.provinces),
        _managers(picture),
        _kept(picture),
        closed=Closed(picture.handed_back.site, picture.handed_back.agency),
    )


def _managers(picture: Picture) -> Managers:
    managers = picture.managers
    return Managers(
        managers.agency,
        on_the_map(managers.latitude, managers.longitude),
        np.minimum(managers.visits_a_day, picture.programme.visits_a_day),
        pack(manager_days(picture)),
        np.array([key_of(str(manager_id)) for manager_id in managers.ids], np.int64),
    )


def _kept(picture: Picture) -> Visits:
    """Those of unknown managers too, whose days they do not take: the visits to come keep away from them."""
    kept, days = picture.kept, picture.days
    place = np.minimum(np.searchsorted(days, kept.day), len(days) - 1)
    takes_room = (days[place] == kept.day) & (kept.manager != NOBODY)
    return Visits(
        site=kept.site,
        ordinal=kept.ordinal,
        manager=kept.manager,
        day=np.where(takes_room, place, -1).astype(np.int64),
        date=kept.day,
        stage=np.where(kept.is_done == 1, Stage.DONE, Stage.PUBLISHED).astype(np.int64),
        pinned=np.zeros(len(kept), np.bool_),
    )


def _needs_of(picture: Picture, site: Ints, ordinal: Ints) -> Ints:
    """The needs with these names; they are in the order of site and ordinal."""
    return np.searchsorted(picture.needs.site * 64 + picture.needs.ordinal, site * 64 + ordinal)

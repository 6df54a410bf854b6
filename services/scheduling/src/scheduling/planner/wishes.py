"""What people ask of single visits: missed ones again, enterprises handed back, other days; all else stays."""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from scheduling.planner import events
from scheduling.planner.model import NOBODY, Facts, Flags, Plan, Stage, Visits
from scheduling.planner.outstanding import standing
from scheduling.planner.reasons import unscheduled
from scheduling.planner.rows import join

Named: TypeAlias = tuple[int, int]
"""An enterprise and an ordinal."""
_ORDINALS = 128


@dataclass(frozen=True)
class Wishes:
    """Visits that were missed, enterprises that their agency hands back, and visits that want one of some days."""

    missed: list[Named] = field(default_factory=list[Named])
    handed_back: list[int] = field(default_factory=list[int])
    other_days: list[tuple[Named, Flags]] = field(default_factory=list[tuple[Named, Flags]])

    @property
    def is_empty(self) -> bool:
        return not (self.missed or self.handed_back or self.other_days)


def fulfil(facts: Facts, before: Visits, wishes: Wishes) -> tuple[Plan, list[Named]]:
    """The plan with every wish placed as cheaply as can be, and the visits that the wishes set free to move."""
    state, horizon = events.live(facts, before), facts.rules.first_open_day - 1
    days, moved = np.arange(len(facts.calendar)), list[events.Moved]()
    for site, ordinal in wishes.missed:
        day = int(state.day[site, ordinal - 1])
        moved += events.missed(state, site, ordinal, max(horizon, day))
    done = before.take(before.stage == Stage.DONE)
    for site in wishes.handed_back:
        moved += events.hand_back(state, site, int(done.day[done.site == site].max(initial=horizon)))
    for (site, ordinal), wanted in wishes.other_days:
        other = wanted & (days > horizon) & (days != state.day[site, ordinal - 1])
        moved += events.another_day(state, site, ordinal, other)
    after = _with(facts, before, moved, wishes)
    counting = standing(after)
    plan = Plan(after, unscheduled(replace(facts, kept=counting), counting), facts.managers.agency[after.manager])
    return plan, sorted({(one.site, one.ordinal) for one in moved})


def _with(facts: Facts, before: Visits, moved: list[events.Moved], wishes: Wishes) -> Visits:
    """Moved visits stand where they went, as drafts unless the enterprise asked for the day; missed ones are kept."""
    last = {_key(one.site, one.ordinal): one for one in moved}
    keys = before.site * _ORDINALS + before.ordinal
    counts = (before.stage != Stage.MISSED) & (before.stage != Stage.CANCELLED)
    touched = counts & np.isin(keys, list(last))
    remembered = before.take(touched & np.isin(keys, [_key(*named) for named in wishes.missed]))
    agreed = np.isin(keys, [_key(*named) for named, _ in wishes.other_days])[touched]
    places = [last[key] for key in keys[touched].tolist()]
    day = np.array([place.day for place in places], np.int64)
    again = before.take(touched)
    again = replace(
        again,
        manager=np.array([place.manager for place in places], np.int64),
        day=day,
        date=facts.calendar.dates[day],
        stage=np.where(agreed, again.stage, int(Stage.DRAFT)),
        pinned=agreed & again.pinned,
    )
    remembered = replace(remembered, stage=np.full(len(remembered), int(Stage.MISSED)))
    return join([before.take(~touched), remembered, again.take(day != NOBODY)])


def _key(site: int, ordinal: int) -> int:
    return site * _ORDINALS + ordinal

"""One change of a plan: what the facts force is planned anew, then what people ask of single visits; all else stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from scheduling.planner import events, granting
from scheduling.planner.board import World
from scheduling.planner.changes import allowed, crowded, freeze, pin, replan
from scheduling.planner.granting import Coming, Refusal
from scheduling.planner.model import NOBODY, Facts, Flags, Ints, Plan, Sites, Stage, Unscheduled, Visits
from scheduling.planner.outstanding import standing
from scheduling.planner.pipeline import Progress
from scheduling.planner.prices import shadow_prices
from scheduling.planner.reasons import unscheduled
from scheduling.planner.rows import join

Named: TypeAlias = tuple[int, int]
"""An enterprise and an ordinal."""
_ORDINALS = 128


@dataclass(frozen=True)
class Wishes:
    """Visits that were missed, enterprises that their agency hands back, and visits that want one of some days."""

    missed: Sequence[Named] = ()
    handed_back: Sequence[int] = ()
    other_days: Sequence[tuple[Named, Flags]] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.missed or self.handed_back or self.other_days)


@dataclass(frozen=True)
class Change:
    """What is asked of a plan beside what its facts force: wishes, pins, what is near published, drafts set free.

    For those who are `expected` agencies keep capacity, as in a first plan.
    """

    wishes: Wishes = field(default_factory=Wishes)
    pins: Sequence[Named] = ()
    unpins: Sequence[Named] = ()
    publishes: bool = False
    moves_drafts: bool = False
    expected: Sites | None = None


@dataclass(frozen=True)
class Changed:
    """The plan since; visits set free; sites and the agencies that gave them back; wishes refused.

    Free are visits that a wish moves or lets go, and those that made way for others of their own enterprise.
    """

    plan: Plan
    released: list[Named] = field(default_factory=list[Named])
    handed_back: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    refused: list[tuple[Named, Refusal]] = field(default_factory=list[tuple[Named, Refusal]])


def apply(facts: Facts, before: Visits, change: Change, progress: Progress | None = None) -> Changed:
    """The plan after a change; a wish that cannot be fulfilled is refused by name and its visits stay."""
    visits = pin(pin(before, change.pins), change.unpins, holds=False)
    visits = freeze(facts, visits) if change.publishes else visits
    made = replan(facts, visits, progress, keep_drafts=not change.moves_drafts, forecast=change.expected)
    free, stuck = {*change.unpins, *_crowded(facts, visits)}, _stuck(visits, made.unscheduled, change.wishes)
    if change.wishes.is_empty and not stuck:
        return Changed(made, sorted(free))
    work = _Work(facts, visits, made.visits, change.expected)
    work.make_way(stuck)
    work.fulfil(change.wishes)
    after = work.visits(change.wishes)
    counting = standing(after)
    missing = unscheduled(replace(facts, kept=counting), counting)
    plan = Plan(after, missing, facts.managers.agency[after.manager], made.seconds)
    return Changed(plan, sorted({*free, *work.moved}), work.handed_back, work.refused)


def _crowded(facts: Facts, before: Visits) -> list[Named]:
    """The visits that cannot stay because of others of their own enterprise."""
    visits = standing(before)
    gone = visits.take(crowded(facts, visits, allowed(facts, visits)))
    return list(zip(gone.site.tolist(), gone.ordinal.tolist(), strict=True))


def _stuck(before: Visits, missing: Unscheduled, wishes: Wishes) -> list[Named]:
    """The visits that had a day and have none now; those that were missed are wishes."""
    lost = np.isin(missing.site * _ORDINALS + missing.ordinal, _keys(standing(before)))
    named = zip(missing.site[lost].tolist(), missing.ordinal[lost].tolist(), strict=True)
    return [one for one in named if one not in wishes.missed]


class _Work:
    """The live plan, where visits stood before the change and once the facts were heeded, and what became of wishes."""

    def __init__(self, facts: Facts, before: Visits, planned: Visits, expected: Sites | None) -> None:
        self.facts, self.before, self.planned = facts, standing(before), planned
        kept = replace(facts, kept=standing(planned))
        price = None if expected is None else shadow_prices(kept, expected)
        self.state, self.horizon = events.live(facts, planned, price), facts.rules.first_open_day - 1
        self.moved: dict[Named, events.Moved] = {}
        self.handed_back: list[tuple[int, int]] = []
        self.refused: list[tuple[Named, Refusal]] = []

    def make_way(self, stuck: list[Named]) -> None:
        """Visits without a day get one where others of their own enterprise can make way."""
        for site, ordinal in stuck:
            turns = self._movable(site, ordinal - 1, self.horizon)
            self._note((site, ordinal), self._made_way(site, turns, self.horizon, self.state.world))

    def fulfil(self, wishes: Wishes) -> None:
        for named in wishes.missed:
            self._note(named, self._missed(*named))
        for site in wishes.handed_back:
            self._note((site, 0), self._hand_back(site))
        for named, days in wishes.other_days:
            self._note(named, self._another_day(named, days))

    def _note(self, named: Named, answer: list[events.Moved] | Refusal) -> None:
        if isinstance(answer, Refusal):
            self.refused.append((named, answer))
        else:
            self.moved |= {(one.site, one.ordinal): one for one in answer}

    def _missed(self, site: int, ordinal: int) -> list[events.Moved]:
        """Another day after the one that was missed, unless the visit is not owed any more."""
        if ordinal > self.facts.sites.visits[site]:
            return []
        on = int(self.before.date[_named(self.before, (site, ordinal))][0])
        behind = int(np.searchsorted(self.facts.calendar.dates, on, side="right")) - 1
        state, today = self.state, max(self.horizon, behind)
        moved = events.missed(state, site, ordinal, today)
        if moved[0].day != NOBODY:
            return moved
        turns = self._movable(site, ordinal - 1, today)
        later = turns[turns.index(ordinal - 1) :]
        return self._made_way(site, turns, today, state.world) or self._made_way_in_reserve(site, later, today) or moved

    def _made_way_in_reserve(self, site: int, turns: list[int], today: int) -> list[events.Moved]:
        """The first of these visits on the next day that somebody has in reserve, the others on usual days after it."""
        world, kept_back = self.state.world, self.state.with_reserve.usable & ~self.state.world.usable
        for day in range(today + 1, kept_back.shape[1]):
            usable = world.usable & kept_back[:, day, None]
            usable[:, day], usable[:, :day] = kept_back[:, day], False
            if moved := self._made_way(site, turns, today, world._replace(usable=usable)):
                return moved
        return []

    def _made_way(self, site: int, turns: list[int], today: int, world: World) -> list[events.Moved]:
        """A visit and its neighbours that may move, all of them on other days, or nothing."""
        state = self.state
        if len(turns) < 2:
            return []
        was = {turn: (int(state.manager[site, turn]), int(state.day[site, turn])) for turn in turns}
        moved = events.all_or_none(state, site, lambda: events.anew(state, site, turns, today, world))
        return [one for one in moved if was[one.ordinal - 1] != (one.manager, one.day)]

    def _movable(self, site: int, turn: int, today: int) -> list[int]:
        """This turn of an enterprise, and those around it that are neither done nor pinned and lie after today."""
        now = self.planned
        free = (now.site == site) & (now.stage < Stage.DONE) & ~now.pinned & (now.day > today)
        may = {turn, *(now.ordinal[free] - 1).tolist()}
        first, last = turn, turn
        while first - 1 in may:
            first -= 1
        while last + 1 in may:
            last += 1
        return list(range(first, last + 1))

    def _hand_back(self, site: int) -> list[events.Moved] | Refusal:
        """By the agency that had it before the change; no visit comes to lie before one that is done."""
        state, now = self.state, self.planned
        served = set(self.facts.managers.agency[self.before.manager[_to_come(self.before, site)]].tolist())
        coming = now.take(_to_come(now, site) & (state.day[now.site, now.ordinal - 1] >= 0))
        day, manager = (of[site, coming.ordinal - 1] for of in (state.day, state.manager))
        done = now.day[(now.site == site) & (now.stage == Stage.DONE)].max(initial=self.horizon)
        as_they_are = self._coming(replace(coming, day=day, manager=manager), int(done))
        moved = granting.hand_back(state, site, as_they_are, served)
        if not isinstance(moved, Refusal):
            self.handed_back.append((site, min(served)))
        return moved

    def _another_day(self, named: Named, days: Flags) -> list[events.Moved] | Refusal:
        rows = self.planned.take(_named(self.planned, named) & (self.planned.stage < Stage.DONE))
        return granting.another_day(self.state, *named, self._coming(rows, self.horizon), days)

    def _coming(self, visits: Visits, last: int) -> Coming:
        """These visits, all days up to the last one of the calendar being fixed."""
        dates, agency_of = self.facts.calendar.dates, self.facts.managers.agency
        fixed_until = int(dates[: last + 1].max(initial=0))
        return Coming(dates[visits.day], agency_of[visits.manager], visits.pinned, fixed_until)

    def visits(self, wishes: Wishes) -> Visits:
        """Moved visits stand where they went, as drafts unless their enterprise asked; missed ones are kept."""
        keys = [_key(*named) for named in self.moved]
        moves = np.isin(_keys(self.planned), keys) & _counts(self.planned)
        lost = np.isin(_keys(self.before), keys) & ~np.isin(_keys(self.before), _keys(standing(self.planned)))
        missed = self.before.take(np.isin(_keys(self.before), [_key(*named) for named in wishes.missed]))
        gone = np.isin(_keys(self.planned), _keys(missed)) & _counts(self.planned)
        again = self._again(join([self.planned.take(moves), self.before.take(lost)]), wishes)
        missed = replace(missed, stage=np.full(len(missed), int(Stage.MISSED)))
        return join([self.planned.take(~moves & ~gone), missed, again])

    def _again(self, visits: Visits, wishes: Wishes) -> Visits:
        places = [self.moved[key] for key in zip(visits.site.tolist(), visits.ordinal.tolist(), strict=True)]
        day = np.array([place.day for place in places], np.int64)
        agreed = np.isin(_keys(visits), [_key(*named) for named, _ in wishes.other_days])
        again = replace(
            visits,
            manager=np.array([place.manager for place in places], np.int64),
            day=day,
            date=self.facts.calendar.dates[day],
            stage=np.where(agreed, visits.stage, int(Stage.DRAFT)),
            pinned=np.zeros(len(visits), np.bool_),
        )
        return again.take(day != NOBODY)


def _to_come(visits: Visits, site: int) -> Flags:
    return (visits.site == site) & (visits.stage < Stage.DONE)


def _counts(visits: Visits) -> Flags:
    return (visits.stage != Stage.MISSED) & (visits.stage != Stage.CANCELLED)


def _named(visits: Visits, named: Named) -> Flags:
    return (visits.site == named[0]) & (visits.ordinal == named[1]) & _counts(visits)


def _keys(visits: Visits) -> Ints:
    return visits.site * _ORDINALS + visits.ordinal


def _key(site: int, ordinal: int) -> int:
    return site * _ORDINALS + ordinal

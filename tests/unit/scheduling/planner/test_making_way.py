"""A visit that finds no day beside the others of its own enterprise: they make way, and nobody else does."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from scheduling.planner import Facts, Plan, plan
from scheduling.planner.changes import without_managers
from scheduling.planner.groups import usable_days
from scheduling.planner.model import Flags, Stage, Visits
from scheduling.planner.openings import pack, unpack
from scheduling.planner.outstanding import standing
from scheduling.planner.wishes import Change, Changed, Wishes, apply

Make = Callable[..., Facts]
Check = Callable[[Facts, Plan], list[str]]


@pytest.fixture(scope="module")
def roomy(programme: Make) -> tuple[Facts, Visits]:
    """A few enterprises, open every day, and more managers than they need."""
    facts = programme(sites=16, managers=6, agencies=2, windows=0.0, closed=0.0, days=120, seed=4)
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.full(2, 7)))
    return facts, plan(facts).visits


def days_of(visits: Visits, site: int) -> list[int]:
    """The days of an enterprise's visits, in their order."""
    counting = standing(visits)
    mine = counting.take(counting.site == site)
    return mine.day[np.argsort(mine.ordinal)].tolist()


def just_before_the_second(facts: Facts, visits: Visits) -> Iterator[tuple[int, int]]:
    """Each enterprise that has days for two visits after a day shortly before its second one, and that day."""
    following = np.append(facts.calendar.following(facts.rules.spacing_days), len(facts.calendar))
    for site in range(len(facts.sites)):
        if len(days_of(visits, site)) < 2:
            continue
        today = days_of(visits, site)[1] - 4
        if following[today + 3] < len(facts.calendar) - 3:
            yield site, today


def moves_only(visits: Visits, made: Changed, site: int) -> bool:
    """Whether all visits of all other enterprises stand where they stood."""
    others = [one for one in range(int(visits.site.max()) + 1) if one != site]
    return all(days_of(visits, one) == days_of(made.plan.visits, one) for one in others)


def test_at_low_load_a_missed_visit_always_gets_a_day(roomy: tuple[Facts, Visits], broken_rules: Check) -> None:
    facts, visits = roomy
    cases = list(just_before_the_second(facts, visits))
    assert len(cases) > 4
    for site, today in cases:
        then = replace(facts, rules=replace(facts.rules, first_open_day=today + 1))
        made = apply(then, visits, Change(Wishes(missed=[(site, 1)]), publishes=True))
        assert len(made.plan.unscheduled.site) == 0
        assert made.released == [(site, 1), (site, 2)]
        assert min(days_of(made.plan.visits, site)) > today
        assert moves_only(visits, made, site)
        assert broken_rules(facts, replace(made.plan, visits=standing(made.plan.visits))) == []


def test_a_pinned_visit_makes_no_way(roomy: tuple[Facts, Visits]) -> None:
    facts, visits = roomy
    site, today = next(just_before_the_second(facts, visits))
    then = replace(facts, rules=replace(facts.rules, first_open_day=today + 1))
    made = apply(then, visits, Change(Wishes(missed=[(site, 1)]), pins=[(site, 2)], publishes=True))
    assert list(zip(made.plan.unscheduled.site, made.plan.unscheduled.ordinal, strict=True)) == [(site, 1)]
    assert days_of(made.plan.visits, site) == days_of(visits, site)[1:]


def test_a_visit_that_the_facts_move_finds_a_day_where_a_later_one_makes_way(
    roomy: tuple[Facts, Visits], broken_rules: Check
) -> None:
    facts, visits = roomy
    for site, today in just_before_the_second(facts, visits):
        later = closed_until(facts, site, today)
        made = apply(later, visits, Change())
        assert len(made.plan.unscheduled.site) == 0
        assert made.released == [(site, 1), (site, 2)]
        assert moves_only(visits, made, site)
        assert broken_rules(later, made.plan) == []


def test_only_the_missed_visit_takes_a_day_of_the_reserve(programme: Make, broken_rules: Check) -> None:
    facts, planned = full_but_for_the_end(programme)
    reserve = np.flatnonzero(~usable_days(facts)[0])
    cases = list(just_before_the_second(facts, planned))
    assert len(cases) > 4
    for site, today in cases:
        first, second = days_of(planned, site)
        # It has moved into the reserve before, since its manager is away: its own day is of no use to the first.
        visits = on_days(facts, planned, site, [first, int(reserve[reserve > second].min())])
        then = without_managers(facts, np.array([0]), second, second)
        then = replace(then, rules=replace(facts.rules, first_open_day=today + 1))
        made = apply(then, visits, Change(Wishes(missed=[(site, 1)]), publishes=True))
        now = standing(made.plan.visits)
        in_reserve = now.take(~usable_days(facts)[now.manager, now.day])
        assert set(zip(in_reserve.site.tolist(), in_reserve.ordinal.tolist(), strict=True)) == {(site, 1)}
        assert moves_only(visits, made, site)
        assert broken_rules(facts, replace(made.plan, visits=now)) == []
        assert made.released == [(site, 1), (site, 2)]


def full_but_for_the_end(programme: Make) -> tuple[Facts, Visits]:
    """One manager who is booked on every day that is not in reserve, but for the last few."""
    facts = programme(
        sites=46, managers=1, agencies=1, stops=1, windows=0.0, closed=0.0, leave=0.0, days=110, reserve=0.2
    )  # fmt: skip
    facts = replace(facts, agencies=replace(facts.agencies, sectors=np.array([7])))
    visits = plan(facts).visits
    visits = visits.take(visits.day < 98)
    made = np.bincount(visits.site, minlength=46)
    return replace(facts, sites=replace(facts.sites, visits=made)), visits


def closed_until(facts: Facts, site: int, day: int) -> Facts:
    """The facts with an enterprise that opens only after a day."""
    days = unpack(facts.sites.open_days, len(facts.calendar))
    days[site, : day + 1] = False
    return replace(facts, sites=replace(facts.sites, open_days=pack(days)))


def spaced(facts: Facts, days: int) -> Facts:
    return replace(facts, rules=replace(facts.rules, spacing_days=days))


def gaps(facts: Facts, visits: Visits) -> Flags:
    """Calendar days between the two visits of each enterprise that has both."""
    both = [days_of(visits, site) for site in range(len(facts.sites))]
    return np.array([np.diff(facts.calendar.dates[days])[0] for days in both if len(days) == 2])


def test_a_longer_spacing_moves_as_many_visits_as_it_must(roomy: tuple[Facts, Visits], broken_rules: Check) -> None:
    facts, visits = roomy
    longer = spaced(facts, int(np.median(gaps(facts, visits))) + 1)
    short = int((gaps(facts, visits) < longer.rules.spacing_days).sum())
    assert 0 < short < len(facts.sites)
    made = apply(longer, visits, Change())
    assert broken_rules(longer, made.plan) == []
    assert len(made.plan.unscheduled.site) == 0
    stays = [days_of(visits, site) == days_of(made.plan.visits, site) for site in range(len(facts.sites))]
    assert stays.count(False) == short == len({site for site, _ in made.released})


def on_days(facts: Facts, visits: Visits, site: int, days: list[int]) -> Visits:
    """The visits with those of one enterprise on other days."""
    mine, day = np.flatnonzero(visits.site == site), visits.day.copy()
    day[mine[np.argsort(visits.ordinal[mine])]] = days
    return replace(visits, day=day, date=facts.calendar.dates[day])


@pytest.mark.parametrize("settled", [0, 1])
def test_of_two_visits_that_are_too_close_the_more_settled_stays(roomy: tuple[Facts, Visits], settled: int) -> None:
    facts, visits = roomy
    visits, site = on_days(facts, visits, 0, [40, 62]), 0
    published = (visits.site == site) & (visits.ordinal == settled + 1)
    visits = replace(visits, stage=np.where(published, int(Stage.PUBLISHED), int(Stage.DRAFT)))
    was = days_of(visits, site)
    made = apply(spaced(facts, int(np.diff(facts.calendar.dates[was])[0]) + 1), visits, Change())
    assert (site, 2 - settled) in made.released
    assert (site, settled + 1) not in made.released
    assert was[settled] == days_of(made.plan.visits, site)[settled]

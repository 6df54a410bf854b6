"""What a plan changes of what was published before, counted and measured; and whether that is more than was allowed."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from scheduling import reasons
from scheduling.model import Because, PlanRow
from scheduling.planner.measures import day_kilometres
from scheduling.planner.model import Facts, Flags, Stage, Visits
from scheduling.planner.waiting import season_of, waits
from scheduling.planning.national import facts_of
from scheduling.planning.picture import NOBODY, Ints, Picture, Proposal


def counted(picture: Picture, proposal: Proposal) -> dict[str, Any]:
    """Visits added, moved and dropped, and those that have no day."""
    has_day, is_freed = proposal.manager >= 0, picture.needs.is_freed
    return {
        "added": int((has_day & ~is_freed).sum()),
        "moved": int((has_day & is_freed).sum()),
        "dropped": int((~has_day & is_freed).sum()) + len(picture.dropped),
        "unscheduled": int((~has_day).sum()),
    }


def measured(picture: Picture, proposal: Proposal) -> dict[str, Any]:
    """Kilometres, and working days until the first visit to sites of high risk, on the days that can be planned.

    A site whose first visit lies before them waits no more; one that has none waits until their end.
    """
    facts = facts_of(picture)
    season, awaits = season_of(facts), (facts.sites.risk >= HIGH_RISK) & ~_visited(picture)
    told = dict[str, Any]()
    for when, visits in (("before", _before(picture)), ("after", _after(picture, proposal))):
        dated = _in_calendar(facts, visits)
        told[f"km_{when}"] = round(float(day_kilometres(facts, dated.take(dated.manager != NOBODY)).sum()), 1)
        site, wait = waits(season, dated)
        risky = wait[awaits[site]]
        told[f"high_risk_wait_{when}"] = round(float(risky.mean()), 1) if len(risky) else None
    return told


HIGH_RISK = 6
_Columns = tuple[Ints, ...]
_NAMES = ("site", "ordinal", "manager", "day")


def _before(picture: Picture) -> _Columns:
    needs, freed = picture.needs, picture.needs.is_freed
    return tuple(
        np.concatenate([getattr(picture.kept, name), getattr(needs, name)[freed], getattr(picture.dropped, name)])
        for name in _NAMES
    )


def _after(picture: Picture, proposal: Proposal) -> _Columns:
    kept, placed = picture.kept, proposal.placed
    placed_at = (
        picture.needs.site[placed],
        picture.needs.ordinal[placed],
        proposal.manager[placed],
        proposal.day[placed],
    )
    return tuple(np.append(getattr(kept, name), column) for name, column in zip(_NAMES, placed_at, strict=True))


def _visited(picture: Picture) -> Flags:
    """Sites whose first visit was made, or stands on a day that is not planned any more."""
    kept, visited = picture.kept, np.zeros(len(picture.sites), np.bool_)
    visited[kept.site[(kept.ordinal == 1) & ~np.isin(kept.day, picture.days)]] = True
    return visited


def _in_calendar(facts: Facts, visits: _Columns) -> Visits:
    site, ordinal, manager, date = visits
    dates = facts.calendar.dates
    day = np.minimum(np.searchsorted(dates, date), len(dates) - 1)
    inside = dates[day] == date
    stage = np.full(int(inside.sum()), int(Stage.PUBLISHED))
    rows = (site[inside], ordinal[inside], manager[inside], day[inside], date[inside])
    return Visits(*rows, stage, np.zeros(len(stage), np.bool_))


def beyond_limits(plan: PlanRow, counts: Mapping[str, Any]) -> Iterator[Because]:
    """Why a plan is refused as a whole: it moves or drops more visits than whoever asked for it allows."""
    if plan.most_moved is not None and counts["moved"] > plan.most_moved:
        yield reasons.too_many_moved(counts["moved"], plan.most_moved)
    if plan.most_dropped is not None and counts["dropped"] > plan.most_dropped:
        yield reasons.too_many_dropped(counts["dropped"], plan.most_dropped)

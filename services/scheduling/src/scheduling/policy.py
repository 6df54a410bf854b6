"""The rules of a visit: whose it is, what may be reported of it, how it goes on, and when it is booked again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from access.caller import Caller
from events.contracts.scheduling import VisitCancelled, VisitCompleted, VisitMissed
from korea.calendar import working_days
from scheduling import reasons
from scheduling.model import Because, Ended, ManagerDays, OpenDays, Programme, Report, Visit, Wish

Verdict = Literal["accepted", "repeated"] | Because
Said = VisitCompleted | VisitMissed
HOLDS_A_DAY = frozenset({"scheduled", "completed"})
OPEN = frozenset({"scheduled", "missed"})


@dataclass(frozen=True, slots=True)
class Case:
    """All that a report is judged by."""

    visit: Visit | None
    is_theirs: bool
    known_digest: bytes | None
    programme: Programme | None
    siblings: Sequence[Visit]
    today: date


def may_see(caller: Caller, one: Visit | Wish) -> bool:
    """Whether a visit, or a wish about one, is within the caller's agency, person and provinces."""
    whose = one.manager_id or UUID(int=0)  # a hand-back is an agency's, no manager's
    return caller.may_see_manager(whose, one.agency_id) and caller.may_see_province(one.province)


def judge(report: Report, case: Case) -> Verdict:
    """Accepted, repeated (it had taken effect before), or the reason why not."""
    visit, programme = case.visit, case.programme
    if visit is None or programme is None:
        return reasons.UNKNOWN_VISIT
    if not case.is_theirs:
        return reasons.NOT_YOURS
    if case.known_digest is not None:
        return "repeated" if case.known_digest == report.digest else reasons.REPORT_ID_TAKEN
    if visit.state != "scheduled":
        return reasons.REFUSED_STATES[visit.state]
    for broken, because in _DAYS:
        if broken(report, programme, case):
            return because
    return "accepted"


def reported(visit: Visit, report: Report) -> Visit:
    """The visit after an accepted report; a missed one waits for another day."""
    done = report.outcome == "completed"
    return replace(
        visit,
        state=report.outcome,
        version=visit.version + 1,
        reported_on=report.on,
        risk_after=report.risk_after if done else None,
        wants_day=not done,
    )


def to_say(visit: Visit, report: Report) -> Said:
    """What an accepted report makes known."""
    if report.outcome == "missed":
        return VisitMissed(**identity(visit), missed_on=report.on, reason=report.reason)
    return VisitCompleted(
        **identity(visit),
        visited_on=report.on,
        risk_before=report.risk_before,
        risk_after=report.risk_after,
        hazards_found=report.hazards_found,
        hazards_removed=report.hazards_removed,
    )


def as_said(fact: VisitCompleted | VisitMissed | VisitCancelled, version: int) -> Ended:
    """The visit as it was when that was said."""
    if isinstance(fact, VisitCompleted):
        return Ended(fact.visit_id, "completed", version, fact.visited_on, fact.risk_after)
    if isinstance(fact, VisitMissed):
        return Ended(fact.visit_id, "missed", version, fact.missed_on)
    return Ended(fact.visit_id, "cancelled", version)


def identity(visit: Visit) -> dict[str, Any]:
    """What every fact about a visit begins with."""
    names = ("visit_id", "programme_id", "enterprise_id", "ordinal", "agency_id", "manager_id")
    return {name: getattr(visit, name) for name in names}


def crowded(visit: Visit, siblings: Iterable[Visit], spacing_days: int) -> list[Visit]:
    """Scheduled visits to the same enterprise that have come too close to this one, and now want another day."""
    near = timedelta(days=spacing_days)
    return [
        replace(sibling, wants_day=True)
        for sibling in siblings
        if sibling.visit_id != visit.visit_id
        and sibling.state == "scheduled"
        and not (sibling.wants_day or sibling.is_pinned)
        and abs(sibling.visit_on - visit.held_on) < near
    ]


def cancelled(visits: Iterable[Visit]) -> list[Visit]:
    """Those of the visits that were still open, as they are once they will not take place."""
    return [
        replace(visit, state="cancelled", version=visit.version + 1, wants_day=False)
        for visit in visits
        if visit.state in OPEN
    ]


def days_of(programme: Programme) -> tuple[date, ...]:
    """The working days of a programme behind its last day of training: on these its visits may lie."""
    days = working_days(
        programme.window_from, programme.window_until, programme.holidays_added, programme.workdays_added
    )
    return tuple(day for day in days if day > max(programme.training_days, default=date.min))


@dataclass(frozen=True, slots=True)
class Search:
    """Where another day for a visit is looked for; `managers` in the order of preference, `days` ascending."""

    siblings: Sequence[Visit]
    enterprise: OpenDays
    managers: Sequence[ManagerDays]
    days: Sequence[date]
    programme: Programme
    after: date


def book(visit: Visit, search: Search) -> Visit | None:
    """The visit on its next possible day; None when there is none.

    A later visit that is only scheduled makes way if there is no room before it: `crowded` then names it. A pinned one
    makes way for nobody.
    """
    near = timedelta(days=search.programme.spacing_days)
    others = [s for s in search.siblings if s.visit_id != visit.visit_id and s.state in HOLDS_A_DAY]
    later = [s.visit_on for s in others if s.state == "scheduled" and s.ordinal > visit.ordinal]
    fixed = [s.held_on for s in others if s.state == "completed" or s.is_pinned]
    earlier = [s.held_on for s in others if s.ordinal < visit.ordinal]
    floor = max([search.after + timedelta(days=1), *(day + near for day in earlier)])
    behind = min((s.visit_on for s in others if s.is_pinned and s.ordinal > visit.ordinal), default=date.max)
    possible = [
        day for day in _days_from(search, floor) if day < behind and all(abs(day - held) >= near for held in fixed)
    ]
    ceiling = min(later, default=date.max) - near
    found = next(_openings(search, [day for day in possible if day <= ceiling]), None)
    manager, day = found or next(_openings(search, possible), (None, None))
    return _booked(visit, manager, day) if manager and day else None


def _booked(visit: Visit, manager: ManagerDays, day: date) -> Visit:
    return replace(
        visit,
        state="scheduled",
        version=visit.version + 1,
        manager_id=manager.manager_id,
        agency_id=manager.agency_id,
        visit_on=day,
        wants_day=False,
        is_pinned=False,
    )


def _days_from(search: Search, floor: date) -> list[date]:
    return [day for day in search.days if day >= floor and search.enterprise.allow(day)]


def _openings(search: Search, days: Sequence[date]) -> Iterator[tuple[ManagerDays, date]]:
    for manager in search.managers:
        yield from ((manager, day) for day in days if _is_free(manager, day, search.programme.visits_a_day))


def _is_free(manager: ManagerDays, day: date, most: int) -> bool:
    return manager.may_visit(day) and manager.booked.get(day, 0) < min(manager.visits_a_day, most)


def _outside(report: Report, programme: Programme, _: Case) -> bool:
    return not programme.window_from <= report.on <= programme.window_until


def _in_the_future(report: Report, _: Programme, case: Case) -> bool:
    return report.on > case.today


def _too_soon(report: Report, programme: Programme, case: Case) -> bool:
    near = timedelta(days=programme.spacing_days)
    done = (s.held_on for s in case.siblings if s.state == "completed")
    return report.outcome == "completed" and any(abs(report.on - held) < near for held in done)


_DAYS: tuple[tuple[Callable[[Report, Programme, Case], bool], Because], ...] = (
    (_in_the_future, reasons.IN_THE_FUTURE),
    (_outside, reasons.OUTSIDE_PROGRAMME),
    (_too_soon, reasons.BEFORE_SPACING),
)

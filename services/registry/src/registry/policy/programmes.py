"""A programme is opened once, and may change in mid-year: temporary holidays, days worked besides, another window."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from events.contracts.envelope import Announcement
from events.contracts.registry import ProgrammeChanged, ProgrammeOpened
from registry.model.programmes import Change, Programme, Terms

Misdated = Literal["window_beyond_year", "training_beyond_year", "training_after_window"]
Refusal = (
    Misdated | Literal["both_kinds", "window_reversed", "window_has_begun", "window_in_the_past", "outside_window"]
)


def misdated(terms: Terms) -> Misdated | None:
    """Which of a programme's days must be typing errors, such as 2203 for 2023: a plan would reach as far."""
    years = range(terms.year - 1, terms.year + 2)
    if terms.window_from.year not in years or terms.window_until.year not in years:
        return "window_beyond_year"
    if any(day.year not in years for day in terms.training_days):
        return "training_beyond_year"
    return "training_after_window" if max(terms.training_days) > terms.window_until else None


def opened(terms: Terms, occurred_at: datetime) -> Announcement:
    """The fact that a programme was opened."""
    return Announcement(ProgrammeOpened(**_said(terms)), 1, occurred_at)


def changed(programme: Programme, said: Change, changed_on: date) -> Programme | Refusal | None:
    """The programme after a change; None when that says nothing new, or why it cannot be taken."""
    before = programme.terms
    after = before.model_copy(
        update={
            "holidays_added": _joined(before.holidays_added, said.holidays_added, said.workdays_added),
            "workdays_added": _joined(before.workdays_added, said.workdays_added, said.holidays_added),
            "window_from": said.window_from or before.window_from,
            "window_until": said.window_until or before.window_until,
        }
    )
    refusal = _refusal_of(before, after, said, changed_on)
    if refusal or after == before:
        return refusal
    return Programme(after, programme.version + 1)


def changed_fact(programme: Programme, changed_on: date, occurred_at: datetime) -> Announcement:
    """The fact that a programme changed, with its whole state."""
    fact = ProgrammeChanged(**_said(programme.terms), changed_on=changed_on)
    return Announcement(fact, programme.version, occurred_at)


def terms_of(fact: ProgrammeOpened | ProgrammeChanged) -> Terms:
    """The terms as far as a fact tells them; how agencies are inspected it does not."""
    said = fact.model_dump(exclude={"changed_on", "is_synthetic"})
    return Terms.model_validate({**said, "synthetic": fact.is_synthetic})


def differences(opened_as: Terms, said: Terms) -> dict[str, tuple[object, object]]:
    """What a file says differently from the programme as it was opened: the term, then before and now."""
    before, now = opened_as.model_dump(mode="json"), said.model_dump(mode="json")
    return {term: (before[term], now[term]) for term in before if before[term] != now[term]}


def _refusal_of(before: Terms, after: Terms, said: Change, changed_on: date) -> Refusal | None:
    if set(said.holidays_added) & set(said.workdays_added):
        return "both_kinds"
    days = {*said.holidays_added, *said.workdays_added}
    is_outside = any(not after.window_from <= day <= after.window_until for day in days)
    return _refusal_of_window(before, after, changed_on) or ("outside_window" if is_outside else None)


def _refusal_of_window(before: Terms, after: Terms, changed_on: date) -> Refusal | None:
    if (after.window_from, after.window_until) == (before.window_from, before.window_until):
        return None
    if after.window_until < after.window_from:
        return "window_reversed"
    if after.window_from != before.window_from and changed_on >= before.window_from:
        return "window_has_begun"
    if after.window_until != before.window_until and after.window_until < changed_on:
        return "window_in_the_past"
    return misdated(after)


def _joined(before: tuple[date, ...], added: Iterable[date], taken: Iterable[date]) -> tuple[date, ...]:
    """A day that is decided the other way leaves the list it was in; the order says nothing."""
    days = {*before, *added} - set(taken)
    return before if days == set(before) else tuple(sorted(days))


def _said(terms: Terms) -> dict[str, Any]:
    return {**terms.model_dump(exclude={"opened_on", "inspection", "synthetic"}), "is_synthetic": terms.synthetic}

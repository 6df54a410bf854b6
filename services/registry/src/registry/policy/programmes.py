"""A programme is opened once: its terms, the fact, and in what a second file differs."""

from datetime import datetime

from events.contracts.envelope import Announcement
from events.contracts.registry import ProgrammeOpened
from registry.model.programmes import Terms


def opened(terms: Terms, occurred_at: datetime) -> Announcement:
    """The fact that a programme was opened."""
    fact = ProgrammeOpened(
        **terms.model_dump(exclude={"opened_on", "inspection", "synthetic"}), is_synthetic=terms.synthetic
    )
    return Announcement(fact, 1, occurred_at)


def differences(opened_as: Terms, said: Terms) -> dict[str, tuple[object, object]]:
    """What a file says differently from the programme as it was opened: the term, then before and now."""
    before, now = opened_as.model_dump(mode="json"), said.model_dump(mode="json")
    return {term: (before[term], now[term]) for term in before if before[term] != now[term]}

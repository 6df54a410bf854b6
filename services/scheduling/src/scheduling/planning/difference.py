"""What a plan changes of what was published before, counted; and whether that is more than was allowed."""

from collections.abc import Iterator
from typing import Any

from scheduling import reasons
from scheduling.model import Because, PlanRow
from scheduling.planning.picture import Picture, Proposal


def counted(picture: Picture, proposal: Proposal) -> dict[str, Any]:
    """Visits added, moved and dropped, and those that have no day."""
    has_day, is_freed = proposal.manager >= 0, picture.needs.is_freed
    return {
        "added": int((has_day & ~is_freed).sum()),
        "moved": int((has_day & is_freed).sum()),
        "dropped": int((~has_day & is_freed).sum()) + len(picture.dropped),
        "unscheduled": int((~has_day).sum()),
    }


def beyond_limits(plan: PlanRow, counts: dict[str, Any]) -> Iterator[Because]:
    """Why a plan is refused as a whole: it moves or drops more visits than whoever asked for it allows."""
    if plan.most_moved is not None and counts["moved"] > plan.most_moved:
        yield reasons.too_many_moved(counts["moved"], plan.most_moved)
    if plan.most_dropped is not None and counts["dropped"] > plan.most_dropped:
        yield reasons.too_many_dropped(counts["dropped"], plan.most_dropped)

"""What the columns and fields of the files are called: one that is called otherwise would not be heeded."""

from collections.abc import Iterable
from difflib import get_close_matches

_OWN = "own_"
_PLACE = {"latitude", "longitude"}
TABLES: dict[str, set[str]] = {
    "agencies": _PLACE
    | {"agency_id", "name", "sectors", "provinces", "qualified_on", "licence_until"}
    | {"suspended_from", "suspended_until"},
    "managers": _PLACE
    | {"manager_id", "agency_id", "visits_a_day", "trained_on", "available_from", "available_until", "leave"},
    "enterprises": _PLACE
    | {"enterprise_id", "sector", "province", "district", "risk", "residual_risk", "known_on", "handed_back"}
    | {"open_from", "open_until", "closed_weekdays", "closed_days", "preferred_weekdays"},
    "visits": {"visit_id", "enterprise_id", "ordinal", "agency_id", "manager_id", "visit_on", "stage", "pinned"},
    "unscheduled": {"enterprise_id", "ordinal", "reason"},
}
PROGRAMME = {
    *("programme_id", "year", "synthetic", "window_from", "window_until", "minimum_visits", "spacing_days"),
    *("visits_a_day", "training_days", "holidays_added", "workdays_added", "reserve_share"),
    *("third_visit_from_risk", "published_until"),
}


def strange(names: Iterable[str], known: set[str]) -> str | None:
    """What is wrong with the names of a file, if anything: one is there twice, or is none that can be meant."""
    seen = set[str]()
    for name in filter(None, names):
        if name in seen:
            return f"{name} stands there twice. Leave one of them."
        if name not in known and not name.startswith(_OWN):
            near = get_close_matches(name.strip().lower(), sorted(known), 1)
            meant = f" Is {near[0]} meant?" if near else ""
            return f"nothing is called {name}.{meant} docs/plan-files.md has all names; your own begin with {_OWN}."
        seen.add(name)
    return None

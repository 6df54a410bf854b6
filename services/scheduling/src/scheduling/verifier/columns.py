"""What the columns and fields of the files are called: one that is called otherwise would not be heeded."""

from collections.abc import Iterable
from difflib import get_close_matches

from scheduling.both import Both

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


def strange(names: Iterable[str], known: set[str]) -> Both | None:
    """What is wrong with the names of a file, if anything: one is there twice, or is none that can be meant."""
    seen = set[str]()
    for name in filter(None, names):
        if name in seen:
            twice = f"{name}이(가) 두 번 있습니다. 하나만 남기십시오.", f"{name} stands there twice. Leave one of them."
            return Both(*twice)
        if name not in known and not name.startswith(_OWN):
            return _nameless(name, get_close_matches(name.strip().lower(), sorted(known), 1))
        seen.add(name)
    return None


def _nameless(name: str, near: list[str]) -> Both:
    meant = Both(f" {near[0]}인 듯합니다.", f" Is {near[0]} meant?") if near else Both("", "")
    return Both(
        f"{name}은(는) 알 수 없는 이름입니다.{meant.ko} 이름은 모두 docs/plan-files.md에 있습니다. "
        f"따로 쓰는 것은 {_OWN}으로 시작하십시오.",
        f"nothing is called {name}.{meant.en} docs/plan-files.md has all names; your own begin with {_OWN}.",
    )

"""The names that files may use: a column or field that none of them is would be ignored, so it is named instead."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from scheduling.both import Both

OWN = "own_"
"""What the names of a reader's own columns begin with."""
COLUMNS = {
    "agencies": (
        "agency_id", "name", "sectors", "provinces", "latitude", "longitude", "qualified_on", "licence_until",
        "suspended_from", "suspended_until",
    ),
    "managers": (
        "manager_id", "agency_id", "latitude", "longitude", "visits_a_day", "trained_on", "available_from",
        "available_until", "leave",
    ),
    "enterprises": (
        "enterprise_id", "sector", "province", "district", "latitude", "longitude", "risk", "open_from", "open_until",
        "closed_weekdays", "closed_days", "preferred_weekdays", "residual_risk", "known_on", "handed_back",
    ),
    "visits": ("visit_id", "enterprise_id", "ordinal", "agency_id", "manager_id", "visit_on", "stage", "pinned"),
    "unscheduled": ("enterprise_id", "ordinal", "reason"),
}  # fmt: skip


def doubled(names: Sequence[str]) -> Both | None:
    """What is wrong with names of which some stand there twice; nothing if none does."""
    twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
    if not twice:
        return None
    return Both(
        f"같은 열이 두 번 있습니다({twice}). 하나만 남기십시오.", f"there are two columns {twice}. Leave one of them."
    )


def misnamed(names: Iterable[str], known: Iterable[str]) -> Both | None:
    """The first name that is neither known nor a reader's own, and what was meant; nothing if all are."""
    meant = tuple(known)
    wrong = next((name for name in names if name and name not in meant and not name.startswith(OWN)), None)
    if wrong is None:
        return None
    near = get_close_matches(wrong.strip().lower(), meant, 1)
    every = ", ".join(meant)
    hint = (
        Both(f"{near[0]}인 듯합니다", f"{near[0]} may be meant")
        if near
        else Both(f"쓸 수 있는 이름: {every}", f"there are {every}")
    )
    return Both(
        f"{wrong}은(는) 알 수 없는 이름입니다({hint.ko}). 이름을 고치거나, 따로 쓰는 것이면 {OWN}으로 시작하십시오.",
        f"{wrong} is unknown: {hint.en}. Rename it, or begin it with {OWN} if it is your own.",
    )

"""How an import is shown: its state, its counts, and where its refused rows are."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

STALE = timedelta(minutes=2)
"""An import that moved no batch for so long has lost the process that took it in."""


def shown(found: Mapping[str, Any]) -> dict[str, object]:
    """An import for people and programs to read."""
    seconds = ((found["finished_at"] or found["moved_at"]) - found["started_at"]).total_seconds()
    return {
        "import_id": str(found["import_id"]),
        "kind": found["kind"],
        "form": found["form"],
        "encoding": found["encoding"],
        "state": state_of(found),
        "dry_run": found["is_dry_run"],
        "started_by": found["started_by"],
        "started_at": found["started_at"].isoformat(),
        "seconds": round(seconds, 3),
        "bytes_expected": found["bytes_expected"],
        "bytes_read": found["bytes_read"],
        "rows": found["rows_read"],
        "refused": found["rows_refused"],
        "outcomes": found["outcomes"],
        "ignored_columns": found["ignored_columns"],
        "refused_csv": f"/imports/{found['import_id']}/refused.csv" if found["rows_refused"] else None,
    }


def state_of(found: Mapping[str, Any]) -> str:
    """running, done, or interrupted: then the file must be sent again."""
    if found["finished_at"]:
        return "done"
    return "interrupted" if found["is_interrupted"] or datetime.now(UTC) - found["moved_at"] > STALE else "running"

"""The plan as the files that the verifier reads."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scheduling.planfiles.facts import Reading
from scheduling.planner import Plan
from scheduling.planner.model import Ints, Reason, Stage

_SINCE_YEAR_1 = 719_163  # the day number of 1970-01-01 as Python counts days


def write_plan(folder: Path, reading: Reading, plan: Plan) -> None:
    """visits.parquet and unscheduled.parquet."""
    names, visits, missing = reading.names, plan.visits, plan.unscheduled
    enterprise, ordinal = _named(names.enterprises, visits.site), pa.array(visits.ordinal)
    stages, reasons = ([member.name.lower() for member in kind] for kind in (Stage, Reason))
    columns = {
        "visit_id": [f"{one}/{n}" for one, n in zip(enterprise.to_pylist(), visits.ordinal.tolist(), strict=True)],
        "enterprise_id": enterprise,
        "ordinal": ordinal,
        "agency_id": _named(names.agencies, plan.agency),
        "manager_id": _named(names.managers, visits.manager),
        "visit_on": pa.array((visits.date - _SINCE_YEAR_1).astype(np.int32), pa.date32()),
        "stage": _named(stages, visits.stage),
        "pinned": pa.array(visits.pinned),
    }
    pq.write_table(pa.table(columns), folder / "visits.parquet")
    left = {
        "enterprise_id": _named(names.enterprises, missing.site),
        "ordinal": pa.array(missing.ordinal),
        "reason": _named(reasons, missing.reason),
    }
    pq.write_table(pa.table(left), folder / "unscheduled.parquet")


def _named(names: list[str], places: Ints) -> Any:  # pyarrow ships no types
    return pa.array(names, pa.string()).take(pa.array(places))

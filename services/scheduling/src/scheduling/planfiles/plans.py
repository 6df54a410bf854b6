"""A plan folder: visits and unscheduled visits, written with their ids and read back as the planner's arrays."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha1
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from pyarrow import compute, csv, parquet

from scheduling.both import Both
from scheduling.planfiles.cells import day_number, flag, one_of, whole_between
from scheduling.planfiles.facts import Names
from scheduling.planfiles.sheets import Refusal, Sheet, open_sheet
from scheduling.planner.model import NOBODY, Calendar, Facts, Ints, Plan, Reason, Stage, Unscheduled, Visits

STAGES = {stage.name.lower(): int(stage) for stage in Stage}
REASONS = {reason.name.lower(): int(reason) for reason in Reason}
RELEASED = "released.csv"
_EPOCH = date(1970, 1, 1).toordinal()


def write_plan(folder: Path, names: Names, plan: Plan, ending: str = "csv") -> None:
    """`visits` and `unscheduled`, as CSV or Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    visits, missing = plan.visits, plan.unscheduled
    enterprise = _named(names.enterprises, visits.site)
    columns = {
        "visit_id": visit_ids(names.programme, enterprise.to_pylist(), visits.ordinal),
        "enterprise_id": enterprise,
        "ordinal": pa.array(visits.ordinal),
        "agency_id": _named(names.agencies, plan.agency),
        "manager_id": _named(names.managers, visits.manager),
        "visit_on": pa.array((visits.date - _EPOCH).astype(np.int32), pa.date32()),
        "stage": _named(list(STAGES), visits.stage),
        "pinned": pa.array(visits.pinned),
    }
    left = {
        "enterprise_id": _named(names.enterprises, missing.site),
        "ordinal": pa.array(missing.ordinal),
        "reason": _named(list(REASONS), missing.reason),
    }
    _write(folder, "visits", pa.table(columns), ending)
    _write(folder, "unscheduled", pa.table(left), ending)


def write_refusals(folder: Path, refusals: list[Refusal]) -> None:
    """The rows that could not be read, as `refused.csv`; nothing refused, no file."""
    path = folder / "refused.csv"
    path.unlink(missing_ok=True)
    if refusals:
        csv.write_csv(pa.Table.from_pylist([asdict(one) for one in refusals]), path)


def write_released(folder: Path, names: Names, released: Sequence[tuple[int, int]]) -> None:
    """The visits that were free to move because their own people asked, as `released.csv`; none, no file."""
    path = folder / RELEASED
    path.unlink(missing_ok=True)
    if released:
        site, ordinal = zip(*released, strict=True)
        enterprises = [names.enterprises[one] for one in site]
        csv.write_csv(pa.table({"visit_id": visit_ids(names.programme, enterprises, np.array(ordinal))}), path)


def visits_named(folder: Path, names: Names, asked: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The enterprise and ordinal of the visits with these ids, as far as the plan has them."""
    if not asked:
        return {}
    sheet = open_sheet(folder, "visits", ("visit_id", "enterprise_id", "ordinal"))
    wanted = compute.call_function(
        "is_in", [sheet.cells("visit_id")], compute.SetLookupOptions(value_set=pa.array(asked, pa.string()))
    )
    found = [sheet.cells(name).filter(wanted).to_pylist() for name in ("visit_id", "enterprise_id", "ordinal")]
    places = {name: place for place, name in enumerate(names.enterprises)}
    return {
        visit: (places[enterprise], int(ordinal))
        for visit, enterprise, ordinal in zip(*found, strict=True)
        if enterprise in places
    }


def visit_ids(programme: str, enterprises: list[str], ordinal: Ints) -> list[str]:
    """UUIDv5 of programme, enterprise and ordinal: planning again says the same name."""
    space = sha1(UUID(programme).bytes, usedforsecurity=False)
    named = list[str]()
    for enterprise, number in zip(enterprises, ordinal.tolist(), strict=True):
        digest = space.copy()
        digest.update(f"{enterprise}:{number}".encode())
        named.append(str(UUID(bytes=digest.digest()[:16], version=5)))
    return named


@dataclass(frozen=True)
class PlanReading:
    """What a folder said: the plan as far as the facts know it, the rows refused, and all visits that it names.

    Where the facts know no manager there is NOBODY, and an enterprise that they do not know has a number of its own
    below it, by its name: such visits can be compared and counted, and not planned with.
    """

    plan: Plan
    refusals: list[Refusal]
    all_visits: Visits


def read_plan(folder: Path, facts: Facts, names: Names) -> PlanReading:
    """A plan folder on the facts of today; rows that name nobody, or a visit that has been named, are refused."""
    needed = ("enterprise_id", "ordinal", "manager_id", "visit_on", "stage")
    sheet = open_sheet(folder, "visits", needed)
    ordinal = sheet.numbers("ordinal", whole_between(1, 99)).astype(np.int64)
    on, stage = sheet.whole("visit_on", day_number), sheet.whole("stage", one_of(STAGES))
    pinned = sheet.whole("pinned", flag) > 0
    _refuse_twice(sheet, ordinal, stage)
    readable = sheet.readable()
    site, manager = _known(sheet, "enterprise_id", names.enterprises), _known(sheet, "manager_id", names.managers)
    strangers = np.flatnonzero(site < 0)
    site[strangers] = [_number_of(name) for name in sheet.cells("enterprise_id").take(strangers).to_pylist()]
    every = Visits(site, ordinal, manager, day_of(facts.calendar, on), on, stage, pinned).take(readable)
    visits = every.take((every.site >= 0) & (every.manager >= 0))
    left = open_sheet(folder, "unscheduled", ("enterprise_id", "ordinal", "reason"))
    missing = [
        _known(left, "enterprise_id", names.enterprises),
        left.numbers("ordinal", whole_between(1, 99)).astype(np.int64),
        left.whole("reason", one_of(REASONS)),
    ]
    rows = left.readable()
    unscheduled = Unscheduled(missing[0][rows], missing[1][rows], missing[2][rows])
    plan = Plan(visits, unscheduled, facts.managers.agency[visits.manager])
    return PlanReading(plan, sheet.refusals + left.refusals, every)


def _number_of(stranger: str) -> int:
    """A number below NOBODY for an enterprise that the facts do not know, the same in every plan."""
    return NOBODY - 1 - int.from_bytes(sha1(stranger.encode(), usedforsecurity=False).digest()[:6])


def _refuse_twice(sheet: Sheet, ordinal: Ints, stage: Ints) -> None:
    """Of two rows that say where one visit is, the first holds; what was missed or cancelled may stand beside it."""
    _, enterprise = sheet.each("enterprise_id", str, "")
    rows = np.flatnonzero(stage <= Stage.DONE)
    _, first = np.unique(enterprise[rows] * 128 + ordinal[rows], return_index=True)
    for row in np.delete(rows, first):
        sheet.refuse(int(row), "ordinal", Both("이 사업장에 두 번 적혀 있습니다", "is said twice for this enterprise"))


def day_of(calendar: Calendar, dates: Ints) -> Ints:
    """The place of each date in the calendar; -1 for a day on which nobody works."""
    if not len(calendar):
        return np.full(len(dates), -1, np.int64)
    place = np.minimum(np.searchsorted(calendar.dates, dates), len(calendar) - 1)
    return np.where(calendar.dates[place] == dates, place, -1).astype(np.int64)


def _known(sheet: Sheet, column: str, names: list[str]) -> Ints:
    options = compute.SetLookupOptions(value_set=pa.array(names, pa.string()))
    places = compute.call_function("index_in", [sheet.cells(column)], options).fill_null(-1)
    found = places.to_numpy(zero_copy_only=False).astype(np.int64)
    for row in np.flatnonzero(found < 0):
        sheet.refuse(int(row), column, Both("등록된 자료에 없습니다", "is not in the facts"))
    return found


def _named(names: list[str], places: Ints) -> Any:
    return pa.array(names, pa.string()).take(pa.array(places, pa.int64()))


def _write(folder: Path, stem: str, table: Any, ending: str) -> None:
    for other in ("csv", "parquet"):
        (folder / f"{stem}.{other}").unlink(missing_ok=True)
    path = folder / f"{stem}.{ending}"
    if ending == "parquet":
        parquet.write_table(table, path)
    else:
        csv.write_csv(table, path)

"""Planner and verifier share no code, and take and refuse the same rows of facts and plan, by the same row numbers."""

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduling.planfiles import columns as planner_columns
from scheduling.planfiles.facts import read_facts
from scheduling.planfiles.plans import STAGES, read_plan, write_plan
from scheduling.planfiles.programme import FIELDS
from scheduling.planner import plan
from scheduling.verifier import columns as verifier_columns
from scheduling.verifier import facts as verifier_facts
from scheduling.verifier import folders
from scheduling.verifier import visits as verifier_visits

CELLS = (
    "", "0", "2.5", "9.5", "20", "21", "-0.5", "nan", "soon", "37.5", "127.1", "mon", "Mon", "mon | tue", "mon|", "|",
    "service", "Service", "KR-11| KR-41", "KR-99", "11110", "26110", "a1", "a2", "a9", "e2", "m2",
    "2023-06-01", "20230601", "2023-02-30", "TRUE", "true", "False", "7", "done", "Draft",
    "2023-06-01..2023-06-30", "2023-06-30..2023-06-01", "2023-06-01 | 2023-07-01", "2023-06-01..", " 3 ",
)  # fmt: skip
COLUMNS = {
    "agencies": ("agency_id", "sectors", "provinces", "latitude", "longitude", "qualified_on", "licence_until",
                 "suspended_from", "suspended_until"),
    "managers": ("manager_id", "agency_id", "latitude", "longitude", "visits_a_day", "trained_on", "available_from",
                 "available_until", "leave"),
    "enterprises": ("enterprise_id", "sector", "province", "district", "latitude", "longitude", "risk", "open_from",
                    "open_until", "closed_weekdays", "closed_days", "preferred_weekdays", "residual_risk",
                    "known_on", "handed_back"),
}  # fmt: skip
CASES = [(stem, column) for stem, columns in COLUMNS.items() for column in columns]


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[str, int, str, str]]:
    """File, row, column and what is written there."""
    return [
        (*draw(st.sampled_from(CASES).map(lambda case: (case[0], 0, case[1]))), draw(st.sampled_from(CELLS)))
        for _ in range(draw(st.integers(1, 3)))
    ]


def harm(folder: Path, damage: list[tuple[str, int, str, str]]) -> None:
    for stem, row, column, cell in damage:
        with (folder / f"{stem}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        rows = [{name: one.get(name) or "" for name in dict.fromkeys([*one, column])} for one in rows]
        rows[row][column] = cell
        with (folder / f"{stem}.csv").open("w", encoding="utf-8", newline="") as lines:
            table = csv.DictWriter(lines, list(rows[0]))
            table.writeheader()
            table.writerows(rows)


def taken(folder: Path) -> tuple[list[list[str]], list[list[str]]]:
    """The ids that the planner takes, and those that the verifier takes; whatever is refused is so in two languages."""
    reading, known = read_facts(folder), verifier_facts.build(folders.read_facts(folder))
    names = reading.names
    assert all(re.search("[가-힣]", one.reason_ko) and one.reason for one in (*reading.refusals, *known.refused))
    tables = (known.agencies.ids, known.managers.ids, known.enterprises.ids)
    owed = known.enterprises.required > 0
    assert owed.tolist() == [name is not None for name in known.enterprises.ids.to_pylist()]
    return [names.agencies, names.managers, names.enterprises], [ids.drop_null().to_pylist() for ids in tables]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=damages())
@example(damage=[("agencies", 0, "agency_id", "a2"), ("agencies", 0, "sectors", "")])  # no agency is left
@example(damage=[("enterprises", 0, place, "") for place in ("latitude", "longitude")])
@example(damage=[("enterprises", 0, *cell) for cell in (("latitude", ""), ("longitude", ""), ("district", "11110"))])
@example(damage=[("enterprises", 0, *cell) for cell in (("latitude", ""), ("longitude", ""), ("district", "26110"))])
def test_both_take_or_both_refuse_each_damaged_row(
    folder: Callable[..., Path], damage: list[tuple[str, int, str, str]]
) -> None:
    facts = folder()
    harm(facts, damage)
    planner, verifier = taken(facts)
    assert planner == verifier


@pytest.fixture
def planned(folder: Callable[..., Path]) -> Path:
    """Facts and their plan in one folder."""
    reading = read_facts(folder())
    facts = folder()
    write_plan(facts, reading.names, plan(reading.facts))
    return facts


def visits_taken(folder: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Ordinal, day, stage and pin of the visits that the planner takes, and of those that the verifier takes."""
    reading = read_facts(folder)
    mine = read_plan(folder, reading.facts, reading.names).plan.visits
    known = verifier_facts.build(folders.read_facts(folder))
    theirs = verifier_visits.build(folders.read_plan(folder), known).visits
    epoch = 719_163  # the day number of 1970-01-01
    return (
        sorted(zip(mine.ordinal.tolist(), (mine.date - epoch).tolist(), mine.stage.tolist(), mine.pinned.tolist(),
                   strict=True)),
        sorted(zip(theirs.ordinal.tolist(), theirs.day.tolist(), theirs.stage.tolist(), theirs.pinned.tolist(),
                   strict=True)),
    )  # fmt: skip


@pytest.mark.parametrize("column", ["ordinal", "visit_on", "stage", "pinned"])
@pytest.mark.parametrize("cell", [*CELLS, *STAGES])
def test_both_take_or_both_refuse_each_damaged_visit(planned: Path, column: str, cell: str) -> None:
    harm(planned, [("visits", -1, column, cell)])
    planner, verifier = visits_taken(planned)
    assert planner == verifier


@pytest.mark.parametrize("cell", ["TRUE", "True", " true "])
def test_a_pin_is_a_pin_however_a_spreadsheet_writes_it(planned: Path, cell: str) -> None:
    harm(planned, [("visits", 0, "pinned", cell)])
    for taken_visits in visits_taken(planned):
        assert [pinned for *_, pinned in taken_visits].count(True) == 1


def refused(folder: Path) -> tuple[list[tuple[str, int, str]], list[tuple[str, int, str]]]:
    """File, row and column of what the planner and the verifier cannot read."""
    mine, theirs = read_facts(folder).refusals, verifier_facts.build(folders.read_facts(folder)).refused
    return (
        [(one.file.removesuffix(".csv"), one.row, one.column) for one in mine],
        [(one.file, one.row, one.column) for one in theirs],
    )


@pytest.mark.parametrize("empty", ["", ",,,,,,,,,,,,,", " , ,,,,,,,,,,,\t, "])
@pytest.mark.parametrize("torn", [(), ("e8,service",)])
def test_a_bad_cell_is_named_by_its_row_in_the_spreadsheet(
    folder: Callable[..., Path], empty: str, torn: tuple[str, ...]
) -> None:
    facts = folder("", empty, *torn, "e9,farming,KR-11,,37.5,127.0,2,,,,,,,", "")
    expected = ("enterprises", 7 + len(torn), "sector")
    for found in refused(facts):
        assert expected in found
        assert {row for _, row, _ in found} == {7 + len(torn), *([7] if torn else [])}
    assert len(read_facts(facts).names.enterprises) == 3


def test_an_agency_that_nobody_knows_is_named_where_it_gave_an_enterprise_back(folder: Callable[..., Path]) -> None:
    facts = folder()
    harm(facts, [("enterprises", 1, "handed_back", "a1|a9"), ("enterprises", 2, "handed_back", "a1|")])
    for found in refused(facts):
        assert found == [("enterprises", 3, "handed_back")]
    assert read_facts(facts).names.enterprises == ["e1", "e2", "e3"]


def documented() -> tuple[dict[str, set[str]], set[str]]:
    """The columns and the fields that docs/plan-files.md names."""
    page = Path("docs/plan-files.md").read_text(encoding="utf-8")
    tables = {
        stem: {name.strip() for name in names.split(",")}
        for stem, names in re.findall(r"`(\w+)\.csv`: `([^`]+)`", page)
    }
    fields = {name for row in re.findall(r"^\| (`.*?) \|", page, re.M) for name in re.findall(r"`(\w+)`", row)}
    return tables, fields


def test_both_know_the_names_that_are_documented() -> None:
    tables, fields = documented()
    tables.pop("released")
    assert {stem: set(names) for stem, names in planner_columns.COLUMNS.items()} == tables
    assert tables == verifier_columns.TABLES
    assert {*FIELDS, "year"} == fields == verifier_columns.PROGRAMME


def test_boundaries_are_loaded_only_where_somebody_gives_no_place(folder: Callable[..., Path]) -> None:
    program = """if True:
        import sys
        from pathlib import Path
        from scheduling.planfiles.facts import read_facts
        from scheduling.verifier import facts, folders
        read_facts(Path(sys.argv[1]))
        facts.build(folders.read_facts(Path(sys.argv[1])))
        print("shapely" in sys.modules)
    """

    def loads(facts: Path) -> str:
        command = [sys.executable, "-c", program, str(facts)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert loads(folder()) == "False"
    assert loads(folder("e9,service,KR-11,11110,,,2,,,,,,,")) == "True"


def test_columns_of_ones_own_are_passed_by(folder: Callable[..., Path]) -> None:
    facts = folder()
    harm(facts, [("enterprises", 0, "own_note", "soon")])
    planner, verifier = taken(facts)
    assert planner == verifier == [["a1", "a2"], ["m1", "m2"], ["e1", "e2", "e3"]]

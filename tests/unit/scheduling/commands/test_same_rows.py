"""Planner and verifier share no code, and take and refuse the same rows of the facts."""

import csv
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduling.planfiles.facts import read_facts
from scheduling.verifier import facts as verifier_facts
from scheduling.verifier import folders

CELLS = (
    "", "0", "2.5", "9.5", "20", "21", "-0.5", "nan", "soon", "37.5", "127.1", "mon", "Mon", "mon | tue", "mon|", "|",
    "service", "Service", "KR-11| KR-41", "KR-99", "a1", "a2", "a9", "e2", "m2", "2023-06-01", "20230601", "2023-02-30",
    "2023-06-01..2023-06-30", "2023-06-30..2023-06-01", "2023-06-01 | 2023-07-01", "2023-06-01..", " 3 ",
)  # fmt: skip
COLUMNS = {
    "agencies": ("agency_id", "sectors", "provinces", "latitude", "longitude", "qualified_on", "licence_until",
                 "suspended_from", "suspended_until"),
    "managers": ("manager_id", "agency_id", "latitude", "longitude", "visits_a_day", "trained_on", "available_from",
                 "available_until", "leave"),
    "enterprises": ("enterprise_id", "sector", "province", "latitude", "longitude", "risk", "open_from", "open_until",
                    "closed_weekdays", "closed_days", "preferred_weekdays", "residual_risk", "known_on", "handed_back"),
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
    """The ids that the planner takes, and those that the verifier takes."""
    names = read_facts(folder).names
    known = verifier_facts.build(folders.read_facts(folder))
    tables = (known.agencies.ids, known.managers.ids, known.enterprises.ids)
    owed = known.enterprises.required > 0
    assert owed.tolist() == [name is not None for name in known.enterprises.ids.to_pylist()]
    return [names.agencies, names.managers, names.enterprises], [ids.drop_null().to_pylist() for ids in tables]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=damages())
@example(damage=[("agencies", 0, "agency_id", "a2"), ("agencies", 0, "sectors", "")])  # no agency is left
def test_both_take_or_both_refuse_each_damaged_row(
    folder: Callable[..., Path], damage: list[tuple[str, int, str, str]]
) -> None:
    facts = folder()
    harm(facts, damage)
    planner, verifier = taken(facts)
    assert planner == verifier

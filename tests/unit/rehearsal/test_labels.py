"""What a run prints says each name in English and in Korean, whole on every terminal."""

import re
from dataclasses import asdict, fields
from io import StringIO

import pytest
from rich.console import Console

from rehearsal.books import SOURCES, Line, Traffic
from rehearsal.labels import KOREAN, label
from rehearsal.summary import Summary

COUNTED: list[str] = [name for sql in SOURCES.values() for name in re.findall(r"\) (\w+)(?=[,\n]|$)", sql)]
STAGES = ("start", "files", "agencies", "training", "enterprises", "decisions", "plan", "visits", "reporting",
          "reconciliation")  # fmt: skip


def test_every_name_has_its_korean_word() -> None:
    assert [name for name, word in KOREAN.items() if not re.search("[가-힣]", word)] == []
    assert all(label(one.name).startswith(one.name.replace("_", " ") + " · ") for one in fields(Traffic))


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_summary_folds_and_loses_no_word(width: int) -> None:
    counts = dict.fromkeys([*COUNTED, "visits_missed_and_made_up_for"], 1)
    lines = [*(Line(name, 1, 1, 1) for name in COUNTED), Line("eligible", 1, 2, 3)]
    summary = Summary(True, counts, seconds_by_stage=dict.fromkeys(STAGES, 1.0), reconciliation=lines)
    summary.peak_megabytes = {"registry": 130, "scheduling_planner": 346}
    told = StringIO()
    summary.show(Console(file=told, width=width))
    said = {*counts, *asdict(summary.traffic), *STAGES, *summary.peak_megabytes, "equal", "DIFFERS"}
    assert len(COUNTED) == 11
    assert {word for name in said for word in label(name).split()} <= set(told.getvalue().split())

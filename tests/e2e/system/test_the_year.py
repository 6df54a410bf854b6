"""The programme year 2023, from application to dashboard: as `make run` plays it, and while everything is killed."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(400)
COUNTED = {
    "agencies_applied", "agencies_qualified", "managers_trained", "enterprises_registered", "eligible", "ineligible",
    "visits_scheduled", "visits_completed", "enterprises_visited_twice",
}  # fmt: skip
TRAFFIC = {"events_published", "events_consumed", "dead_letters", "duplicates_skipped"}
PROMISED = {*COUNTED, *TRAFFIC, "seconds_total", "seconds_by_stage", "reconciliation"}


async def test_the_year_is_played_and_every_number_agrees_three_ways(tmp_path: Path) -> None:
    settings = {"ONCE": "1", "ENTERPRISES": "200", "PLANNER": "plain"}
    folders = {"ANJEON_HOME": str(tmp_path / "home"), "ANJEON_OUT": str(tmp_path / "out")}
    log = tmp_path / "run.log"
    with log.open("wb") as output:
        playing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "rehearsal"), env={**os.environ, **settings, **folders},
            stdout=output, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        status = await playing.wait()
    assert status == 0, log.read_text()
    assert "reporting hears the rest · 현황 집계" in log.read_text()
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert set(summary) >= PROMISED
    assert summary["agencies_applied"] > 310
    assert summary["agencies_qualified"] > 230
    assert summary["managers_trained"] > 850
    assert (summary["eligible"], summary["visits_completed"], summary["enterprises_visited_twice"]) == (200, 400, 200)
    assert summary["dead_letters"] == 0
    assert all(summary["synthetic"].values())
    assert set(summary["peak_megabytes"]) == {
        "registry",
        "eligibility",
        "scheduling",
        "reporting",
        "scheduling_planner",
    }
    assert all(summary["peak_megabytes"].values())
    assert set(summary["reconciliation"]) >= COUNTED
    for line in summary["reconciliation"].values():
        assert line["source"] == line["topic"] == line["read_model"]


async def test_the_year_reconciles_though_every_service_was_killed_in_mid_flight(played: Any) -> None:
    assert played.kills == 3
    counts = {line.name: line.source for line in played.lines}
    assert counts["agencies_applied"] > 310
    assert counts["managers_trained"] > 850
    assert (counts["eligible"], counts["visits_completed"], counts["enterprises_visited_twice"]) == (200, 400, 200)


async def test_the_dashboard_shows_the_year_as_it_was(played: Any) -> None:
    document = played.document
    nation = document["nation"]
    assert (nation["targeted"], nation["scheduled"]) == (200, 200)
    assert (nation["visited_once"], nation["visited_twice"], nation["visits_completed"]) == (200, 200, 400)
    assert document["share"] == 1
    assert sum(part["figures"]["targeted"] for part in document["provinces"]) == 200
    assert sum(part["figures"]["visited_twice"] for part in document["sectors"]) == 200
    assert sum(week["completed"] for week in document["weeks"]) == 400

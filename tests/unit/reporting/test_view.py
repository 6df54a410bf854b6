"""What the page writes of a document, run by node without a browser."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from korea.outlines import provinces_as_geojson
from reporting.model import Agencies, Cell, Day, Figures, Nation, Programme, Progress
from reporting.policy import progress_of

WEB = Path(__file__).parents[3] / "services" / "reporting" / "web"
NODE = Path(sys.executable).parent / "node"
OPENED = Programme(UUID(int=1), 2023, date(2023, 4, 12), date(2023, 12, 29), 100, 2, is_synthetic=True)


@dataclass(frozen=True)
class View:
    """The page's view as one file that node reads."""

    file: Path

    def of(self, programme: Programme | None, *cells: Cell, days: tuple[Day, ...] = (), language: str = "en") -> Any:
        """What stands on the page."""
        nation = Nation(programme, None, Agencies(), 0, 0, None, list(cells), list(days))
        document = TypeAdapter(Progress).dump_python(progress_of(nation), mode="json")
        return self.run({"progress": document, "standings": []}, language)

    def run(self, given: Any, language: str) -> Any:
        """What node prints of a document and of the standing of the page's connection."""
        words = (NODE, Path(__file__).with_name("page.mjs"), self.file, language)
        answer = subprocess.run(words, input=json.dumps(given).encode(), capture_output=True, check=False)
        assert answer.returncode == 0, answer.stderr.decode()
        return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """The view, bundled from its source by what builds the page."""
    folder = tmp_path_factory.mktemp("view")
    (folder / "provinces.json").write_text(provinces_as_geojson(0.5), "utf-8")
    subprocess.run([sys.executable, WEB / "build.py"], check=True)
    bundle = (
        *(NODE, WEB / "node_modules/esbuild/bin/esbuild", "--bundle", "--format=esm"),
        *(f"--alias:anjeon-provinces={folder / 'provinces.json'}", f"--outfile={folder / 'view.mjs'}"),
    )
    entry = b'export * from "./src/view"; export * from "./src/scale"; export * from "./src/trust";'
    subprocess.run(bundle, input=entry, cwd=WEB, check=True, capture_output=True)
    return View(folder / "view.mjs")


def cell(province: str, sector: str, **figures: int) -> Cell:
    return Cell(province, sector, Figures(**figures))


HALF = cell("KR-11", "service", registered=60, targeted=50, scheduled=40, visited_once=30, visited_twice=20, reached=20)


@pytest.mark.parametrize(
    ("language", "service", "seoul"), [("ko", "서비스업", "서울특별시"), ("en", "Service", "Seoul")]
)
def test_sectors_and_provinces_show_every_amount(view: View, language: str, service: str, seoul: str) -> None:
    shown = view.of(OPENED, HALF, language=language)["shown"]
    assert shown["provinces"]["rows"][1] == [seoul, "40.0%", "50", "40", "30", "20"]
    sector = shown["sectors"]["text"]
    assert sector.startswith(f"{service} 40.0%")
    assert [word for word in sector.split() if word.isdigit()] == ["50", "40", "30", "20"]


def test_the_nations_sentence_names_the_programmes_target_and_not_those_targeted(view: View) -> None:
    shown = view.of(OPENED, HALF)["shown"]
    assert shown["share"]["text"] == "20.0%"
    assert shown["share-of"]["text"] == "20 worksites visited 2 times or more · programme target 100"


def test_more_than_the_target_is_said_and_drawn_inside_the_bars_and_axes(view: View) -> None:
    much = cell("KR-11", "service", registered=300, targeted=60, visited_once=150, visited_twice=150, reached=150)
    days = (Day(date(2023, 5, 8), completed=300, visited_once=150, reached=150),)
    page = view.of(OPENED, much, days=days)
    assert page["shown"]["share"]["text"] == "150.0%"
    assert page["shown"]["provinces"]["rows"][1][1] == "250.0%"
    assert max(float(width.rstrip("%")) for place in page["shown"].values() for width in place["widths"]) == 100
    assert 5 * page["scale"]["share"] >= 1.5


@pytest.mark.parametrize("busiest", [1, 7, 99, 1_003, 20_600, 399_999])
def test_the_busiest_week_stays_below_the_line_of_the_target(view: View, busiest: int) -> None:
    scale = view.of(OPENED, HALF, days=(Day(date(2023, 5, 8), completed=busiest),))["scale"]
    assert busiest <= 4 * scale["visits"] <= max(4, 2 * busiest)
    assert scale["visits"] % 1 == 0


def test_nothing_is_drawn_of_what_is_not_known_yet(view: View) -> None:
    shown = view.of(OPENED)["shown"]
    assert all(shown[card]["hidden"] for card in ("weeks-card", "provinces-card", "sectors-card"))
    planned = cell("KR-11", "service", registered=1, targeted=1, scheduled=1, visits_waiting=2)
    shown = view.of(OPENED, planned)["shown"]
    assert not any(shown[card]["hidden"] for card in ("weeks-card", "provinces-card", "sectors-card"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_words_that_count_are_explained(view: View, language: str) -> None:
    shown = view.of(None, language=language)["shown"]
    assert len(shown["meanings"]["text"]) > 200


def test_figures_that_may_be_old_say_since_when(view: View) -> None:
    well = {"status": "live", "reached": 1_000_000, "now": 1_005_000, "newestFactAt": "2023-08-10T06:58:00+00:00"}
    fresh = {"unheard": 0, "is_cut_off": False}
    standings = [
        {**well, "fresh": fresh},
        {**well, "fresh": {"unheard": 1234, "is_cut_off": False}},
        {**well, "fresh": {"unheard": None, "is_cut_off": True}},
        {**well, "fresh": fresh, "now": 1_060_000},
        {**well, "fresh": fresh, "status": "lost"},
        {**well, "fresh": None, "status": "lost", "reached": 0},
    ]
    document = TypeAdapter(Progress).dump_python(progress_of(Nation(None, None, Agencies(), 0, 0, None, [], [])))
    said = view.run({"progress": document, "standings": standings}, "en")["trust"]
    assert said[:2] == [["", ""], ["", "1,234 facts yet to be counted"]]
    assert "after 10 Aug 2023, 15:58:00 may be missing" in said[2][0]
    assert "not been reached since 1 Jan 1970, 09:16:40" in said[3][0]  # a connection that died in silence
    assert said[4] == said[3]
    assert "No figures could be loaded" in said[5][0]

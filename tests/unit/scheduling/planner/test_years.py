"""Any small programme through any sequence of changes, by the commands and their files: the verifier finds nothing."""

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from scheduling.commands import plan as commands
from scheduling.verifier import verify

FIRST = date(2023, 4, 12)
SECTORS = ("manufacturing", "construction", "service")
PROGRAMME: dict[str, Any] = {
    "programme_id": "7f2924e4-230c-5c72-9d1e-18c0f71c4e05", "year": 2023, "synthetic": True,
    "window_from": FIRST.isoformat(), "window_until": "2023-09-15", "minimum_visits": 2, "spacing_days": 28,
    "visits_a_day": 3, "training_days": [], "holidays_added": [], "workdays_added": [], "reserve_share": 0.04,
    "third_visit_from_risk": 6, "published_until": None,
}  # fmt: skip
AGENCY = ("agency_id", "name", "sectors", "provinces", "latitude", "longitude", "qualified_on", "suspended_from",
          "suspended_until")  # fmt: skip
MANAGER = ("manager_id", "agency_id", "latitude", "longitude", "visits_a_day", "trained_on", "available_until", "leave")
ENTERPRISE = ("enterprise_id", "sector", "province", "latitude", "longitude", "risk", "open_from", "open_until",
              "closed_weekdays", "closed_days", "residual_risk", "known_on", "handed_back")  # fmt: skip
HEADERS = {"agencies": AGENCY, "managers": MANAGER, "enterprises": ENTERPRISE}
MAY_BE_ABSENT = ("suspended_from", "suspended_until", "available_until", "leave", "closed_weekdays", "closed_days",
                 "residual_risk", "handed_back")  # fmt: skip
Row = dict[str, Any]

places = st.tuples(st.floats(36.0, 36.6), st.floats(127.0, 127.6))
days = st.integers(0, 150).map(lambda number: FIRST + timedelta(days=number))
few = st.integers(0, 10**6)
provinces = st.sampled_from(["KR-43", "KR-43", "KR-30"])


@st.composite
def enterprises(draw: st.DrawFn, name: str, known: date | None = None) -> Row:
    """An enterprise anywhere near, of any sector, now and then open for a season or closed on some day."""
    (latitude, longitude), opens = draw(places), draw(st.one_of(st.none(), st.none(), days))
    shuts = draw(st.one_of(st.none(), st.integers(0, 90))) if opens else None
    weekday = draw(st.sampled_from(["", "", "mon", "wed|fri"]))
    return {
        "enterprise_id": name, "sector": draw(st.sampled_from(SECTORS)), "province": draw(provinces),
        "latitude": latitude, "longitude": longitude, "risk": draw(st.integers(1, 9)), "open_from": opens or "",
        "open_until": opens + timedelta(days=shuts) if opens and shuts is not None else "",
        "closed_weekdays": weekday, "closed_days": "", "known_on": known or "",
        "residual_risk": draw(st.sampled_from(["", "", 3, 7])),
    }  # fmt: skip


@st.composite
def programmes(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row]]:
    """Agencies, their managers and some enterprises."""
    agencies = [
        {"agency_id": f"a{n}", "name": f"A{n}", "sectors": sectors,
         "provinces": draw(st.sampled_from(["", "", "KR-43", "KR-30|KR-43"])), "latitude": 36.3,
         "longitude": 127.3, "qualified_on": "2023-02-01"}
        for n, sectors in enumerate(draw(st.lists(st.sampled_from(["|".join(SECTORS), "manufacturing|service"]),
                                                  min_size=1, max_size=3)))
    ]  # fmt: skip
    managers = [
        {"manager_id": f"m{n}", "agency_id": f"a{n % len(agencies)}", "latitude": 36.1 + n / 10, "longitude": 127.2,
         "visits_a_day": draw(st.integers(1, 3)), "trained_on": "2023-04-01", "leave": ""}
        for n in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    return agencies, managers, [draw(enterprises(f"e{n}")) for n in range(draw(st.integers(1, 14)))]


def write(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    with path.open("w", newline="") as lines:
        table = csv.DictWriter(lines, header, restval="", extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as lines:
        return list(csv.DictReader(lines))


class ProgrammeYear(RuleBasedStateMachine):
    """One programme, planned once and then changed; after every change the plan is judged by itself and against before.

    `facts` and `plan` are the folders that hold now; each change makes the next ones.
    """

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="anjeon-year-"))
        self.turn, self.today = 0, FIRST
        self.facts, self.plan = self.root / "facts", self.root / "plan"

    @initialize(programme=programmes(), absent=st.sets(st.sampled_from(MAY_BE_ABSENT)))
    def plan_it(self, programme: tuple[list[Row], list[Row], list[Row]], absent: set[str]) -> None:
        self.facts.mkdir()
        (self.facts / "programme.json").write_text(json.dumps(PROGRAMME))
        for (name, header), rows in zip(HEADERS.items(), programme, strict=True):
            write(self.facts / f"{name}.csv", [column for column in header if column not in absent], rows)
        self.call("run", self.facts, "--out", self.plan)
        assert verify(self.facts, self.plan).by_rule == {}

    @rule(row=st.data())
    def an_enterprise_arrives(self, row: st.DataObject) -> None:
        rows: list[Row] = [*read(self.facts / "enterprises.csv")]
        header = list(rows[0])
        rows.append(row.draw(enterprises(f"e{len(rows)}", self.today)))
        write(self.facts / "enterprises.csv", header, rows)
        self.change()

    @rule(which=few, risk=st.sampled_from(["", 3, 7]))
    def risk_is_left_or_gone(self, which: int, risk: object) -> None:
        """A visit more is owed, or one less; the facts are edited, and the next change meets them."""
        self.rewrite("enterprises", which, {"residual_risk": risk})

    @rule(which=few, visits=st.integers(1, 3))
    def a_manager_makes_more_or_fewer_visits(self, which: int, visits: int) -> None:
        self.rewrite("managers", which, {"visits_a_day": visits})

    @rule(which=few, weekday=st.sampled_from(["", "tue", "mon|thu"]))
    def an_enterprise_is_closed_on_other_weekdays(self, which: int, weekday: str) -> None:
        self.rewrite("enterprises", which, {"closed_weekdays": weekday})

    @rule(spacing=st.sampled_from([14, 28, 45, 70]))
    def another_spacing_is_decided(self, spacing: int) -> None:
        said = json.loads((self.facts / "programme.json").read_text())
        (self.facts / "programme.json").write_text(json.dumps(said | {"spacing_days": spacing}))

    @rule(which=few)
    def a_pin_is_taken_back(self, which: int) -> None:
        self.of_a_visit(which, lambda visit: ("--unpin", visit["visit_id"]))

    @rule(which=few)
    def an_enterprise_closes(self, which: int) -> None:
        self.change("--close", self.one("enterprises", which), "--from", self.later(1))

    @rule(which=few, since=st.integers(1, 60), length=st.one_of(st.none(), st.integers(0, 60)))
    def an_agency_is_suspended(self, which: int, since: int, length: int | None) -> None:
        agency = read(self.facts / "agencies.csv")[which % len(read(self.facts / "agencies.csv"))]
        if not agency.get("suspended_from"):
            self.change("--suspend", agency["agency_id"], "--from", self.later(since), *self.until(since, length))

    @rule(which=few, since=st.integers(1, 60), length=st.one_of(st.none(), st.integers(0, 30)))
    def a_manager_is_away_or_leaves(self, which: int, since: int, length: int | None) -> None:
        self.change("--away", self.one("managers", which), "--from", self.later(since), *self.until(since, length))

    @rule(after=st.integers(1, 80))
    def a_holiday_is_decided(self, after: int) -> None:
        self.change("--holiday", self.later(after))

    @rule(after=st.integers(1, 25), done=st.booleans())
    def the_year_goes_on(self, after: int, done: bool) -> None:
        """Visits up to today are done, and the horizon moves a fortnight ahead of it."""
        self.today = min(self.today + timedelta(days=after), date(2023, 9, 1))
        if done:
            self.edit(lambda row: row | {"stage": "done"} if self.is_over(row) and self.is_live(row) else row)
        self.change("--freeze", self.later(14))

    @rule(which=few)
    def a_visit_is_missed(self, which: int) -> None:
        self.of_a_visit(which, lambda visit: ("--missed", visit["visit_id"]))

    @rule(which=few)
    def an_enterprise_is_handed_back(self, which: int) -> None:
        self.of_a_visit(which, lambda visit: ("--hand-back", visit["enterprise_id"]))

    @rule(which=few, first=days, length=st.integers(0, 40))
    def another_day_is_asked_for(self, which: int, first: date, length: int) -> None:
        asked = f"{first.isoformat()}..{(first + timedelta(days=length)).isoformat()}"
        self.of_a_visit(which, lambda visit: ("--another-day", f"{visit['visit_id']}={asked}"))

    @rule(which=few)
    def a_visit_is_pinned(self, which: int) -> None:
        self.of_a_visit(which, lambda visit: ("--pin", visit["visit_id"]))

    @rule(
        which=st.lists(few, min_size=2, max_size=4), wish=st.lists(st.integers(0, 3), min_size=4, max_size=4), row=few
    )
    def several_things_are_asked_for_at_once(self, which: list[int], wish: list[int], row: int) -> None:
        """Wishes of several enterprises, each of its own kind, while somebody leaves and a holiday is decided."""
        visits = {visit["enterprise_id"]: visit for visit in (self.coming(number) for number in which) if visit}
        asked = [self.wish(kind, visit) for kind, visit in zip(wish, visits.values(), strict=False)]
        away = ("--away", self.one("managers", row), "--from", self.later(3 + row % 40))
        self.change(*away, "--holiday", self.later(1 + row % 30), *(word for words in asked for word in words))

    @rule(move=st.booleans(), more=st.one_of(st.none(), st.integers(0, 20)))
    def it_is_planned_again(self, move: bool, more: int | None) -> None:
        self.change(*["--move-drafts"] * move, *(("--expect", more) if more is not None else ()))

    def change(self, *words: object) -> None:
        """Changes the plan by one command, and judges what came out."""
        self.turn += 1
        out = self.root / f"plan{self.turn}"
        self.call("replan", self.facts, self.plan, "--out", out, *words)
        facts = out / "facts" if (out / "facts").exists() else self.facts
        asked = out / "released.csv"
        released = [row["visit_id"] for row in read(asked)] if asked.exists() else []
        found = verify(facts, out, self.plan, released)
        assert found.by_rule == {}, [one.as_json() for one in found.violations]
        self.facts, self.plan = facts, out

    def call(self, *words: object) -> None:
        said = CliRunner().invoke(commands, [str(word) for word in words])
        assert said.exit_code == 0, said.output

    def of_a_visit(self, which: int, words: Callable[[dict[str, str]], tuple[str, ...]]) -> None:
        """A change that one of the visits still to come asks for."""
        visit = self.coming(which)
        if visit:
            self.change(*words(visit))

    def coming(self, which: int) -> dict[str, str] | None:
        """One of the visits still to come."""
        rows = [row for row in read(self.plan / "visits.csv") if self.is_live(row)]
        return rows[which % len(rows)] if rows else None

    def wish(self, kind: int, visit: dict[str, str]) -> tuple[str, str]:
        name = visit["visit_id"]
        return (
            ("--missed", name),
            ("--hand-back", visit["enterprise_id"]),
            ("--another-day", f"{name}={self.later(5)}..{self.later(60)}"),
            ("--pin", name),
        )[kind]

    def rewrite(self, stem: str, which: int, cells: Row) -> None:
        """Cells of one row of the facts, edited by hand; a column that the file has not is added."""
        path = self.facts / f"{stem}.csv"
        rows = read(path)
        write(path, list(dict.fromkeys([*rows[0], *cells])), [
            row | cells if number == which % len(rows) else row for number, row in enumerate(rows)
        ])  # fmt: skip

    def edit(self, changed: Callable[[dict[str, str]], dict[str, str]]) -> None:
        rows = read(self.plan / "visits.csv")
        if rows:
            write(self.plan / "visits.csv", list(rows[0]), [changed(row) for row in rows])

    def is_over(self, row: dict[str, str]) -> bool:
        return row["visit_on"] < self.today.isoformat()

    def is_live(self, row: dict[str, str]) -> bool:
        return row["stage"] in ("draft", "published")

    def one(self, stem: str, which: int) -> str:
        rows = read(self.facts / f"{stem}.csv")
        return rows[which % len(rows)][f"{stem.removesuffix('s')}_id"]

    def later(self, after: int) -> str:
        return (self.today + timedelta(days=after)).isoformat()

    def until(self, since: int, length: int | None) -> tuple[str, ...]:
        return () if length is None else ("--until", self.later(since + length))

    def teardown(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


# A year is long to shrink, and a test that fails by its time says nothing: the year that failed is told as it was.
IS_DEEP = settings.get_current_profile_name() == "deep"
TestProgrammeYear = ProgrammeYear.TestCase
TestProgrammeYear.settings = settings(
    max_examples=settings().max_examples // 4, stateful_step_count=25 if IS_DEEP else 12, deadline=None,
    derandomize=not IS_DEEP, report_multiple_bugs=False, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip

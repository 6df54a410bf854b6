"""`make bench WHAT=plan`: the nation's plan, its proof, its rivals and its referees, in one run.

The nation is synthetic: 200,000 enterprises at a load of 78 %. The plan itself always comes first;
`PART="stream growth"` chooses among the other parts. After each part build/bench/plan.json is written, and a later run
of the same commit keeps what it does not measure anew. plan_public.py says where the public instances come from.
"""

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from rich.console import Console

import plan_growth
from figures import known, publish, write
from plan_aims import told
from plan_changes import shortfall_over_bound, suspend_the_largest
from plan_events import measure_events
from plan_nation import Nation, facts_folder, load_visits, run
from plan_public import public_gap
from plan_referees import Match, agencies_problems, managers_problems, over_all, planned_over_all, refereed
from plan_rivals import first_come_first_served
from plan_stream import LOW, Outlook, run_stream
from plan_what_if import measure_what_if
from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planfiles.plans import write_plan
from scheduling.verifier import verify

ROOT = Path("build/bench/plan")
NATION, MANAGER_SECONDS, AGENCY_SECONDS = 200_000, 20.0, 60.0
PARTS = ("rivals", "public", "changes", "whatif", "stream", "referees", "growth")
TOTAL = "plan_violations"
CONSOLE = Console(width=110)


@dataclass(frozen=True)
class Wish:
    """What is asked of the run."""

    sites: int
    seed: int
    manager_seconds: float
    agency_seconds: float
    parts: tuple[str, ...]

    @property
    def what(self) -> str:
        return "plan" if self.sites == NATION else f"plan-{self.sites}"

    @property
    def facts(self) -> Path:
        return facts_folder(ROOT, self.sites, self.seed)

    @property
    def planned(self) -> Path:
        return ROOT / f"plan-{self.sites}"

    def read(self) -> Reading:
        return read_facts(self.facts)


@dataclass
class Found:
    """Figures by name, and why some are missing."""

    values: dict[str, float | None] = field(default_factory=dict[str, float | None])
    reasons: dict[str, str] = field(default_factory=dict[str, str])
    nation: Nation | None = None

    def count_violations(self) -> None:
        """Of all plans that were made and verified together."""
        every = [value for name, value in self.values.items() if name.endswith("_violations") and name != TOTAL]
        self.values[TOTAL] = sum(value or 0 for value in every)


def main() -> None:
    wish, found = _wish(), Found()
    found.values.update(known(wish.what))
    ROOT.mkdir(parents=True, exist_ok=True)
    for part in ("nation", *wish.parts):
        CONSOLE.rule(part)
        began = perf_counter()
        _PARTS[part](wish, found)
        found.count_violations()
        write(wish.what, told(found.values, found.reasons))
        CONSOLE.print(f"{part}: {perf_counter() - began:.0f} s")
    CONSOLE.print(f"written to {publish(wish.what, told(found.values, found.reasons))}")


def _wish() -> Wish:
    parser = argparse.ArgumentParser(description="Measure the planner beside its rivals and referees.")
    parser.add_argument("--sites", type=int, default=NATION)
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument(
        "--manager-seconds", type=float, default=MANAGER_SECONDS, help="PyVRP's time for each of 14 managers"
    )
    parser.add_argument(
        "--agency-seconds", type=float, default=AGENCY_SECONDS, help="PyVRP's time for each of 4 agencies"
    )
    asked = os.environ.get("PART", "").split() or list(PARTS)
    parser.add_argument("--only", nargs="*", default=asked, help=f"parts besides the plan itself: {' '.join(PARTS)}")
    said = parser.parse_args()
    if unknown := set(said.only) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return Wish(said.sites, said.seed, said.manager_seconds, said.agency_seconds, tuple(said.only))


def _nation(wish: Wish, found: Found) -> None:
    nation = run(wish.facts, wish.planned)
    began = perf_counter()
    report = verify(wish.facts, wish.planned)
    found.nation = nation
    found.values |= {
        "nation_violations": len(report.violations),
        "plan_s": nation.plan_s,
        "plan_cpu_s": nation.plan_cpu_s,
        "plan_rss_mb": nation.rss_mb,
        "scheduled_share": nation.measures.scheduled_share,
        "km_over_radial": nation.measures.km_a_visit / nation.km_bound,
        "wait_riskiest_days": nation.measures.wait_riskiest,
        "wait_riskiest_p90_days": nation.measures.wait_riskiest_p90,
        "km_a_visit": nation.measures.km_a_visit,
        "verify_s": perf_counter() - began,
    }
    CONSOLE.print(
        f"{wish.sites:,} enterprises planned in {nation.plan_s:.1f} s; violations: {report.by_rule or 'none'}"
    )
    CONSOLE.print({step: round(seconds, 2) for step, seconds in nation.steps.items()})


def _planned(found: Found) -> Nation:
    """The plan, with which every other part is compared."""
    if found.nation is None:
        raise RuntimeError("the plan itself comes first")
    return found.nation


def _rivals(wish: Wish, found: Found) -> None:
    naive, ours = first_come_first_served(wish.read().facts, wish.seed), _planned(found).measures.km_a_visit
    found.values["km_over_fcfs"] = ours / naive
    CONSOLE.print(f"first come, first served: {naive:.2f} km a visit; planned: {ours:.2f}")


def _public(_: Wish, found: Found) -> None:
    for figure, name in (("x_n219_gap", "X-n219-k73"), ("x_n376_gap", "X-n376-k94")):
        found.values[figure], found.reasons[figure] = public_gap(name)
        CONSOLE.print(f"{name}: {found.reasons[figure] or f'{found.values[figure]:+.2f} % over the best known value'}")


def _changes(wish: Wish, found: Found) -> None:
    visits = load_visits(wish.planned)
    figures, words = measure_events(wish.read().facts, visits, 3)
    found.values |= figures
    CONSOLE.print(words)
    suspension = suspend_the_largest(ROOT, wish.facts, visits)
    found.values |= {
        "suspension_s": suspension.seconds,
        "suspension_violations": sum(suspension.violations.values()),
        "published_moved": suspension.moved,
    }
    CONSOLE.print(suspension)
    found.values["shortfall_over_bound"], words = shortfall_over_bound(wish.read().facts)
    CONSOLE.print(words)


def _what_if(wish: Wish, found: Found) -> None:
    figures, words = measure_what_if(wish.facts, load_visits(wish.planned))
    found.values |= figures
    CONSOLE.print(words)


def _stream(wish: Wish, found: Found) -> None:
    out, reading = ROOT / f"stream-{wish.sites}", wish.read()
    for name, outlook in (("stream", Outlook()), ("stream_forecast_low", LOW)):
        stream, made = run_stream(reading.facts, 5, outlook)
        write_plan(out, reading.names, made, "parquet")
        report = verify(wish.facts, out)
        found.values |= {
            f"{name}_violations": len(report.violations) + stream.too_early,
            f"{name}_over_offline": stream.km_a_visit / _planned(found).measures.km_a_visit,
            f"{name}_scheduled_share": stream.scheduled_share,
            f"{name}_wait_riskiest_days": stream.wait_riskiest,
            f"{name}_wait_riskiest_p90_days": stream.wait_riskiest_p90,
            f"{name}_published_moved": stream.published_moved,
        }
        if name == "stream":
            found.values["stream_arrival_ms"] = stream.arrival_ms
        CONSOLE.print(stream, f"violations: {report.by_rule or 'none'}")


def _referees(wish: Wish, found: Found) -> None:
    facts, visits = wish.read().facts, load_visits(wish.planned)
    bundles = refereed(managers_problems(facts, visits, 7), wish.manager_seconds, 7)
    _tell(bundles)
    agencies = refereed(agencies_problems(facts, visits, 11), wish.agency_seconds, 11)
    _tell(agencies)
    figures = {
        "bundles_over_pyvrp": over_all(bundles),
        "bundles_as_planned_over_pyvrp": planned_over_all(bundles),
        "agencies_over_pyvrp": over_all(agencies),
    }
    if wish.manager_seconds < MANAGER_SECONDS or wish.agency_seconds < AGENCY_SECONDS:
        CONSOLE.print(f"The referees had less time than the aims are meant for, so no figure is made of {figures}")
        found.reasons |= dict.fromkeys(figures, "the referees had less time than the aim is meant for")
        return
    found.values |= figures
    found.reasons |= dict.fromkeys(figures, "nobody to compare with, or the referee found no solution in its time")


def _tell(matches: list[Match]) -> None:
    for match in matches:
        CONSOLE.print(f"{match.name}: ours {match.ours:,.0f} km, PyVRP {match.referee:,.0f} km, {match.over:+.2f} %")


def _growth(wish: Wish, found: Found) -> None:
    grown = plan_growth.measure_growth(ROOT, wish.seed, _planned(found))
    plan_growth.tell(grown)
    picture = Path("build/bench") / f"{wish.what}-growth.png"
    plan_growth.draw(grown, picture)
    found.values["growth_400k_over_20k"] = grown[-1].plan_cpu_s / grown[0].plan_cpu_s
    CONSOLE.print(f"drawn in {picture}")


_PARTS = {
    "nation": _nation,
    "rivals": _rivals,
    "public": _public,
    "changes": _changes,
    "whatif": _what_if,
    "stream": _stream,
    "referees": _referees,
    "growth": _growth,
}

if __name__ == "__main__":
    main()

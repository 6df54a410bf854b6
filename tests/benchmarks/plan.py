"""`make bench WHAT=plan`: the nation's plan, its proof, its rivals and its referees, in one run.

The nation is synthetic: 200,000 enterprises at a load of 78 %. Public instances cannot be kept here: put
X-n219-k73 and X-n376-k94 (.vrp and .sol, as PyVRP/Instances has them) into build/instances, or name their folder
in ANJEON_INSTANCES; without them their figures are reported as not measured.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

import plan_growth
from figures import Figure, publish
from plan_changes import event_milliseconds, shortfall_over_bound, suspend_the_largest
from plan_files import write_plan
from plan_nation import Nation, facts_folder, load_visits, run
from plan_referees import (
    Match,
    agencies_against_pyvrp,
    managers_against_pyvrp,
    over_all,
    planned_over_all,
    public_gap,
)
from plan_rivals import first_come_first_served
from plan_stream import LOW, Outlook, run_stream
from scheduling.planfiles.facts import read_facts
from scheduling.verifier import verify

ROOT = Path("build/bench/plan")
NATION, MANAGER_SECONDS, AGENCY_SECONDS = 200_000, 20.0, 60.0
PARTS = ("rivals", "public", "changes", "stream", "referees", "growth")
CONSOLE = Console(width=110)


@dataclass(frozen=True)
class Wish:
    """What is asked of the run."""

    sites: int
    seed: int
    manager_seconds: float
    agency_seconds: float
    parts: tuple[str, ...]


@dataclass
class Found:
    """Figures by name; what was not measured stays away."""

    values: dict[str, float | None] = field(default_factory=dict[str, float | None])
    nation: Nation | None = None


AIMS: dict[str, tuple[str, float | None, str]] = {
    "plan_s": ("s", 30, "lower"),
    "plan_rss_mb": ("MB", 1024, "lower"),
    "plan_violations": ("", 0, "lower"),
    "scheduled_share": ("", 0.999, "higher"),
    "km_over_radial": ("x", 1.12, "lower"),
    "km_over_fcfs": ("x", 0.35, "lower"),
    "stream_over_offline": ("x", 1.15, "lower"),
    "wait_riskiest_days": ("days", 15, "lower"),
    "bundles_over_pyvrp": ("%", 1.0, "lower"),
    "agencies_over_pyvrp": ("%", 2.5, "lower"),
    "x_n219_gap": ("%", 0.5, "lower"),
    "x_n376_gap": ("%", 0.5, "lower"),
    "event_ms": ("ms", 1.0, "lower"),
    "suspension_s": ("s", 10, "lower"),
    "published_moved": ("", 0, "lower"),
    "event_p99_ms": ("ms", None, "lower"),
    "plan_cpu_s": ("s", None, "lower"),
    "km_a_visit": ("km", None, "lower"),
    "wait_riskiest_p90_days": ("days", 35, "lower"),
    "stream_scheduled_share": ("", 0.999, "higher"),
    "stream_wait_riskiest_days": ("days", 15, "lower"),
    "stream_wait_riskiest_p90_days": ("days", 35, "lower"),
    "stream_violations": ("", 0, "lower"),
    "stream_published_moved": ("", 0, "lower"),
    "stream_arrival_ms": ("ms", 1.0, "lower"),
    "stream_forecast_low_over_offline": ("x", 1.15, "lower"),
    "stream_forecast_low_scheduled_share": ("", 0.999, "higher"),
    "stream_forecast_low_wait_riskiest_days": ("days", 15, "lower"),
    "stream_forecast_low_wait_riskiest_p90_days": ("days", 35, "lower"),
    "stream_forecast_low_violations": ("", 0, "lower"),
    "bundles_as_planned_over_pyvrp": ("%", None, "lower"),
    "verify_s": ("s", None, "lower"),
    "shortfall_over_bound": ("x", 1.01, "lower"),
    "growth_400k_over_20k": ("x", None, "lower"),
}


def main() -> None:
    wish, found = _wish(), Found()
    ROOT.mkdir(parents=True, exist_ok=True)
    _nation(wish, found)
    for part in wish.parts:
        CONSOLE.rule(part)
        _PARTS[part](wish, found)
    figures = [Figure(name, found.values.get(name), unit, aim, "higher" if up == "higher" else "lower")
               for name, (unit, aim, up) in AIMS.items()]  # fmt: skip
    what = "plan" if wish.sites == NATION else f"plan-{wish.sites}"
    CONSOLE.print(f"written to {publish(what, figures)}")


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
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="parts besides the plan itself")
    said = parser.parse_args()
    return Wish(said.sites, said.seed, said.manager_seconds, said.agency_seconds, tuple(said.only))


def _nation(wish: Wish, found: Found) -> None:
    facts, out = facts_folder(ROOT, wish.sites, wish.seed), ROOT / f"plan-{wish.sites}"
    nation = run(facts, out)
    began = perf_counter()
    report = verify(facts, out)
    found.nation = nation
    found.values |= {
        "plan_s": nation.plan_s,
        "plan_cpu_s": nation.plan_cpu_s,
        "plan_rss_mb": nation.rss_mb,
        "plan_violations": len(report.violations),
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


def _km_a_visit(found: Found) -> float:
    """What the plan drives; every other part is compared with it."""
    if found.nation is None:
        raise RuntimeError("the plan itself comes first")
    return found.nation.measures.km_a_visit


def _rivals(wish: Wish, found: Found) -> None:
    naive = first_come_first_served(read_facts(facts_folder(ROOT, wish.sites, wish.seed)).facts, wish.seed)
    found.values["km_over_fcfs"] = _km_a_visit(found) / naive
    CONSOLE.print(f"first come, first served: {naive:.2f} km a visit; planned: {_km_a_visit(found):.2f}")


def _referees(wish: Wish, found: Found) -> None:
    facts = read_facts(facts_folder(ROOT, wish.sites, wish.seed)).facts
    visits = load_visits(ROOT / f"plan-{wish.sites}")
    bundles = managers_against_pyvrp(facts, visits, wish.manager_seconds, 7)
    agencies = agencies_against_pyvrp(facts, visits, wish.agency_seconds, 11)
    _tell(bundles + agencies)
    if wish.manager_seconds < MANAGER_SECONDS or wish.agency_seconds < AGENCY_SECONDS:
        CONSOLE.print("The referees had less time than the aims are meant for: no figure is made of this.")
        return
    found.values["bundles_over_pyvrp"] = over_all(bundles)
    found.values["bundles_as_planned_over_pyvrp"] = planned_over_all(bundles)
    found.values["agencies_over_pyvrp"] = over_all(agencies)


def _tell(matches: list[Match]) -> None:
    for match in matches:
        CONSOLE.print(f"{match.name}: ours {match.ours:,.0f} km, PyVRP {match.referee:,.0f} km, {match.over:+.2f} %")


def _public(_: Wish, found: Found) -> None:
    for figure, name in (("x_n219_gap", "X-n219-k73"), ("x_n376_gap", "X-n376-k94")):
        gap = public_gap(name)
        if gap is None:
            CONSOLE.print(f"{name} is not in build/instances: see the top of tests/benchmarks/plan.py")
        else:
            found.values[figure] = gap
            CONSOLE.print(f"{name}: {gap:+.2f} % over the best known value")


def _changes(wish: Wish, found: Found) -> None:
    folder = facts_folder(ROOT, wish.sites, wish.seed)
    visits = load_visits(ROOT / f"plan-{wish.sites}")
    each = event_milliseconds(read_facts(folder).facts, visits, 3)
    found.values |= {"event_ms": float(np.median(each)), "event_p99_ms": float(np.percentile(each, 99))}
    suspension = suspend_the_largest(ROOT, folder, visits)
    found.values |= {"suspension_s": suspension.seconds, "published_moved": suspension.moved}
    CONSOLE.print(suspension)
    found.values["shortfall_over_bound"], told = shortfall_over_bound(read_facts(folder).facts)
    CONSOLE.print(told)


def _stream(wish: Wish, found: Found) -> None:
    folder, out = facts_folder(ROOT, wish.sites, wish.seed), ROOT / f"stream-{wish.sites}"
    out.mkdir(exist_ok=True)
    reading = read_facts(folder)
    for name, outlook in (("stream", Outlook()), ("stream_forecast_low", LOW)):
        stream, made = run_stream(reading.facts, 5, outlook)
        write_plan(out, reading, made)
        report = verify(folder, out)
        found.values |= {
            f"{name}_over_offline": stream.km_a_visit / _km_a_visit(found),
            f"{name}_scheduled_share": stream.scheduled_share,
            f"{name}_wait_riskiest_days": stream.wait_riskiest,
            f"{name}_wait_riskiest_p90_days": stream.wait_riskiest_p90,
            f"{name}_violations": len(report.violations),
            f"{name}_published_moved": stream.published_moved,
            f"{name}_arrival_ms": stream.arrival_ms,
        }
        CONSOLE.print(stream, f"violations: {report.by_rule or 'none'}")


def _growth(wish: Wish, found: Found) -> None:
    grown = plan_growth.measure_growth(ROOT, wish.seed, [found.nation] if found.nation else [])
    plan_growth.tell(grown)
    plan_growth.draw(grown, Path("build/bench/plan-growth.png"))
    found.values["growth_400k_over_20k"] = grown[-1].plan_s / grown[0].plan_s
    CONSOLE.print("drawn in build/bench/plan-growth.png")


_PARTS = {
    "rivals": _rivals,
    "public": _public,
    "changes": _changes,
    "stream": _stream,
    "referees": _referees,
    "growth": _growth,
}

if __name__ == "__main__":
    main()

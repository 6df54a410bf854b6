"""What-if at the nation's size: a province in a warm process, the nation around its plan, and a cold call."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from korea.provinces import PROVINCES
from scheduling.commands.what_if import worlds
from scheduling.planfiles.facts import read_facts
from scheduling.planner.difference import difference
from scheduling.planner.model import Facts, Visits
from scheduling.planner.whatif import Question, around, changed, of_province

SUSPENDED_FROM = 60
FEWER, RISKIER = Question(managers_more=-0.15), Question(risk_weight=2.0)


def measure_what_if(facts_folder: Path, visits: Visits) -> tuple[dict[str, float], str]:
    """Seconds of the median province, the largest one, the slowest question about the nation, and a cold call."""
    facts = read_facts(facts_folder).facts
    order = np.argsort(np.bincount(facts.sites.province, minlength=len(PROVINCES)), kind="stable")
    median, largest = int(order[len(order) // 2]), int(order[-1])
    _province(facts, median)  # loads the compiled functions
    suspension = Question(suspended=int(np.bincount(facts.managers.agency).argmax()), suspended_from=SUSPENDED_FROM)
    asked = {"suspension": suspension, "fewer managers": FEWER, "riskiest first": RISKIER}
    nation = {name: _nation(facts, question, visits) for name, question in asked.items()}
    figures = {
        "what_if_province_s": float(np.median([_province(facts, median) for _ in range(3)])),
        "what_if_largest_province_s": _province(facts, largest),
        "what_if_nation_s": max(nation.values()),
        "what_if_cold_s": _cold(facts_folder, PROVINCES[median].code),
    }
    provinces = f"province {PROVINCES[median].code} and the largest, {PROVINCES[largest].code}"
    return figures, f"{provinces}; the nation: " + ", ".join(f"{name} {s:.1f} s" for name, s in nation.items())


def _province(facts: Facts, province: int) -> float:
    """Both worlds planned, measured and compared, as for `anjeon plan what-if --province`."""
    began = perf_counter()
    here, there = of_province(facts, province), of_province(changed(facts, FEWER), province)
    one, other = worlds(here, there)
    difference(here, one.plan.visits, other.plan.visits, there)
    return perf_counter() - began


def _nation(facts: Facts, question: Question, before: Visits) -> float:
    """Beside the plan at hand, as for `anjeon plan what-if FACTS PLAN`."""
    began = perf_counter()
    there = changed(facts, question)
    one, other = worlds(around(facts, question, before), around(there, question, before))
    difference(facts, one.plan.visits, other.plan.visits, there)
    return perf_counter() - began


def _cold(facts: Path, province: str) -> float:
    """The command from its start to its answer: the interpreter, the files, the compiled functions, both worlds."""
    call = "from scheduling.commands import plan; plan()"
    began = perf_counter()
    asked = ["what-if", str(facts), "--province", province, "--managers", "-0.15", "--json"]
    subprocess.run([sys.executable, "-c", call, *asked], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began

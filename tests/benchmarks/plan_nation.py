"""One plan measured in a process of its own, so that its memory is nobody else's: `python plan_nation.py FACTS OUT`.

Writes the plan into OUT as files, its arrays beside them, and what it took as `measured.json`.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from korea.population import populate, write_plan_facts
from scheduling.planfiles.facts import Reading, read_facts
from scheduling.planfiles.plans import write_plan
from scheduling.planner import Plan, plan
from scheduling.planner.bound import radial_bound
from scheduling.planner.measures import Measures, measure
from scheduling.planner.model import Visits

WARM_SITES = 1_000


@dataclass(frozen=True)
class Nation:
    """What planning took, what the plan is worth, and the bound that no plan can beat."""

    sites: int
    read_s: float
    plan_s: float
    plan_cpu_s: float
    rss_mb: float
    steps: dict[str, float]
    measures: Measures
    km_bound: float


def facts_folder(root: Path, sites: int, seed: int) -> Path:
    """The synthetic facts of a nation of this size, made once; agencies and managers keep the load of 78 %."""
    folder = root / f"facts-{sites}-{seed}"
    if not (folder / "programme.json").exists():
        write_plan_facts(folder, populate(sites, seed, is_scaled=True))
    return folder


def run(facts: Path, out: Path) -> Nation:
    """Plans in a process of its own and reads what it measured."""
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, __file__, str(facts), str(out)], check=True)
    told: dict[str, Any] = json.loads((out / "measured.json").read_text(encoding="utf-8"))
    told["measures"] = Measures(**told["measures"])
    return Nation(**told)


def load_visits(out: Path) -> Visits:
    """The arrays of a plan that `run` made."""
    with np.load(out / "visits.npz") as kept:
        columns: dict[str, NDArray[np.int64]] = {name: kept[name] for name in kept.files}
    return Visits(
        columns["site"], columns["ordinal"], columns["manager"], columns["day"], columns["date"], columns["stage"],
        columns["pinned"].astype(np.bool_),
    )  # fmt: skip


def main() -> None:
    """The child: compiled functions are loaded by a small plan first, then the clock starts."""
    facts, out = Path(sys.argv[1]), Path(sys.argv[2])
    plan(read_facts(facts_folder(out.parent, WARM_SITES, 1)).facts)
    began = perf_counter()
    reading = read_facts(facts)
    read = perf_counter()
    worked = process_time()
    made = plan(reading.facts)
    done = perf_counter()
    worked = process_time() - worked
    rss_mb = _peak_mb()
    figures = Nation(
        sites=len(reading.facts.sites),
        read_s=read - began,
        plan_s=done - read,
        plan_cpu_s=worked,
        rss_mb=rss_mb,
        steps=made.seconds,
        measures=measure(reading.facts, made),
        km_bound=radial_bound(reading.facts, made.visits),
    )
    (out / "measured.json").write_text(json.dumps(asdict(figures)), encoding="utf-8")
    _keep(out, reading, made)


def _peak_mb() -> float:
    """This program's own peak; `ru_maxrss` would hand down that of the process which started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _keep(out: Path, reading: Reading, made: Plan) -> None:
    visits = made.visits
    columns = {name: getattr(visits, name) for name in Visits.__dataclass_fields__}
    np.savez(out / "visits.npz", **columns)
    write_plan(out, reading.names, made, "parquet")


if __name__ == "__main__":
    main()

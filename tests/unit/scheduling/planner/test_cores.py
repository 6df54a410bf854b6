"""The same facts and seed give the same plan, on however many cores."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scheduling.planner import Facts

PLAN_AND_SAY_ITS_HASH = """
import hashlib, pickle, sys
from pathlib import Path
from scheduling.planner import plan
visits = plan(pickle.loads(Path(sys.argv[1]).read_bytes()), 7).visits
columns = (visits.site, visits.ordinal, visits.manager, visits.day)
print(hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest(), len(visits))
"""
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def plan_with(threads: int, facts: Path) -> str:
    """What an interpreter of its own says of the plan that it makes."""
    said = subprocess.run(
        [sys.executable, "-c", PLAN_AND_SAY_ITS_HASH, str(facts)],
        env=os.environ | {name: str(threads) for name in THREADS},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return said.stdout


def test_one_core_and_two_make_the_same_plan(programme: Callable[..., Facts], tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    facts.write_bytes(pickle.dumps(programme(sites=400, agencies=6, managers=14, seed=11)))
    one, two = plan_with(1, facts), plan_with(2, facts)
    assert one == two
    assert int(one.split()[1]) > 400

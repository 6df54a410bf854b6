"""Public instances with a known best: X-n219-k73 and X-n376-k94 of Uchoa et al. (2017), read by vrplib.

They are not ours to hand out and vrplib no longer downloads them. Put the .vrp and .sol of both, as the folder CVRP of
github.com/PyVRP/Instances has them, into build/instances, or name their folder in ANJEON_INSTANCES.
"""

import os
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import vrplib

from scheduling.planner.bundles import shorter
from scheduling.planner.model import Ints, Reals

FINGERPRINTS = {
    "X-n219-k73.vrp": "36099c8e8dcfa8318b1fdf7601aa0449ffdf45f4cc08ae6b65200637a59aa31b",
    "X-n376-k94.vrp": "e5cd5cc70fb755caa7875d1844629e2133c8d172d92c27da6cbb83b28de8c781",
}
BEST_KNOWN = {"X-n219-k73": 117_595, "X-n376-k94": 147_713}
"""Proved optima, as the .sol files state them; checked against those."""


def public_gap(name: str) -> tuple[float | None, str]:
    """Percent over the best known value of a public instance; or nothing, and why."""
    folder = Path(os.environ.get("ANJEON_INSTANCES", "build/instances"))
    files = [folder / f"{name}.{ending}" for ending in ("vrp", "sol")]
    for file in files:
        if not file.exists():
            return None, f"no {file}, see plan_public.py"
    if sha256(files[0].read_bytes()).hexdigest() != FINGERPRINTS[files[0].name]:
        return None, f"{files[0]} is another file, see plan_public.py"
    instance: dict[str, Any] = vrplib.read_instance(files[0])
    best = float(vrplib.read_solution(files[1])["cost"])
    if best != BEST_KNOWN[name]:
        return None, f"{files[1]} states {best:,.0f} as the best, not {BEST_KNOWN[name]:,}"
    place = np.asarray(instance["node_coord"], np.float64)
    of, _ = shorter(place[1:], place[0], int(instance["capacity"]))
    return 100 * (_rounded_length(place, of) / best - 1), ""


def _rounded_length(place: Reals, of: Ints) -> float:
    """Every round anew, in the whole numbers that the instance prescribes."""
    between = np.rint(np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)))
    members = (np.flatnonzero(of == bundle) + 1 for bundle in np.unique(of))
    return sum(min(_length(between, order) for order in permutations(stops.tolist())) for stops in members)


def _length(between: Reals, order: tuple[int, ...]) -> float:
    path = [0, *order, 0]
    return float(between[path[:-1], path[1:]].sum())

"""The same facts give the same plan, by however many workers and in whatever process."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from threading import active_count

import numpy as np
import pytest

from scheduling.planner import Facts, plan
from scheduling.planner.bundles import DayBundles, side_by_side
from scheduling.planner.model import Ints, Visits

PLAN_AND_SAVE_IT = """
import pickle, sys
from pathlib import Path
from scheduling.planner import plan
facts, out = map(Path, sys.argv[1:])
out.write_bytes(pickle.dumps(plan(pickle.loads(facts.read_bytes()), workers=3).visits))
"""


@pytest.fixture(scope="module")
def crowd(programme: Callable[..., Facts]) -> Facts:
    return programme(sites=400, agencies=6, managers=14, seed=11)


def same(one: Visits, other: Visits) -> bool:
    return all(np.array_equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(Visits))


def test_any_number_of_workers_makes_the_same_plan(crowd: Facts) -> None:
    one, two, five = (plan(crowd, workers=workers).visits for workers in (1, 2, 5))
    assert len(one) > 400
    assert same(one, two)
    assert same(one, five)


def test_another_process_makes_the_same_plan(crowd: Facts, tmp_path: Path) -> None:
    facts, out = tmp_path / "facts", tmp_path / "plan"
    facts.write_bytes(pickle.dumps(crowd))
    subprocess.run([sys.executable, "-c", PLAN_AND_SAVE_IT, str(facts), str(out)], check=True)
    assert same(plan(crowd).visits, pickle.loads(out.read_bytes()))  # noqa: S301 - our own file


@pytest.mark.parametrize("workers", [1, 3])
def test_there_are_no_more_workers_than_asked(workers: int) -> None:
    others, seen = active_count(), list[int]()

    def look(part: Ints) -> DayBundles:
        seen.append(active_count() - others)
        return DayBundles(part, part, part, part.astype(np.uint64), part.astype(np.float64), 2)

    answers = side_by_side(look, [np.array([number]) for number in range(20)], workers)
    assert [int(each.group[0]) for each in answers] == list(range(20))
    assert max(seen) <= workers

"""Periodic instances are read, solved to a known optimum, and every broken limit is named."""

import json
from collections.abc import Callable
from itertools import combinations, permutations, product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from scheduling.commands.words import pvrp
from scheduling.pvrp.instance import Instance, NotPeriodicError, read
from scheduling.pvrp.solution import Route, Solution
from scheduling.pvrp.solve import Effort, solve

CHOICES = {1: "1 3 1 2 4", 2: "2 3 3 5 6", 3: "3 1 7"}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes six customers at random places, over three days with two vehicles a day."""

    def instance(seed: int, duration: int = 0, capacity: int = 12, kind: int = 1) -> Path:
        rng = np.random.default_rng(seed)
        lines = [f"{kind} 2 6 3", *[f"{duration} {capacity}"] * 3, "0 50 50 0 0 0 0"]
        for customer in range(1, 7):
            x, y, demand = (int(n) for n in rng.integers((0, 0, 2), (101, 101, 6)))
            lines.append(f"{customer} {x} {y} 1 {demand} {CHOICES[1 + customer % 3]}")
        path = tmp_path / f"six-{seed}.txt"
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        return path

    return instance


def _shortest(of: Instance, stops: tuple[int, ...]) -> float:
    """The shortest round through the stops; infinite where it breaks a limit."""
    if not stops:
        return 0.0
    length = min(Route(0, order).length(of) for order in permutations(stops))
    lasts = length + of.service[list(stops)].sum()
    return length if of.demand[list(stops)].sum() <= of.capacity[0] and lasts <= of.duration[0] else np.inf


def _optimum(of: Instance) -> float:
    """Tries every combination of days of every customer, and every split of a day between the two vehicles."""
    customers = range(1, of.customers + 1)
    subsets = [subset for size in range(7) for subset in combinations(customers, size)]
    one = {subset: _shortest(of, subset) for subset in subsets}
    two = {
        whole: min(
            one[part] + one[tuple(sorted(set(whole) - set(part)))] for part in subsets if set(part) <= set(whole)
        )
        for whole in subsets
    }
    plans = product(*(of.choices[customer] for customer in customers))
    return min(
        sum(two[tuple(c for c, days in zip(customers, plan, strict=True) if days[day])] for day in range(of.days))
        for plan in plans
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_small_instances_are_solved_to_the_optimum(seed: int, write: Write) -> None:
    instance = read(write(seed))

    solution = solve(instance, Effort(iterations=2_000)).solution

    assert solution.violations(instance) == []
    assert solution.cost(instance) == pytest.approx(_optimum(instance))


def test_the_duration_of_a_round_is_kept(write: Write) -> None:
    free, tight = read(write(1)), read(write(1, duration=180))

    solution = solve(tight, Effort(iterations=2_000)).solution

    assert solution.violations(tight) == []
    assert solution.cost(tight) == pytest.approx(_optimum(tight))
    assert _optimum(tight) > _optimum(free) + 1


def test_the_same_seed_and_iterations_give_the_same_answer(write: Write) -> None:
    instance = read(write(4))

    answers = [solve(instance, Effort(iterations=500, seed=7)).solution for _ in range(2)]

    assert answers[0] == answers[1]


def test_a_limit_of_seconds_ends_the_search(write: Write) -> None:
    instance = read(write(4))

    assert solve(instance, Effort(seconds=0.05)).solution.violations(instance) == []


def test_an_instance_that_cannot_be_solved_says_which_limits_break(write: Write) -> None:
    instance = read(write(1, capacity=6))

    violations = solve(instance, Effort(iterations=500)).solution.violations(instance)

    assert violations
    assert all("over 6" in violation.en and "한도 6을(를) 넘습니다" in violation.ko for violation in violations)


def test_visit_combinations_are_read_from_the_left(write: Write) -> None:
    instance = read(write(1))

    assert instance.choices[3].tolist() == [[False, False, True], [False, True, False], [True, False, False]]
    assert instance.choices[1].tolist() == [[False, True, True], [True, False, True], [True, True, False]]


def _broken(of: Instance, routes: list[Route]) -> str:
    return "; ".join(violation.lines for violation in Solution(tuple(routes)).violations(of))


def test_the_checker_names_each_broken_limit(write: Write) -> None:
    instance = read(write(1, duration=100))
    good = [Route(0, (2, 5)), Route(1, (2, 5)), Route(2, (2, 5)), Route(0, (1, 4)), Route(1, (1, 4)), Route(2, (3, 6))]

    assert "none of its combinations" not in _broken(instance, good)
    assert "customer 3: visited on days []" in _broken(instance, good[:-1])
    assert "customer 3: visited on days [1, 3]" in _broken(instance, [*good, Route(0, (3,))])
    assert "day 1: 3 vehicles of 2" in _broken(instance, [*good, Route(0, (3,))])
    assert "load" in _broken(instance, [*good[:3], Route(0, (1, 4, 3, 6))])
    assert "lasts" in _broken(instance, good)


def test_a_file_that_is_not_periodic_is_refused(write: Write, tmp_path: Path) -> None:
    torn = tmp_path / "torn.txt"
    torn.write_text("1 2 6 3\n0 10\n0 10\n0 10\n0 50 50 0 0 0 0\n1 two 3 0 1 1 1 1\n", encoding="ascii")

    with pytest.raises(NotPeriodicError, match="type 2"):
        read(write(1, kind=2))
    with pytest.raises(NotPeriodicError, match="line 6"):
        read(torn)


@pytest.mark.parametrize(
    ("combinations", "refusal"),
    [
        ("2 0", "customer 2: 2 visits and no combination of days for them"),
        ("2 1 1", "customer 2: combination 1 is not 2 of 3 days"),
        ("2 2 3 9", "customer 2: combination 9 is not 2 of 3 days"),
        ("1 1 -4", "customer 2: combination -4 is not 1 of 3 days"),
        ("2 3 3 5", "customer 2: 3 combinations are promised and 2 given"),
    ],
)
def test_a_customer_whose_visits_no_combination_can_make_is_refused(
    combinations: str, refusal: str, tmp_path: Path
) -> None:
    path = tmp_path / "asked.txt"
    lines = ["1 1 2 3", *["0 10"] * 3, "0 0 0 0 0 0 0", "1 1 1 0 1 1 1 4", f"2 2 2 0 1 {combinations}"]
    path.write_text("\n".join(lines), encoding="ascii")

    with pytest.raises(NotPeriodicError, match=refusal):
        read(path)


def test_a_customer_who_wants_no_visit_gets_none(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    lines = ["1 1 2 3", *["0 10"] * 3, "0 0 0 0 0 0 0", "1 1 1 0 1 1 1 4", "2 2 2 0 1 0 0"]
    path.write_text("\n".join(lines), encoding="ascii")

    answer = solve(read(path), Effort(iterations=50))

    assert answer.solution.routes == (Route(0, (1,)),)
    assert answer.solution.violations(read(path)) == []
    assert "customer 2: visited on days [1]" in _broken(read(path), [Route(2, (1,)), Route(0, (2,))])


def test_the_terminal_answers_in_json(write: Write) -> None:
    answer = CliRunner().invoke(pvrp, [str(write(1)), "--iterations", "500", "--json"])

    told = json.loads(answer.output)
    assert answer.exit_code == 0
    assert (told["instance"], told["customers"], told["violations"], told["violations_ko"]) == ("six-1", 6, [], [])
    assert sum(route["length"] for day in told["days"] for route in day["routes"]) == pytest.approx(told["cost"])


def test_the_terminal_exits_1_where_a_limit_breaks(write: Write) -> None:
    answer = CliRunner().invoke(pvrp, [str(write(1, capacity=6)), "--iterations", "200"])

    assert answer.exit_code == 1
    assert "over 6" in answer.output
    assert "한도 6을(를) 넘습니다" in answer.output

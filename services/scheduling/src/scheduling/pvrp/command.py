"""`anjeon plan pvrp`: a periodic instance solved at the terminal."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table

from scheduling.bar import progress
from scheduling.both import Both
from scheduling.pvrp.instance import Instance, NotPeriodicError, read
from scheduling.pvrp.solve import Answer, Effort, solve

_HEADER = Both("날짜", "day"), Both("적재량", "load"), Both("길이", "length"), Both("고객", "stops")


def pvrp(file: Path, iterations: int, seconds: float | None, seed: int, as_json: bool) -> None:
    """Solves a periodic instance; exit 1 if a limit is broken."""
    try:
        instance = read(file)
    except NotPeriodicError as wrong:
        click.echo(wrong.told.error, err=True)
        raise SystemExit(2) from wrong
    with progress() as tell_step:
        answer = solve(instance, Effort(iterations, seconds, seed), tell_step)
    told = as_told(instance, answer) | {"seed": seed}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _tell(instance, answer)
    raise SystemExit(1 if told["violations"] else 0)


def as_told(instance: Instance, answer: Answer) -> dict[str, object]:
    """The answer as JSON says it; customers are numbered as in the file."""
    solution, violations = answer.solution, answer.solution.violations(instance)
    days = [
        {
            "day": day + 1,
            "routes": [
                {
                    "stops": list(route.stops),
                    "load": route.load(instance),
                    "length": round(route.length(instance), 6),
                    "duration": round(route.duration(instance), 6),
                }
                for route in solution.routes
                if route.day == day
            ],
        }
        for day in range(instance.days)
    ]
    return {
        "instance": instance.name,
        "customers": instance.customers,
        "cost": round(solution.cost(instance), 6),
        "violations": [one.en for one in violations],
        "violations_ko": [one.ko for one in violations],
        "iterations": answer.iterations,
        "seconds": round(answer.seconds, 3),
        "days": days,
    }


def _tell(instance: Instance, answer: Answer) -> None:
    console, solution = Console(), answer.solution
    table = Table(*(Column(name.stacked, overflow="fold") for name in _HEADER))
    for route in solution.routes:
        stops = " ".join(str(stop) for stop in route.stops)
        table.add_row(str(route.day + 1), f"{route.load(instance):g}", f"{route.length(instance):.2f}", stops)
    console.print(table)
    cost, steps = f"{solution.cost(instance):.2f}", f"{answer.iterations:,}"
    console.print(Both(f"비용 {cost}, 반복 {steps}회", f"cost {cost}, {steps} iterations").of(instance.name).lines)
    for violation in solution.violations(instance):
        console.print(violation.lines)

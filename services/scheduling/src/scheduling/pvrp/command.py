"""`anjeon plan pvrp`: a periodic instance solved at the terminal."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from scheduling.bar import progress
from scheduling.pvrp.instance import Instance, NotPeriodicError, read
from scheduling.pvrp.solve import Answer, Effort, solve


def pvrp(file: Path, iterations: int, seconds: float | None, seed: int, as_json: bool) -> None:
    """Solves a periodic instance; exit 1 if a limit is broken."""
    try:
        instance = read(file)
    except NotPeriodicError as wrong:
        named = "" if file.name in str(wrong) else f"{file.name}: "
        click.echo(f"Error: {named}{wrong}", err=True)
        raise SystemExit(2) from wrong
    with progress() as tell_step:
        answer = solve(instance, Effort(iterations, seconds, seed), tell_step)
    told = as_told(instance, answer) | {"seed": seed}
    if as_json:
        click.echo(json.dumps(told, indent=1))
    else:
        _tell(instance, answer)
    raise SystemExit(1 if told["violations"] else 0)


def as_told(instance: Instance, answer: Answer) -> dict[str, object]:
    """The answer as JSON says it; customers are numbered as in the file."""
    solution = answer.solution
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
        "violations": solution.violations(instance),
        "iterations": answer.iterations,
        "seconds": round(answer.seconds, 3),
        "days": days,
    }


def _tell(instance: Instance, answer: Answer) -> None:
    console, solution = Console(), answer.solution
    table = Table("day", "load", "length", "stops")
    for route in solution.routes:
        stops = " ".join(str(stop) for stop in route.stops)
        table.add_row(str(route.day + 1), f"{route.load(instance):g}", f"{route.length(instance):.2f}", stops)
    console.print(table)
    console.print(f"{instance.name}: cost {solution.cost(instance):.2f}, {answer.iterations:,} iterations")
    for violation in solution.violations(instance):
        console.print(violation)

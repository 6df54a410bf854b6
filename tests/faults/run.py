"""`make faults`: every scenario over its seeds, a table, and build/faults/summary.json."""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audit import Verdict
from scenarios import SCENARIOS
from stack import Stack
from world import world

OUT = Path("build/faults/summary.json")
HOME = Path(".local/faults")
COLUMNS = ("scenario", "seeds", "events", "killed", "lost", "doubled", "misordered", "seconds")
Row = dict[str, str | int | float]


async def run_one(stack: Stack, name: str, seed: int) -> tuple[Verdict, int]:
    """One scenario in a world of its own; the verdict, and how often something was killed."""
    async with world(stack, f"w{seed}{name.replace('_', '')[:24]}") as made:
        return await SCENARIOS[name](made, seed), made.killed


async def run(names: list[str], seeds: int) -> list[Row]:
    """Every named scenario over seeds 1..n, on one stack made for it."""
    rows: list[Row] = []
    with Progress() as progress:
        task = progress.add_task("faults", total=len(names) * seeds)
        async with Stack.up(HOME) as stack:
            for name in names:
                begun, total, killed = time.monotonic(), Verdict(0, 0, 0, 0), 0
                for seed in range(1, seeds + 1):
                    progress.update(task, description=f"{name} {seed}")
                    verdict, count = await run_one(stack, name, seed)
                    total, killed = total + verdict, killed + count
                    progress.advance(task)
                seconds = round(time.monotonic() - begun, 1)
                rows.append({"scenario": name, "seeds": seeds, **asdict(total), "killed": killed, "seconds": seconds})
    return rows


def main() -> None:
    """Exit status 1 if anything was lost, doubled or swapped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], default=[])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    rows = asyncio.run(run(arguments.scenarios or list(SCENARIOS), arguments.seeds))
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*(str(row[column]) for column in COLUMNS))
    Console().print(table)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps([{column: row[column] for column in COLUMNS} for row in rows], indent=1))
    sys.exit(any(row["lost"] or row["doubled"] or row["misordered"] for row in rows))


if __name__ == "__main__":
    main()

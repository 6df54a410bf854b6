"""`make faults`: every scenario over its seeds, a table, and build/faults/summary.json, whatever one seed does."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from audit import Verdict
from scenarios import SCENARIOS, play
from stack import Stack
from world import KEPT, world

OUT = Path("build/faults/summary.json")
WIDTH = 130
"""Of the table, also where the terminal does not say how wide it is."""
COLUMNS = ("scenario", "seeds", "events", "killed", "lost", "doubled", "misordered", "invented", "failed", "seconds")
HARM = ("lost", "doubled", "misordered", "invented", "failed")
Row = dict[str, str | int | float | list[str]]


@dataclass(frozen=True)
class Outcome:
    """How one seed of a scenario went: judged, or broken off by an error."""

    seed: int
    verdict: Verdict
    killed: int
    seconds: float
    error: str = ""

    def __str__(self) -> str:
        found = self.verdict
        harm = (f"{what} {count}" for what, count in asdict(found).items() if what != "events")
        said = self.error or ", ".join(harm)
        return f"seed {self.seed}: {found.events:,} events, {self.killed} killed, {said}; {self.seconds:.1f} s"


async def attempt(stack: Stack, name: str, seed: int) -> Outcome:
    """One scenario in a world of its own; an error is its outcome, and the servers are up for the next."""
    begun, verdict, killed, error = time.monotonic(), Verdict(), 0, ""
    try:
        async with world(stack, f"w{seed}{name.replace('_', '')[:24]}") as made:
            try:
                verdict = await play(name, made, seed)
            except Exception as fault:  # whatever it is, it is told, and the other seeds go on
                error = f"{type(fault).__name__}: {fault}"
                await asyncio.gather(stack.kafka.start(), stack.postgres.start())
            killed = made.killed
    except Exception as fault:  # the world could not be made, or not be cleared away
        error = error or f"{type(fault).__name__}: {fault}"
    return Outcome(seed, verdict, killed, time.monotonic() - begun, error)


def row_of(name: str, outcomes: Sequence[Outcome]) -> Row:
    """A scenario's line: its seeds added up, and each error in full."""
    total = sum((outcome.verdict for outcome in outcomes), Verdict())
    errors = [f"seed {outcome.seed}: {outcome.error}" for outcome in outcomes if outcome.error]
    return {
        "scenario": name,
        "seeds": len(outcomes),
        **asdict(total),
        "killed": sum(outcome.killed for outcome in outcomes),
        "failed": len(errors),
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 1),
        "errors": errors,
    }


async def play_all(stack: Stack, names: Sequence[str], seeds: int, out: Path) -> list[Row]:
    """Every named scenario over seeds 1..n; the summary is written anew after each."""
    rows, console = list[Row](), Console()
    out.parent.mkdir(parents=True, exist_ok=True)
    for name in names:
        outcomes = list[Outcome]()
        for seed in range(1, seeds + 1):
            outcomes.append(await attempt(stack, name, seed))
            console.print(f"{name} {outcomes[-1]}", markup=False)
        rows.append(row_of(name, outcomes))
        out.write_text(json.dumps(rows, indent=1))
    return rows


def is_sound(row: Row) -> bool:
    """Whether facts were said, and nothing lost, doubled, swapped or invented, and no seed broke off."""
    return bool(row["events"]) and not any(row[harm] for harm in HARM)


async def run(names: Sequence[str], seeds: int) -> list[Row]:
    """All of it on one stack made for it, which finds nothing of a run that was broken off."""
    with TemporaryDirectory(prefix="anjeon-faults-") as home:
        async with Stack.up(Path(home)) as stack:
            return await play_all(stack, names, seeds, OUT)


def main() -> None:
    """Exit status 1 if any row is not sound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], default=[])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    rows = asyncio.run(run(arguments.scenarios or list(SCENARIOS), arguments.seeds))
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*(str(row[column]) for column in COLUMNS))
    console = Console(width=WIDTH)
    console.print(table)
    console.print(f"written to {OUT}; what the programs of each seed said: {KEPT}/*/log", markup=False, highlight=False)
    sys.exit(0 if all(map(is_sound, rows)) else 1)


if __name__ == "__main__":
    main()

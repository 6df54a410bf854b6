"""Writes a synthetic Korea: `python -m korea --enterprises 10000 --seed 2023 --out FOLDER [--plan-facts parquet]`."""

import argparse
import sys
from pathlib import Path
from time import perf_counter

from korea.population import populate, write_plan_facts, write_registry_files


def main(words: list[str] | None = None) -> None:
    """Makes the population and writes its files, telling what it does."""
    said = _parser().parse_args(words)
    began = perf_counter()

    def tell(what: str) -> None:
        sys.stderr.write(f"[{perf_counter() - began:5.1f} s] {what}\n")

    tell(f"합성 자료를 만듭니다 · making up {said.enterprises:,} targeted enterprises (seed {said.seed})")
    population = populate(said.enterprises, said.seed, is_scaled=said.scaled)
    counts = (population.enterprises, population.agencies, population.managers)
    tell("{:,} enterprises, {:,} agencies, {:,} managers".format(*(len(table["synthetic"]) for table in counts)))
    if said.plan_facts:
        write_plan_facts(said.out, population, said.plan_facts)
    else:
        write_registry_files(said.out, population)
    tell(f"저장했습니다 · written to {said.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="korea", description="A synthetic Korea; none of it is real.")
    parser.add_argument("--enterprises", type=int, default=10_000, help="how many the programme is for")
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--scaled", action="store_true", help="agencies and managers in proportion to the enterprises")
    parser.add_argument(
        "--plan-facts", nargs="?", const="parquet", choices=("csv", "parquet"),
        help="write the planner's facts folder in place of the registry's import files",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    main()

"""How planning grows from 20,000 to 400,000 enterprises: a table, and a picture of seconds and memory."""

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from rich.console import Console
from rich.table import Table

from plan_nation import Nation, facts_folder, run

SHARES = (0.1, 0.25, 0.5, 1.0, 2.0)
"""Of the nation's size: 20,000 to 400,000."""


def measure_growth(root: Path, seed: int, nation: Nation) -> list[Nation]:
    """One plan of each size; the nation itself is not measured again."""
    sizes = [round(nation.sites * share) for share in SHARES]
    return [
        nation if sites == nation.sites else run(facts_folder(root, sites, seed), root / f"plan-{sites}")
        for sites in sizes
    ]


def tell(grown: list[Nation]) -> None:
    table = Table(
        "enterprises",
        "seconds",
        "processor s",
        "us an enterprise",
        "MB",
        "scheduled",
        "km a visit",
        "over the bound",
        title="growth",
    )
    for one in grown:
        table.add_row(
            f"{one.sites:,}",
            f"{one.plan_s:.1f}",
            f"{one.plan_cpu_s:.1f}",
            f"{1e6 * one.plan_cpu_s / one.sites:.0f}",
            f"{one.rss_mb:,.0f}",
            f"{one.measures.scheduled_share:.5f}",
            f"{one.measures.km_a_visit:.2f}",
            f"{one.measures.km_a_visit / one.km_bound:.3f}",
        )
    Console(width=110).print(table)


def draw(grown: list[Nation], picture: Path) -> None:
    """Seconds and memory over enterprises, with the straight line through the smallest size."""
    mpl.use("Agg")
    sites = [one.sites / 1000 for one in grown]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    left.plot(sites, [one.plan_s for one in grown], "o-", color="#256ef4", label="by the clock")
    left.plot(sites, [one.plan_cpu_s for one in grown], "s-", color="#0f7b53", label="on the processor")
    line = [grown[0].plan_cpu_s * size / sites[0] for size in sites]
    left.plot(sites, line, "--", color="#8a949e", label="linear from the smallest")
    left.set(xlabel="enterprises, thousands", ylabel="seconds", title="Time to plan")
    left.legend(frameon=False)
    right.plot(sites, [one.rss_mb for one in grown], "o-", color="#256ef4")
    right.set(xlabel="enterprises, thousands", ylabel="MB", title="Peak memory", ylim=(0, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=150)
    plt.close(figure)

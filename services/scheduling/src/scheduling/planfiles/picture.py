"""The plan as a picture: who goes where, on a map of the provinces, and how the year fills."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from korea.outlines import province_outlines
from scheduling.planner.geometry import on_the_globe
from scheduling.planner.model import Facts, Plan, Reals

INK, PAPER, LAND, EDGE, MISSING = "#1d2b3a", "#ffffff", "#f3f5f7", "#b8c2cc", "#d7263d"
DOTS = 60_000


def draw(path: Path, facts: Facts, plan: Plan) -> None:
    """A map with each manager's enterprises in one colour, and the visits of each week."""
    with mpl.rc_context({"font.size": 9, "text.color": INK, "axes.labelcolor": INK}):
        figure = Figure(figsize=(12, 9), facecolor=PAPER, layout="constrained")
        land, weeks = figure.subplots(1, 2, width_ratios=(3, 2))
        _map(land, facts, plan)
        _year(weeks, facts, plan)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150)


def _map(axes: Any, facts: Facts, plan: Plan) -> None:
    _outlines(axes)
    first = plan.visits.take(plan.visits.ordinal == 1)
    rows = np.linspace(0, len(first) - 1, min(DOTS, len(first))).astype(np.int64)
    latitude, longitude = on_the_globe(facts.sites.place[first.site[rows]])
    # Neighbouring managers get far-apart colours: a step of the golden ratio around the wheel.
    colours = mpl.colormaps["hsv"]((first.manager[rows] * 0.618034) % 1.0)
    axes.scatter(longitude, latitude, s=1.2, c=colours, alpha=0.55, linewidths=0)
    base_latitude, base_longitude = on_the_globe(facts.agencies.place)
    axes.scatter(base_longitude, base_latitude, s=14, marker="^", c=INK, label=f"agencies ({len(facts.agencies)})")
    _unscheduled(axes, facts, plan)
    axes.set_aspect(1 / np.cos(np.radians(36.3)))
    axes.set(xlim=(125.6, 130.0), ylim=(33.0, 38.7), title=f"{len(plan.visits):,} visits by manager")
    axes.set_axis_off()
    axes.legend(loc="lower right", frameon=False)


def _unscheduled(axes: Any, facts: Facts, plan: Plan) -> None:
    missing = np.unique(plan.unscheduled.site)
    if len(missing):
        latitude, longitude = on_the_globe(facts.sites.place[missing])
        axes.scatter(longitude, latitude, s=10, marker="x", c=MISSING, label=f"without a date ({len(missing):,})")


def _outlines(axes: Any) -> None:
    rings: list[Reals] = []
    for shape in province_outlines().values():
        rings += [np.asarray(part.exterior.coords, np.float64) for part in shape.geoms]
    for ring in rings:
        axes.fill(ring[:, 0], ring[:, 1], color=LAND, zorder=0)
    axes.add_collection(LineCollection(rings, colors=EDGE, linewidths=0.6, zorder=1))


def _year(axes: Any, facts: Facts, plan: Plan) -> None:
    week = (facts.calendar.dates - facts.calendar.dates[0]) // 7
    dated = plan.visits.take(plan.visits.day >= 0)
    floor = np.zeros(int(week.max()) + 1)
    for ordinal, shade in zip(np.unique(dated.ordinal), ("#0b5fa5", "#f2a03d", "#5b8c5a", "#7a5195"), strict=False):
        made = np.bincount(week[dated.day[dated.ordinal == ordinal]], minlength=len(floor))
        axes.bar(np.arange(len(floor)), made, bottom=floor, width=0.9, color=shade, label=f"visit {ordinal}")
        floor = floor + made
    axes.set(title="visits a week", xlabel="week of the programme")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)

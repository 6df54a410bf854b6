"""The plan as a picture: who goes where, on a map of the provinces, and how the year fills."""

from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.collections import LineCollection
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from korea.outlines import province_outlines
from scheduling.planfiles.facts import Reading
from scheduling.planner.geometry import on_the_globe
from scheduling.planner.measures import Measures, measure
from scheduling.planner.model import Facts, Ints, Plan, Reals

INK, FAINT, PAPER, LAND, EDGE, MISSING = "#1d2b3a", "#6b7a89", "#ffffff", "#f3f5f7", "#c3ccd4", "#d7263d"
VISITS = ("#0b5fa5", "#f2a03d", "#5b8c5a", "#7a5195")
DOTS = 80_000
CAPITAL = (126.55, 127.35, 37.2, 37.8)
KOREAN_FONTS = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")


def draw(path: Path, reading: Reading, plan: Plan) -> None:
    """A map with each manager's enterprises in one colour, the capital larger, and the visits of each week."""
    font = _korean_font()
    family = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    with mpl.rc_context({"font.family": family, "font.size": 9, "text.color": INK, "axes.labelcolor": INK}):
        figure = Figure(figsize=(14, 9.5), facecolor=PAPER)
        _heading(figure, reading, plan, is_korean=font is not None)
        land = figure.add_axes((0.0, 0.02, 0.53, 0.89))
        _land(land, reading.facts, plan, is_korean=font is not None)
        land.set(xlim=(125.7, 129.75), ylim=(33.05, 38.68))
        capital = figure.add_axes((0.53, 0.475, 0.45, 0.385))
        _points(capital, reading.facts, plan, size=2.5)
        capital.set(xlim=CAPITAL[:2], ylim=CAPITAL[2:], xticks=[], yticks=[])
        capital.spines[:].set_color(EDGE)
        capital.set_title(_said("수도권", "the capital area", is_korean=font is not None), loc="left", fontsize=10)
        land.indicate_inset((CAPITAL[0], CAPITAL[2], CAPITAL[1] - CAPITAL[0], CAPITAL[3] - CAPITAL[2]), edgecolor=INK)
        _year(figure.add_axes((0.575, 0.075, 0.405, 0.325)), reading.facts, plan, is_korean=font is not None)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150)


def _korean_font() -> str | None:
    known = {font.name for font in font_manager.fontManager.ttflist}
    # One collection holds the ideographs of all languages; Matplotlib knows it by the first name in it.
    return next((name for name in (*KOREAN_FONTS, "Noto Sans CJK JP") if name in known), None)


def _said(korean: str, english: str, *, is_korean: bool) -> str:
    return f"{korean} · {english}" if is_korean else english


def _heading(figure: Any, reading: Reading, plan: Plan, *, is_korean: bool) -> None:
    days = [date.fromordinal(int(reading.facts.calendar.dates[place])) for place in (0, -1)]
    title = _said("안전 방문 계획", "the plan of visits", is_korean=is_korean)
    figure.text(0.03, 0.955, title, fontsize=19, weight="bold")
    figure.text(
        0.03, 0.925, f"{days[0]} – {days[1]}   {_counts(reading.facts, plan, is_korean=is_korean)}", color=FAINT
    )
    if reading.names.is_synthetic:
        mark = _said("가상 자료", "synthetic: nobody here is real", is_korean=is_korean)
        box = {"boxstyle": "round,pad=0.5", "facecolor": "#fff4d6", "edgecolor": "#d9a400"}
        figure.text(0.98, 0.955, mark, fontsize=11, ha="right", bbox=box)


def _counts(facts: Facts, plan: Plan, *, is_korean: bool) -> str:
    figures: Measures = measure(facts, plan)
    told = [
        (f"방문 {figures.visits:,}건", f"{figures.visits:,} visits"),
        (f"사업장 {len(facts.sites):,}곳", f"{len(facts.sites):,} enterprises"),
        (f"관리자 {len(facts.managers):,}명", f"{len(facts.managers):,} managers"),
        (f"방문당 {figures.km_a_visit:.2f} km", f"{figures.km_a_visit:.2f} km a visit"),
    ]
    return "   ".join(_said(*each, is_korean=is_korean) for each in told)


def _land(axes: Any, facts: Facts, plan: Plan, *, is_korean: bool) -> None:
    _points(axes, facts, plan, size=1.2)
    latitude, longitude = on_the_globe(facts.agencies.place)
    said = _said("수행기관", "agencies", is_korean=is_korean)
    axes.scatter(longitude, latitude, s=9, marker="^", c=INK, linewidths=0, label=f"{said} ({len(facts.agencies):,})")
    missing = np.unique(plan.unscheduled.site)
    if len(missing):
        latitude, longitude = on_the_globe(facts.sites.place[missing])
        said = _said("날짜 없음", "without a date", is_korean=is_korean)
        axes.scatter(longitude, latitude, s=10, marker="x", c=MISSING, label=f"{said} ({len(missing):,})")
    colours = _said("색: 관리자별 구역", "a colour for each manager", is_korean=is_korean)
    axes.scatter([], [], s=14, c=VISITS[0], label=colours)
    axes.set_axis_off()
    axes.legend(loc="lower right", frameon=False)


def _points(axes: Any, facts: Facts, plan: Plan, size: float) -> None:
    """The provinces, and a dot for each enterprise that has a first visit."""
    rings: list[Reals] = []
    for shape in province_outlines().values():
        rings += [np.asarray(part.exterior.coords, np.float64) for part in shape.geoms]
    for ring in rings:
        axes.fill(ring[:, 0], ring[:, 1], color=LAND, zorder=0)
    axes.add_collection(LineCollection(rings, colors=EDGE, linewidths=0.6, zorder=1))
    first = plan.visits.take(plan.visits.ordinal == 1)
    rows = np.linspace(0, len(first) - 1, min(DOTS, len(first))).astype(np.int64)
    latitude, longitude = on_the_globe(facts.sites.place[first.site[rows]])
    axes.scatter(longitude, latitude, s=size, c=_colours(first.manager[rows]), alpha=0.75, linewidths=0)
    axes.set_aspect(1 / np.cos(np.radians(36.3)))


def _colours(manager: Ints) -> Any:
    """Neighbouring managers get far-apart colours: a step of the golden ratio around the wheel, and two shades."""
    hue, depth = (manager * 0.618034) % 1.0, np.where(manager % 2, 0.75, 0.55)
    return hsv_to_rgb(np.column_stack([hue, depth, np.where(manager % 3, 0.8, 0.6)]))


def _year(axes: Any, facts: Facts, plan: Plan, *, is_korean: bool) -> None:
    dates = facts.calendar.dates
    monday = dates[0] - (dates[0] - 1) % 7
    week, dated = (dates - monday) // 7, plan.visits.take(plan.visits.day >= 0)
    floor = np.zeros(int(week.max()) + 1)
    for ordinal, shade in zip(np.unique(dated.ordinal).tolist(), VISITS, strict=False):
        made = np.bincount(week[dated.day[dated.ordinal == ordinal]], minlength=len(floor))
        said = _said(f"{ordinal}차 방문", f"visit {ordinal}", is_korean=is_korean)
        axes.bar(np.arange(len(floor)), made, bottom=floor, width=0.86, color=shade, label=said)
        floor = floor + made
    days = [date.fromordinal(int(day)) for day in dates]
    begins = [place for place, day in enumerate(days) if not place or day.month != days[place - 1].month]
    names = [f"{days[place].month}월\n{days[place]:%b}" if is_korean else f"{days[place]:%b}" for place in begins]
    axes.set_xticks([int(week[place]) for place in begins], names)
    axes.set_ylim(0, 1.18 * floor.max(initial=1))
    axes.set_title(_said("주별 방문 수", "visits a week", is_korean=is_korean), loc="left", fontsize=10)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, colors=FAINT)
    axes.legend(frameon=False, loc="upper right", ncols=4)

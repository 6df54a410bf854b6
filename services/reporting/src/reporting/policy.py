"""What the figures mean: totals of cells, shares of targets, weeks of days. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date, timedelta

from reporting.model import Cell, Day, Figures, Nation, Part, Programme, Progress, Week


def progress_of(nation: Nation) -> Progress:
    """The document about what was counted."""
    total = _total(cell.figures for cell in nation.cells)
    programme = nation.programme
    return Progress(
        programme=programme,
        newest_fact_at=nation.newest_fact_at,
        nation=total,
        share=_share(total.reached, programme.target_enterprises if programme else 0),
        agencies=nation.agencies,
        managers_trained=nation.managers_trained,
        managers_left=nation.managers_left,
        plan=nation.plan,
        provinces=_parts(nation.cells, lambda cell: cell.province),
        sectors=_parts(nation.cells, lambda cell: cell.sector),
        cells=sorted(nation.cells, key=lambda cell: (cell.province or "", cell.sector or "")),
        weeks=weeks_of(programme, nation.days) if programme else [],
    )


def weeks_of(programme: Programme, days: Sequence[Day]) -> list[Week]:
    """Every week of the programme's window, and those outside it in which something happened; shares add up."""
    mondays = [_monday(day.day) for day in days]
    first = min([_monday(programme.window_from), *mondays])
    last = max([_monday(programme.window_until), *mondays])
    happened: dict[date, list[Day]] = {}
    for monday, day in zip(mondays, days, strict=True):
        happened.setdefault(monday, []).append(day)
    weeks, once, reached = list[Week](), 0, 0
    for monday in (first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)):
        mine = happened.get(monday, [])
        once += sum(day.visited_once for day in mine)
        reached += sum(day.reached for day in mine)
        shares = (_share(done, programme.target_enterprises) or 0 for done in (once, reached))
        weeks.append(_week(monday, mine, *shares))
    return weeks


def _week(monday: date, days: Sequence[Day], share_visited_once: float, share: float) -> Week:
    return Week(
        week=f"{monday:%G-W%V}",
        begins_on=monday,
        waiting=sum(day.waiting for day in days),
        completed=sum(day.completed for day in days),
        missed=sum(day.missed for day in days),
        share_visited_once=share_visited_once,
        share=share,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _parts(cells: Sequence[Cell], code_of: Callable[[Cell], str | None]) -> list[Part]:
    mine: dict[str | None, list[Figures]] = {}
    for cell in cells:
        mine.setdefault(code_of(cell), []).append(cell.figures)
    return [_part(code, mine[code]) for code in sorted(mine, key=lambda code: (code is None, code or ""))]


def _part(code: str | None, figures: Sequence[Figures]) -> Part:
    total = _total(figures)
    return Part(code, total, _share(total.reached, total.targeted))


def _share(done: int, target: int) -> float | None:
    return round(done / target, 6) if target else None


def _total(figures: Iterable[Figures]) -> Figures:
    rows = list(figures)
    return Figures(**{field.name: sum(getattr(row, field.name) for row in rows) for field in fields(Figures)})

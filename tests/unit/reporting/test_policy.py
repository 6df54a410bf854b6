"""What the figures mean: totals, shares and weeks."""

from datetime import date
from uuid import UUID

import pytest

from reporting.model import Agencies, Cell, Day, Figures, Nation, Programme
from reporting.policy import progress_of, weeks_of


def programme_of(target: int) -> Programme:
    window = (date(2023, 12, 18), date(2023, 12, 31))
    return Programme(UUID(int=1), 2023, *window, target_enterprises=target, minimum_visits=2, is_synthetic=True)


def nation_of(*cells: Cell, programme: Programme | None = None, days: tuple[Day, ...] = ()) -> Nation:
    return Nation(programme, None, Agencies(), 0, 0, None, list(cells), list(days))


def cell(province: str | None, sector: str | None, targeted: int, reached: int) -> Cell:
    return Cell(province, sector, Figures(targeted=targeted, reached=reached))


def test_the_nation_is_the_total_of_its_cells() -> None:
    progress = progress_of(nation_of(cell("KR-11", "service", 3, 1), cell("KR-26", "construction", 5, 2)))
    assert (progress.nation.targeted, progress.nation.reached) == (8, 3)


def test_the_nations_share_is_of_the_programmes_target_and_a_provinces_of_its_own() -> None:
    progress = progress_of(nation_of(cell("KR-11", "service", 4, 1), programme=programme_of(10)))
    assert (progress.share, progress.provinces[0].share, progress.sectors[0].share) == (0.1, 0.25, 0.25)


def test_without_a_target_there_is_no_share() -> None:
    progress = progress_of(nation_of(cell("KR-11", None, 0, 0)))
    assert (progress.share, progress.provinces[0].share, progress.weeks) == (None, None, [])


def test_what_is_not_known_yet_stands_last() -> None:
    progress = progress_of(nation_of(cell(None, None, 1, 0), cell("KR-50", "service", 1, 0)))
    assert [part.code for part in progress.provinces] == ["KR-50", None]


def test_every_week_of_the_window_is_there_even_an_empty_one() -> None:
    assert [week.week for week in weeks_of(programme_of(10), [])] == ["2023-W51", "2023-W52"]


def test_a_week_of_the_turn_of_the_year_belongs_to_the_year_of_its_thursday() -> None:
    weeks = weeks_of(programme_of(10), [Day(date(2024, 1, 1), completed=1), Day(date(2023, 1, 1), missed=1)])
    assert (weeks[0].week, weeks[0].missed, weeks[-1].week, weeks[-1].completed) == ("2022-W52", 1, "2024-W01", 1)


@pytest.mark.parametrize(("target", "shares"), [(4, [0.5, 0.75]), (0, [0, 0])])
def test_shares_add_up_from_week_to_week(target: int, shares: list[float]) -> None:
    days = [
        Day(date(2023, 12, 18), reached=1, visited_once=1),
        Day(date(2023, 12, 19), reached=1),
        Day(date(2023, 12, 29), reached=1),
    ]
    weeks = weeks_of(programme_of(target), days)
    assert [week.share for week in weeks] == shares
    assert weeks[0].share_visited_once == (0.25 if target else 0)

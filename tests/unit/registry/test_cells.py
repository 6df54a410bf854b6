"""Cells: from a text to a value, or to a reason in two languages."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from registry.policy.sheets import cells
from registry.policy.sheets.cells import UnreadableError

latitude = cells.degrees(32, 39.5)


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (cells.text, " 대구  광역시 ", "대구 광역시"),
        (cells.needed_text, "주)대화종합건설", "주)대화종합건설"),
        (cells.whole_number, "17", 17),
        (cells.whole_number, " 17 ", 17),
        (cells.whole_number, " ", None),
        (cells.risk, "9", 9),
        (cells.risk, "", None),
        (cells.day, "2023-04-12", date(2023, 4, 12)),
        (cells.day, "20230412", date(2023, 4, 12)),
        (cells.day, "2023-04-12 00:00:00", date(2023, 4, 12)),
        (cells.day, "", None),
        (cells.identity, str(UUID(int=5)), UUID(int=5)),
        (cells.identity, " ", None),
        (cells.business_number, "050-00-20239", "0500020239"),
        (latitude, "37.5", 37.5),
        (latitude, " ", None),
        (latitude, "", None),
        (cells.weekdays, "tue| MON", "mon|tue"),
        (cells.weekdays, "", ""),
        (cells.days, "", ()),
        (cells.days, "2023-08-02| 2023-08-01|2023-08-02", (date(2023, 8, 1), date(2023, 8, 2))),
        (cells.days, "2023-08-31 .. 2023-09-01|20230508", (date(2023, 5, 8), date(2023, 8, 31), date(2023, 9, 1))),
        (cells.days, "2023-08-01..2023-08-01", (date(2023, 8, 1),)),
        (cells.truth, "true", True),
        (cells.truth, " TRUE ", True),
        (cells.truth, "", False),
    ],
)
def test_a_good_cell_is_its_value(read: Callable[[str], object], cell: str, value: object) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (cells.needed_text, "  "),
        (cells.needed_text, "가" * 201),
        (cells.whole_number, "-1"),
        (cells.whole_number, "1.5"),
        (cells.whole_number, "１２"),
        (cells.whole_number, "9" * 16),
        (cells.risk, "0"),
        (cells.risk, "10"),
        (cells.day, "2023-02-30"),
        (cells.day, "2023-04-12번"),
        (cells.identity, "17"),
        (cells.business_number, "050-00-20238"),
        (cells.business_number, "12481"),
        (cells.business_number, "050002023x"),
        (latitude, "127.0"),
        (latitude, "north"),
        (latitude, "nan"),
        (cells.weekdays, "mon|someday"),
        (cells.days, "2023-08-32"),
        (cells.days, "2023-08-01|Chuseok"),
        (cells.days, "2023-08-01 2023-08-02"),
        (cells.days, "2023-08-04..2023-08-01"),
        (cells.days, "2023-08-01.."),
        (cells.days, "..2023-08-01"),
        (cells.days, "2023-08-01..04"),
        (cells.days, "0001-01-01..9999-12-31"),
        (cells.days, "2023-01-01..2023-12-31|2024-01-01..2024-01-02"),
        (cells.truth, "perhaps"),
    ],
)
def test_a_bad_cell_says_why_in_both_languages(read: Callable[[str], object], cell: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(cell)
    assert refused.value.korean
    assert refused.value.english

"""Working days: weekends, public holidays, substitutes, temporary holidays and what was decided later."""

from datetime import date
from pathlib import Path

import pytest

from korea.calendar import OverrideError, Overrides, holidays_of, is_working_day, read_overrides, working_days


def test_the_programme_of_2023_has_177_working_days() -> None:
    days = working_days(date(2023, 4, 12), date(2023, 12, 29))
    assert (len(days), days[0], days[-1]) == (177, date(2023, 4, 12), date(2023, 12, 29))


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2023, 10, 2), id="temporary holiday between Chuseok and Foundation Day"),
        pytest.param(date(2023, 5, 1), id="Labour Day"),
        pytest.param(date(2023, 5, 29), id="substitute for Buddha's Birthday on a Saturday"),
        pytest.param(date(2023, 9, 28), id="eve of Chuseok"),
        pytest.param(date(2023, 10, 9), id="Hangul Day"),
        pytest.param(date(2024, 4, 10), id="election day"),
        pytest.param(date(2023, 7, 1), id="Saturday"),
        pytest.param(date(2023, 7, 2), id="Sunday"),
    ],
)
def test_nobody_visits_on_a_day_off(day: date) -> None:
    assert not is_working_day(day)


def test_an_ordinary_weekday_is_a_working_day() -> None:
    assert is_working_day(date(2023, 10, 4))


def test_a_holiday_decided_later_is_off() -> None:
    added = [date(2023, 11, 1)]
    assert working_days(date(2023, 10, 31), date(2023, 11, 2), added) == (date(2023, 10, 31), date(2023, 11, 2))


def test_a_day_worked_all_the_same_wins_over_weekend_and_holiday() -> None:
    saturday, labour_day = date(2023, 4, 29), date(2023, 5, 1)
    added = [saturday, labour_day]
    assert working_days(saturday, labour_day, holidays_added=[labour_day], workdays_added=added) == tuple(added)


def test_no_day_lies_between_a_last_and_an_earlier_first() -> None:
    assert working_days(date(2023, 5, 4), date(2023, 5, 3)) == ()


def test_holidays_have_names_in_korean_and_english() -> None:
    assert holidays_of(2023)[date(2023, 10, 2)] == "임시공휴일"
    assert holidays_of(2023, "en_US")[date(2023, 10, 2)] == "Temporary Public Holiday"


def test_overrides_are_read_from_csv_and_toml_alike(tmp_path: Path) -> None:
    csv, toml = tmp_path / "days.csv", tmp_path / "days.toml"
    csv.write_text(
        "\ufeffday,kind,name\n2027-03-05,holiday,임시공휴일\n2027-03-06,workday,대체 근무\n", encoding="utf-8"
    )
    toml.write_text(
        '[[day]]\nday = 2027-03-05\nkind = "holiday"\nname = "임시공휴일"\n'
        '[[day]]\nday = "2027-03-06"\nkind = "workday"\n',
        encoding="utf-8",
    )
    assert read_overrides(csv) == read_overrides(toml) == Overrides((date(2027, 3, 5),), (date(2027, 3, 6),))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2027-13-05,holiday,x", "line 2: day must look like"),
        ("2027-03-05,feast,x", "line 2: kind must be"),
        ("2027-03-05,holiday,x\n2027-03-05,workday,x", "line 3: 2027-03-05 is both"),
    ],
)
def test_an_override_that_cannot_be_followed_is_named_by_line(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "days.csv").write_text(f"day,kind,name\n{line}\n", encoding="utf-8")
    with pytest.raises(OverrideError, match=said):
        read_overrides(tmp_path / "days.csv")

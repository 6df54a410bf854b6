"""Rows of enterprises: our template, and the pension service's list."""

from datetime import date
from uuid import UUID

import pytest

from registry.model.enterprises import Reading
from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import bind
from registry.policy.sheets.enterprises import SHEETS

GOOD = {
    "enterprise_id": "",
    "name": "합성-가람정밀",
    "business_number": "050-00-20239",
    "industry_code": "C25924",
    "industry_code_system": "KSIC-10",
    "headcount": "9",
    "contract_value_won": "",
    "province": "KR-41",
    "district": "41111",
    "address": "경기도 수원시  합성로 1",
    "latitude": "37.3",
    "longitude": "127.0",
    "risk": "4",
    "open_from": "2023-03-01",
    "open_until": "2023-06-30",
    "closed_weekdays": "mon",
    "closed_days": "2023-08-01..2023-08-03",
    "synthetic": "true",
    "closed_on": "",
}
LISTED = {
    "사업장명": "(주))합성개발",
    "사업자등록번호": "502812",
    "사업장가입상태코드 1 등록 2 탈퇴": "1",
    "사업장도로명상세주소": "대구광역시 동구 화랑로108길",
    "사업장지번상세주소": "대구광역시 동구 용계동",
    "법정동주소광역시도코드": "27",
    "법정동주소광역시시군구코드": "140",
    "사업장업종코드": "452102",
    "가입자수": "6",
    "탈퇴일자": "",
}


def read(row: dict[str, str], **changed: str) -> Reading:
    said = row | changed
    return bind(SHEETS, list(said)).read(list(said.values()))


def test_a_template_row_is_an_enterprise() -> None:
    found = read(GOOD)
    assert found.enterprise.industry_code == "C25924"
    assert (found.enterprise.business_number, found.enterprise.address) == ("0500020239", "경기도 수원시 합성로 1")
    assert (found.enterprise.is_synthetic, found.enterprise.is_placed, found.is_closed) == (True, False, False)


def test_an_id_of_the_senders_own_is_kept() -> None:
    assert read(GOOD, enterprise_id=str(UUID(int=7))).enterprise_id == UUID(int=7)


def test_without_coordinates_the_enterprise_is_still_to_be_placed() -> None:
    found = read(GOOD, latitude="", longitude="")
    assert (found.enterprise.latitude, found.enterprise.is_placed) == (None, True)


def test_a_missing_province_follows_from_the_district() -> None:
    assert read(GOOD, province="").enterprise.province == "KR-41"


def test_the_days_on_which_an_enterprise_is_closed_are_read_one_by_one() -> None:
    assert read(GOOD).enterprise.closed_days == tuple(date(2023, 8, day) for day in (1, 2, 3))
    assert read(GOOD, closed_days="").enterprise.closed_days == ()


def test_a_row_with_a_closing_day_is_closed() -> None:
    found = read(GOOD, closed_on="2023-07-01")
    assert (found.is_closed, found.closed_on) == (True, date(2023, 7, 1))


@pytest.mark.parametrize(
    ("changed", "columns"),
    [
        ({"industry_code_system": "KSIC-9"}, "industry_code_system"),
        ({"industry_code": "제조"}, "industry_code"),
        ({"industry_code": "2"}, "industry_code"),
        ({"district": "99999"}, "district"),
        ({"district": "411"}, "district"),
        ({"province": "KR-11"}, "province|district"),
        ({"latitude": ""}, "latitude|longitude"),
        ({"open_until": "2023-02-01"}, "open_from|open_until"),
        ({"closed_days": "2023-08-01|2023-13-01"}, "closed_days"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(changed: dict[str, str], columns: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(GOOD, **changed)
    assert refused.value.columns == columns


def test_works_with_one_date_only_are_no_contradiction() -> None:
    assert read(GOOD, open_until="").enterprise.open_until is None
    assert read(GOOD, open_from="").enterprise.open_from is None


def test_a_listed_workplace_is_an_enterprise_of_the_tax_services_code_system() -> None:
    found = read(LISTED)
    assert (found.enterprise.industry_code, found.enterprise.industry_code_system) == ("452102", "NTS")
    assert (found.enterprise.district, found.enterprise.province) == ("27140", "KR-27")
    assert (found.enterprise.headcount, found.enterprise.contract_value_won) == (6, None)


def test_the_provinces_codes_are_not_those_of_the_provinces_abroad() -> None:
    jeju = read(LISTED, 법정동주소광역시도코드="50", 법정동주소광역시시군구코드="110")
    sejong = read(LISTED, 법정동주소광역시도코드="36", 법정동주소광역시시군구코드="110")
    assert (jeju.enterprise.province, sejong.enterprise.province) == ("KR-49", "KR-50")


def test_a_lot_address_does_where_the_road_is_missing() -> None:
    assert read(LISTED, 사업장도로명상세주소="").enterprise.address == "대구광역시 동구 용계동"


def test_next_months_row_is_the_same_enterprise() -> None:
    assert read(LISTED, 가입자수="7").enterprise_id == read(LISTED).enterprise_id
    assert read(LISTED, 사업자등록번호="502812****").enterprise_id == read(LISTED).enterprise_id


def test_the_same_six_digits_do_not_make_two_workplaces_one() -> None:
    assert read(LISTED, 사업장명="합성전선").enterprise_id != read(LISTED).enterprise_id


def test_an_agencys_own_row_about_a_listed_workplace_finds_it() -> None:
    listed = read(
        LISTED, 사업장명="합성-가람정밀", 사업자등록번호="050002", 사업장도로명상세주소="경기도 수원시 합성로 1"
    )
    assert read(GOOD).enterprise_id == listed.enterprise_id


@pytest.mark.parametrize(("code", "kept"), [("", "000000"), ("11000", "011000"), ("999999", "999999")])
def test_an_industry_code_may_be_unknown_or_have_lost_its_zero(code: str, kept: str) -> None:
    assert read(LISTED, 사업장업종코드=code).enterprise.industry_code == kept


def test_state_two_is_closed_on_the_day_it_left() -> None:
    state = {"사업장가입상태코드 1 등록 2 탈퇴": "2"}
    assert read(LISTED | state, 탈퇴일자="2025-06-01").closed_on == date(2025, 6, 1)
    assert read(LISTED | state, 탈퇴일자="0001-01-01").closed_on is None
    assert read(LISTED | state).is_closed


@pytest.mark.parametrize(
    ("changed", "columns"),
    [
        ({"사업자등록번호": "5028"}, "business_number"),
        ({"사업장가입상태코드 1 등록 2 탈퇴": "3"}, "state"),
        ({"사업장업종코드": "A1"}, "industry_code"),
        ({"사업장도로명상세주소": "", "사업장지번상세주소": ""}, "road|lot"),
        ({"법정동주소광역시시군구코드": "999"}, "province|district"),
    ],
)
def test_a_listed_row_that_cannot_be_used_says_why(changed: dict[str, str], columns: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(LISTED | changed)
    assert refused.value.columns == columns

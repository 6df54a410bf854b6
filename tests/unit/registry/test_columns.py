"""Headers: columns are told by name, and what is missing is named."""

from pathlib import Path

import pytest

from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import HeaderError, bind
from registry.policy.sheets.enterprises import SHEETS, says_of
from registry.policy.sheets.pension import PENSION, SAYS

MONTHLY = [
    "사업장명,사업자등록번호,사업장가입상태코드,사업장도로명상세주소,법정동주소광역시도코드,법정동주소광역시시군구코드,"
    "사업장업종코드,가입자수",
    " 사업장명,\t사업자등록번호,사업장가입상태코드 1 등록 2 탈퇴,사업장지번상세주소,법정동주소광역시도코드,"
    "법정동주소광역시시군구코드,사업장업종코드,가입자수",
    "사업장명 WKPL_NM VARCHAR(100),사업자등록번호 BZOWR_RGST_NO VARCHAR(10),WKPL_JNNG_STCD,"
    "WKPL_ROAD_NM_DTL_ADDR VARCHAR(300),LDONG_ADDR_MGPL_DG_CD,LDONG_ADDR_MGPL_SGGU_CD,"
    "사업장업종코드 WKPL_INTP_CD,JNNGP_CNT(가입자수)",
]
TEMPLATE = "name,business_number,industry_code,industry_code_system,district,address"


@pytest.mark.parametrize("header", MONTHLY)
def test_the_pension_services_header_is_known_in_whatever_month(header: str) -> None:
    bound = bind(SHEETS, header.split(","))
    assert (bound.sheet, says_of(bound)) == (PENSION, SAYS)


def test_a_code_and_its_name_are_two_columns() -> None:
    bound = bind(SHEETS, [*MONTHLY[0].split(","), "사업장업종코드명"])
    assert {"industry_code", "industry_name"} <= bound.says


def test_a_missing_column_is_named_as_its_source_names_it() -> None:
    with pytest.raises(HeaderError, match="가입자수") as refused:
        bind(SHEETS, MONTHLY[0].split(",")[:-1])
    assert refused.value.missing == ("가입자수",)


def test_an_address_of_either_kind_is_needed() -> None:
    header = [name for name in MONTHLY[0].split(",") if "주소" not in name or "법정동" in name]
    with pytest.raises(HeaderError) as refused:
        bind(SHEETS, header)
    assert refused.value.missing == ("사업장도로명상세주소 | 사업장지번상세주소",)


def test_a_template_that_lacks_a_column_says_which() -> None:
    with pytest.raises(HeaderError) as refused:
        bind(SHEETS, TEMPLATE.replace("district,", "").split(","))
    assert refused.value.missing == ("district",)


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(UnreadableError, match="twice"):
        bind(SHEETS, [*TEMPLATE.split(","), "name"])


def test_a_file_says_nothing_about_columns_that_it_lacks() -> None:
    bare, placed = bind(SHEETS, TEMPLATE.split(",")), bind(SHEETS, [*TEMPLATE.split(","), "latitude", "longitude"])
    assert "is_placed" not in says_of(bare)
    assert {"latitude", "longitude", "is_placed"} <= says_of(placed)


def test_columns_nobody_asked_for_are_passed_over_and_named() -> None:
    bound = bind(SHEETS, ["memo", *TEMPLATE.split(","), "reason_ko"])
    assert bound.ignored == ["memo"]


def test_a_row_with_too_few_cells_is_refused() -> None:
    with pytest.raises(UnreadableError, match="has 2 cells, the header has 6"):
        bind(SHEETS, TEMPLATE.split(",")).read(["a", "b"])


def test_every_bad_cell_of_a_row_is_named_at_once() -> None:
    with pytest.raises(UnreadableError) as refused:
        bind(SHEETS, TEMPLATE.split(",")).read(["", "1", "25924", "KSIC-9", "41111", "어딘가"])
    assert refused.value.columns == "name|business_number|industry_code_system"


def test_the_digest_counts_only_what_is_read() -> None:
    bound = bind(SHEETS, ["memo", *TEMPLATE.split(",")])
    row = ["1", "가람", "050-00-20239", "25924", "KSIC-10", "41111", "수원"]
    assert bound.digest(row) == bound.digest(["2", *row[1:]])
    assert bound.digest(row) != bound.digest([*row[:6], "화성"])
    assert bound.digest(row) != bind(SHEETS, [*TEMPLATE.split(","), "risk"]).digest([*row[1:], ""])


def test_the_published_sample_is_read_whole() -> None:
    sample = Path(__file__).with_name("pension-sample.csv").read_text("utf-8-sig").splitlines()
    bound = bind(SHEETS, sample[0].split(","))
    rows = [bound.read(line.split(",")) for line in sample[1:]]
    assert {row.enterprise.industry_code_system for row in rows} == {"NTS"}
    assert len({row.enterprise_id for row in rows}) == len(rows)

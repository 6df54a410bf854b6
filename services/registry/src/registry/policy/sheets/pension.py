"""The National Pension Service's list of workplaces, as it is downloaded from the public data portal.

Its header changes from month to month: explanations of codes, blanks, and English codes with SQL types come and go.
Its numbers have six digits of ten, and its industries are coded by the tax service's system.
"""

from datetime import date

from korea.districts import province_of_district
from registry.model.enterprises import Enterprise, Reading
from registry.policy.sheets.cells import UnreadableError, day, needed_text, text, whole_number
from registry.policy.sheets.columns import Column, Sheet, Values
from registry.policy.sheets.identity import identity_of

UNKNOWN_INDUSTRY = "000000"
SAYS = frozenset({
    "name", "business_number", "address", "industry_code", "industry_code_system", "headcount", "province", "district",
})  # fmt: skip
"""The fields of an enterprise that the list knows; it has neither coordinates nor contract values."""


def six_digits(cell: str) -> str:
    """The published part of a business number: the other four may be masked."""
    said = cell.strip().replace("-", "").rstrip("*")[:6]
    if not (len(said) == 6 and said.isdecimal()):
        raise UnreadableError(
            f"사업자등록번호 앞 6자리가 아닙니다: {cell}", f"is no six digits of a business number: {cell}"
        )
    return said


def is_withdrawn(cell: str) -> bool:
    """State 2: the workplace has left the pension scheme."""
    said = cell.strip()
    if said not in ("1", "2"):
        raise UnreadableError(f"가입상태가 1(등록)도 2(탈퇴)도 아닙니다: {said}", f"is neither 1 nor 2: {said}")
    return said == "2"


def industry(cell: str) -> str:
    """Six digits of the tax service; empty means unknown, as 999999 and 000000 do."""
    said = cell.strip()
    if not said:
        return UNKNOWN_INDUSTRY
    if not (said.isdecimal() and len(said) in (5, 6)):
        raise UnreadableError(f"업종코드 6자리가 아닙니다: {said}", f"is no six-digit industry code: {said}")
    return said.zfill(6)  # spreadsheets drop a leading zero


def withdrawn_on(cell: str) -> date | None:
    """A date; the service writes the year 1 for none."""
    said = day(cell)
    return said if said and said.year > 1900 else None


def _enterprise(values: Values) -> Reading:
    name, number, is_closed, road, lot, province, rest, code, heads, left_on, _ = values
    address = road or lot
    if not address:
        raise UnreadableError("도로명주소도 지번주소도 없습니다", "has neither a road nor a lot address", "road|lot")
    district = province + rest
    found = province_of_district(district)
    if not found:
        raise UnreadableError(
            f"법정동 시군구 코드가 아닙니다: {district}", f"is no district: {district}", "province|district"
        )
    state = Enterprise(
        *(name, number, address, code, "NTS", heads, None, found, district),
        *(None, None, True, None, None, None, "", (), "", False),
    )
    left = left_on if is_closed else None
    return Reading(identity_of(number, name, address), state, None, None, is_closed, left)


PENSION = Sheet(
    "pension",
    (
        Column("name", needed_text, prefixes=("사업장명",), code="WKPL_NM"),
        Column("business_number", six_digits, prefixes=("사업자등록번호",), code="BZOWR_RGST_NO"),
        Column("state", is_withdrawn, prefixes=("사업장가입상태코드", "가입상태"), code="WKPL_JNNG_STCD"),
        Column("road", text, is_needed=False, prefixes=("사업장도로명상세주소",), code="WKPL_ROAD_NM_DTL_ADDR"),
        Column("lot", text, is_needed=False, prefixes=("사업장지번상세주소",), code="WKPL_LTNO_DTL_ADDR"),
        Column("province", str.strip, prefixes=("법정동주소광역시도코드",), code="LDONG_ADDR_MGPL_DG_CD"),
        Column("district", str.strip, prefixes=("법정동주소광역시시군구코드",), code="LDONG_ADDR_MGPL_SGGU_CD"),
        Column("industry_code", industry, prefixes=("사업장업종코드",), code="WKPL_INTP_CD"),
        Column("headcount", whole_number, prefixes=("가입자수",), code="JNNGP_CNT"),
        Column("left_on", withdrawn_on, is_needed=False, prefixes=("탈퇴일자",), code="SCSN_DT"),
        Column("industry_name", text, is_needed=False, prefixes=("사업장업종코드명",), code="VLDT_VL_KRN_NM"),
    ),
    _enterprise,
    either=(("road", "lot"),),
)

"""Our own template of enterprises: a row for each worksite."""

from datetime import date
from typing import get_args

from events.contracts.registry import IndustryCodeSystem
from korea.districts import province_of_district
from registry.model.enterprises import Enterprise, Reading
from registry.policy.sheets.cells import (
    UnreadableError,
    business_number,
    day,
    days,
    degrees,
    identity,
    needed_text,
    risk,
    text,
    truth,
    weekdays,
    whole_number,
)
from registry.policy.sheets.columns import Column, Sheet, Values
from registry.policy.sheets.identity import identity_of

CODE_SYSTEMS = get_args(IndustryCodeSystem)


def code_system(cell: str) -> str:
    """A code system of industries."""
    said = cell.strip()
    if said not in CODE_SYSTEMS:
        systems = ", ".join(CODE_SYSTEMS)
        raise UnreadableError(f"산업분류 체계({systems})가 아닙니다: {said}", f"is none of {systems}: {said}")
    return said


def industry_code(cell: str) -> str:
    """Two to six digits, with the section's letter or without."""
    said = cell.strip().upper()
    digits = said[1:] if said[:1].isalpha() else said
    if not (2 <= len(digits) <= 6 and digits.isdecimal() and digits.isascii()):
        raise UnreadableError(f"산업분류 코드가 아닙니다: {said}", f"is no industry code: {said}")
    return said


def district_code(cell: str) -> str:
    """A district's five digits in the legal-district code system."""
    said = cell.strip()
    if not province_of_district(said):
        raise UnreadableError(f"법정동 시군구 코드 5자리가 아닙니다: {said}", f"is no five-digit district code: {said}")
    return said


def _enterprise(values: Values) -> Reading:
    (
        enterprise_id, name, number, code, system, headcount, contract_value, province, district, address, latitude,
        longitude, found_risk, opens, closes, closed, closed_days, preferred, is_synthetic, registered_on, changed_on,
        closed_on,
    ) = values  # fmt: skip
    found = province_of_district(district)
    if province and province != found:
        raise UnreadableError(
            f"시군구 {district}은(는) {found}에 있는데 시도는 {province}입니다",
            f"district {district} lies in {found}, the province says {province}",
            "province|district",
        )
    if (latitude is None) != (longitude is None):
        raise UnreadableError("위도와 경도 가운데 하나만 있습니다", "only one of two coordinates", "latitude|longitude")
    _refuse_if_over_before_it_begins(opens, closes)
    state = Enterprise(
        name, number, address, code, system, headcount, contract_value, found, district, latitude, longitude,
        latitude is None, found_risk, opens, closes, closed, closed_days, preferred, is_synthetic,
    )  # fmt: skip
    return Reading(
        enterprise_id or identity_of(number, name, address),
        state,
        registered_on,
        changed_on,
        closed_on is not None,
        closed_on,
    )


def _refuse_if_over_before_it_begins(opens: date | None, closes: date | None) -> None:
    if opens and closes and closes < opens:
        raise UnreadableError(
            f"공사가 시작({opens}) 전에 끝납니다: {closes}",
            f"the works end on {closes}, before they begin on {opens}",
            "open_from|open_until",
        )


TEMPLATE = Sheet(
    "template",
    (
        Column("enterprise_id", identity, is_needed=False),
        Column("name", needed_text),
        Column("business_number", business_number),
        Column("industry_code", industry_code),
        Column("industry_code_system", code_system),
        Column("headcount", whole_number, is_needed=False),
        Column("contract_value_won", whole_number, is_needed=False),
        Column("province", str.strip, is_needed=False),
        Column("district", district_code),
        Column("address", text),
        Column("latitude", degrees(32, 39.5), is_needed=False),
        Column("longitude", degrees(124, 132.5), is_needed=False),
        Column("risk", risk, is_needed=False),
        Column("open_from", day, is_needed=False),
        Column("open_until", day, is_needed=False),
        Column("closed_weekdays", weekdays, is_needed=False),
        Column("closed_days", days, is_needed=False),
        Column("preferred_weekdays", weekdays, is_needed=False),
        Column("is_synthetic", truth, is_needed=False, prefixes=("synthetic", "is_synthetic")),
        Column("registered_on", day, is_needed=False),
        Column("changed_on", day, is_needed=False),
        Column("closed_on", day, is_needed=False),
    ),
    _enterprise,
)

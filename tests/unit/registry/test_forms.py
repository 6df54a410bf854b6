"""Sheets of agencies and managers: the same checks as for things sent one by one, in two languages."""

from uuid import UUID

import pytest

from registry.model.agencies import Application
from registry.model.managers import Attendance
from registry.policy.sentences import named, of_fault
from registry.policy.sheets.cells import UnreadableError
from registry.policy.sheets.columns import HeaderError, bind
from registry.policy.sheets.forms import sheet_of


def test_a_row_becomes_the_noun() -> None:
    bound = bind([sheet_of(Attendance, "attendance")], ["day", "manager_id", "attended", "synthetic"])
    assert bound.read(["2023-04-04", str(UUID(int=3)), "true", "true"]).attended
    assert bound.ignored == ["synthetic"]


def test_fields_without_a_default_are_needed_columns() -> None:
    with pytest.raises(HeaderError) as refused:
        bind([sheet_of(Application, "agencies")], ["agency_id", "name"])
    assert "business_number" in refused.value.missing
    assert "provinces" not in refused.value.missing


def test_every_fault_of_a_row_is_named_in_both_languages() -> None:
    header = ["agency_id", "name", "business_number", "sectors", "provinces", "latitude", "longitude"]
    row = [str(UUID(int=2)), "합성", "123", "farming", "KR-99", "91", ""]
    with pytest.raises(UnreadableError) as refused:
        bind([sheet_of(Application, "agencies")], header).read(row)
    assert refused.value.columns == "business_number|sectors.0|provinces.0|latitude|longitude"
    assert "검증 번호" in refused.value.korean
    assert "check digit" in refused.value.english


def test_only_nouns_with_fields_make_sheets() -> None:
    with pytest.raises(TypeError, match="int has no fields"):
        sheet_of(int, "numbers")


def test_a_fault_that_nobody_foresaw_still_has_sentences() -> None:
    assert of_fault({"type": "new_in_pydantic", "msg": "odd"}) == ("값이 올바르지 않습니다", "odd")
    assert of_fault({"type": "value_error", "msg": "odd"}) == ("값이 올바르지 않습니다", "is not valid")
    assert named(()) == "row"

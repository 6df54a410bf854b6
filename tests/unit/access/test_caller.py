"""Scopes: what each role may see."""

import pytest

from access.caller import Caller, Role

OURS, THEIRS = "0b8f3d1e-0000-5000-8000-000000000001", "0b8f3d1e-0000-5000-8000-000000000002"


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        ("officer", True, True),
        ("service", True, True),
        ("agency", True, False),
        ("manager", True, False),
        ("operator", False, False),
    ],
)
def test_each_role_sees_its_own_agencies(role: Role, own: bool, other: bool) -> None:
    caller = Caller("x", (role,), OURS)
    assert (caller.may_see_agency(OURS), caller.may_see_agency(THEIRS)) == (own, other)


def test_an_agency_whose_caller_names_none_is_not_seen() -> None:
    assert not Caller("x", ("agency",)).may_see_agency("None")


def test_a_manager_sees_themselves_and_no_colleague() -> None:
    caller = Caller("me", ("manager",), OURS)
    assert caller.may_see_manager("me", OURS)
    assert not caller.may_see_manager("colleague", OURS)
    assert not caller.may_see_manager("me", THEIRS)


def test_an_office_sees_its_managers_and_nobody_elses() -> None:
    office = Caller("office", ("agency", "manager"), OURS)
    assert office.may_see_manager("anyone", OURS)
    assert not office.may_see_manager("anyone", THEIRS)


def test_provinces_limit_only_who_has_some() -> None:
    assert Caller("x", ("officer",)).may_see_province("KR-41")
    regional = Caller("x", ("officer",), provinces=("KR-26", "KR-48"))
    assert (regional.may_see_province("KR-26"), regional.may_see_province("KR-41")) == (True, False)

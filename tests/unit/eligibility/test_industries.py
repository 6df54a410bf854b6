"""Industry codes of both systems, at the edges of every sector."""

import pytest

from eligibility.industries import target_of
from events.contracts.registry import IndustryCodeSystem


@pytest.mark.parametrize(
    ("system", "code", "target"),
    [
        ("KSIC-10", "03211", "no_target"),  # fishing
        ("KSIC-10", "08000", "no_target"),  # mining support
        ("KSIC-10", "10110", "manufacturing"),
        ("KSIC-10", "34020", "manufacturing"),
        ("KSIC-10", "C25111", "manufacturing"),  # with its section's letter
        ("KSIC-10", "35114", "no_target"),  # electricity
        ("KSIC-10", "41112", "construction"),
        ("KSIC-10", "42", "construction"),
        ("KSIC-10", "45110", "service"),
        ("KSIC-10", "96129", "service"),
        ("KSIC-10", "84111", "no_target"),  # public administration
        ("KSIC-10", "97000", "no_target"),  # households
        ("NTS", "011000", "no_target"),
        ("NTS", "141000", "no_target"),
        ("NTS", "151100", "manufacturing"),
        ("NTS", "372100", "manufacturing"),
        ("NTS", "402001", "no_target"),  # gas supply
        ("NTS", "452104", "construction"),
        ("NTS", "501100", "service"),
        ("NTS", "930301", "service"),
        ("NTS", "751100", "no_target"),  # public administration
    ],
)
def test_a_code_belongs_to_its_systems_sector(system: IndustryCodeSystem, code: str, target: str) -> None:
    assert target_of(system, code) == target


def test_the_same_digits_mean_different_sectors_in_different_systems() -> None:
    assert target_of("KSIC-10", "451010") == "service"
    assert target_of("NTS", "451010") == "construction"


@pytest.mark.parametrize("code", ["999999", "000000", "", "  ", "7", "x1234", "C", "43", "1²"])
def test_a_code_that_does_not_tell_is_unknown_and_no_error(code: str) -> None:
    assert target_of("NTS", code) is None
    assert target_of("KSIC-10", code) is None

"""From an industry code to a sector, for each code system that an enterprise may come with.

Sources: KSIC-10 is Statistics Korea's Korean Standard Industrial Classification, 10th revision (notice 2017-13), whose
first two digits are the division. NTS is the six-digit business code that the National Tax Service prints in the
pension service's list of workplaces; its first two digits follow an older classification. What the press release
calls a "service enterprise" are the sections G to S of KSIC-10 without O, public administration; farming, mining,
utilities, households and international bodies are none of its three sectors.
"""

from typing import Literal

from events.contracts.registry import IndustryCodeSystem, Sector

NO_TARGET: Literal["no_target"] = "no_target"
Target = Sector | Literal["no_target"]

_DIVISIONS: dict[IndustryCodeSystem, tuple[tuple[int, int, Target], ...]] = {
    "KSIC-10": (
        (1, 3, NO_TARGET),  # A agriculture, forestry and fishing
        (5, 8, NO_TARGET),  # B mining and quarrying
        (10, 34, "manufacturing"),  # C manufacturing
        (35, 35, NO_TARGET),  # D electricity, gas, steam
        (36, 39, NO_TARGET),  # E water, sewage, waste
        (41, 42, "construction"),  # F construction
        (45, 47, "service"),  # G wholesale and retail
        (49, 52, "service"),  # H transport and storage
        (55, 56, "service"),  # I accommodation and food
        (58, 63, "service"),  # J information and communication
        (64, 66, "service"),  # K finance and insurance
        (68, 68, "service"),  # L real estate
        (70, 73, "service"),  # M professional, scientific and technical
        (74, 76, "service"),  # N facilities, business support, rental
        (84, 84, NO_TARGET),  # O public administration and defence
        (85, 85, "service"),  # P education
        (86, 87, "service"),  # Q health and social work
        (90, 91, "service"),  # R arts, sports, leisure
        (94, 96, "service"),  # S associations, repair, personal services
        (97, 98, NO_TARGET),  # T households
        (99, 99, NO_TARGET),  # U international bodies
    ),
    "NTS": (
        (1, 5, NO_TARGET),  # farming, forestry, fishing
        (10, 14, NO_TARGET),  # mining
        (15, 37, "manufacturing"),
        (40, 41, NO_TARGET),  # electricity, gas, water
        (45, 45, "construction"),
        (50, 74, "service"),  # trade, lodging, transport, finance, real estate, business services
        (75, 75, NO_TARGET),  # public administration
        (76, 98, "service"),  # education, health, leisure, personal services
        (99, 99, NO_TARGET),  # international bodies; 999999 itself means unknown
    ),
}
_MEANS_UNKNOWN = frozenset({"999999", "000000"})  # the tax service's own signs for "no code on file"

_TARGETS: dict[IndustryCodeSystem, dict[int, Target]] = {
    system: {division: target for first, last, target in ranges for division in range(first, last + 1)}
    for system, ranges in _DIVISIONS.items()
}


def target_of(system: IndustryCodeSystem, code: str) -> Target | None:
    """The sector that a code belongs to, or that it is none of the three; None when the code does not tell."""
    # A KSIC code may carry its section's letter ("C25111"), as Statistics Korea prints it.
    digits = code.strip().lstrip("ABCDEFGHIJKLMNOPQRSTU")
    if digits in _MEANS_UNKNOWN or not digits[:2].isdecimal() or len(digits) < 2:
        return None
    return _TARGETS[system].get(int(digits[:2]))

"""A shortfall told to people: how many visits nobody can make, where, and how many managers would end it."""

from dataclasses import asdict
from typing import Any

from rich.console import Console

from korea.provinces import PROVINCES
from scheduling.planfiles.tables import show
from scheduling.planner.model import SECTORS
from scheduling.planner.repair import Repair
from scheduling.planner.shortfall import NO_MONTH, Certificate, Missing

SHOWN = 20


def certificate(console: Console, proof: Certificate, unscheduled: int, by_whom: str = "by anyone") -> None:
    """The shortfall, its proof and its repair, and how near the plan comes to it; the reserve is nobody's room."""
    if not proof.unserved:
        console.print(
            "No shortfall is certain: the room of every sector, province and span of days suffices on paper, also "
            "while the reserve is kept."
        )
        return
    console.print(
        f"At least {proof.unserved:,} visits cannot be made {by_whom} while the reserve is kept: of "
        f"{proof.demanded:,} visits all but {proof.elsewhere:,} fall to agencies and days with room for "
        f"{proof.capacity:,}. "
        f"The plan leaves {unscheduled:,}: {unscheduled - proof.unserved:,} more than the bound "
        f"({unscheduled / proof.unserved:.3f} times)."
    )
    _missing(console, sorted(proof.missing, key=lambda each: -each.visits))
    if proof.repairs:
        console.print(
            f"No fewer than {proof.managers_bound:,} more managers, at agencies of the kinds there are, can end it. "
            f"{proof.managers_needed:,} do, as follows: with them the same flow leaves {proof.unserved_then:,} visits."
        )
        _repairs(console, proof.repairs)
    if proof.unserved_then:
        console.print(f"{proof.unserved_then:,} visits no manager can make: their enterprises have no day left.")


def _missing(console: Console, missing: list[Missing]) -> None:
    show(console, ("province", "sector", "month", "visits missing"), [
        (_province(one.province), SECTORS[one.sector], str(_month(one.month) or "no day left"), f"{one.visits:,}")
        for one in missing[:SHOWN]
    ])  # fmt: skip
    rest = missing[SHOWN:]
    if rest:
        visits = sum(one.visits for one in rest)
        console.print(f"… and {len(rest):,} more, with {visits:,} visits; --json names them all.")


def _repairs(console: Console, repairs: list[Repair]) -> None:
    show(console, ("province", "at agencies for", "managers"), [
        (_province(one.province), ", ".join(sectors_of(one.sectors)), f"{one.managers:,}") for one in repairs
    ])  # fmt: skip


def _province(number: int) -> str:
    return f"{PROVINCES[number].short_korean} {PROVINCES[number].english}"


def _month(number: int) -> int | None:
    return None if number == NO_MONTH else number % 12 + 1


def sectors_of(bits: int) -> list[str]:
    """The names of a set of sectors."""
    return [name for number, name in enumerate(SECTORS) if bits >> number & 1]


def certificate_as_json(proof: Certificate) -> dict[str, Any]:
    """The proof with codes in place of numbers; months are calendar months, null where no day is open."""
    missing = [
        {"province": PROVINCES[one.province].code, "sector": SECTORS[one.sector], "month": _month(one.month),
         "visits": one.visits}
        for one in proof.missing
    ]  # fmt: skip
    repairs = [
        {"province": PROVINCES[one.province].code, "sectors": sectors_of(one.sectors), "managers": one.managers}
        for one in proof.repairs
    ]
    return asdict(proof) | {"missing": missing, "repairs": repairs}

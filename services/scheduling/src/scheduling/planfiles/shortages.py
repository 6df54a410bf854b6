"""A shortfall told to people: how many visits nobody can make, where, and how many managers would end it."""

from dataclasses import asdict
from typing import Any

from rich.console import Console

from korea.provinces import PROVINCES
from scheduling.both import Both
from scheduling.planfiles.tables import show
from scheduling.planner.model import SECTORS
from scheduling.planner.repair import Repair
from scheduling.planner.shortfall import NO_MONTH, Certificate, Missing

SHOWN = 20
BY_ANYONE = Both("누구도", "by anyone")
BY_THE_NEAREST = Both("가장 가까운 관리자들이", "by the managers nearest to it")
SECTORS_TOLD = tuple(map(Both, ("제조업", "건설업", "서비스업"), SECTORS))
PROVINCE, SECTOR, MONTH = Both("시도", "province"), Both("업종", "sector"), Both("월", "month")
VISITS_MISSING, NO_DAY_LEFT = Both("부족한 방문", "visits missing"), Both("남은 날 없음", "no day left")
AT_AGENCIES_FOR, MANAGERS = Both("기관의 업종", "at agencies for"), Both("관리자 수", "managers")


def certificate(console: Console, proof: Certificate, unscheduled: int, by_whom: Both = BY_ANYONE) -> None:
    """The shortfall, its proof and its repair, and how near the plan comes to it; the reserve is nobody's room."""
    if not proof.unserved:
        console.print(NONE_CERTAIN.lines)
        return
    console.print(_proved(proof, unscheduled, by_whom).lines)
    _missing(console, sorted(proof.missing, key=lambda each: -each.visits))
    if proof.repairs:
        console.print(_ended(proof).lines)
        _repairs(console, proof.repairs)
    if proof.hopeless:
        console.print(_hopeless(f"{proof.hopeless:,}").lines)
    if unsure := proof.unserved_then - proof.hopeless:
        console.print(_unsure(f"{unsure:,}").lines)


NONE_CERTAIN = Both(
    "확실한 부족은 없습니다. 예비일을 남겨 두어도 모든 업종, 시도, 기간의 방문 가능량이 계산으로는 충분합니다.",
    "No shortfall is certain: the room of every sector, province and span of days suffices on paper, also "
    "while the reserve is kept.",
)


def _proved(proof: Certificate, unscheduled: int, by_whom: Both) -> Both:
    more, times = f"{unscheduled - proof.unserved:,}", f"{unscheduled / proof.unserved:.3f}"
    return Both(
        f"예비일을 남겨 두면 적어도 방문 {proof.unserved:,}건은 {by_whom.ko} 할 수 없습니다. "
        f"방문 {proof.demanded:,}건 가운데 {proof.elsewhere:,}건을 뺀 나머지가 "
        f"방문 가능량이 {proof.capacity:,}건뿐인 기관과 날짜에 몰립니다. "
        f"이 계획에서 날짜가 없는 방문은 {unscheduled:,}건으로, 하한보다 {more}건 많습니다({times}배).",
        f"At least {proof.unserved:,} visits cannot be made {by_whom.en} while the reserve is kept: of "
        f"{proof.demanded:,} visits all but {proof.elsewhere:,} fall to agencies and days with room for "
        f"{proof.capacity:,}. The plan leaves {unscheduled:,}: {more} more than the bound ({times} times).",
    )


def _ended(proof: Certificate) -> Both:
    bound, needed, left = f"{proof.managers_bound:,}", f"{proof.managers_needed:,}", f"{proof.unserved_then:,}"
    return Both(
        f"지금 있는 종류의 기관에 관리자를 적어도 {bound}명 더 두어야 부족이 없어집니다. "
        f"다음과 같이 {needed}명을 두면 됩니다. 그러면 같은 계산으로 방문 {left}건이 남습니다.",
        f"No fewer than {bound} more managers, at agencies of the kinds there are, can end it. "
        f"{needed} do, as follows: with them the same flow leaves {left} visits.",
    )


def _hopeless(visits: str) -> Both:
    return Both(
        f"방문 {visits}건은 어느 관리자도 할 수 없습니다. 그 사업장에는 남은 날이 없습니다.",
        f"{visits} visits no manager can make: their enterprises have no day left.",
    )


def _unsure(visits: str) -> Both:
    return Both(
        f"관리자를 더 두어 방문 {visits}건을 더 할 수 있는지는 그 관리자의 예비일이 언제인지에 달려 있습니다.",
        f"Whether more managers can make another {visits} depends on the days of their reserve.",
    )


def _missing(console: Console, missing: list[Missing]) -> None:
    show(console, (PROVINCE, SECTOR, MONTH, VISITS_MISSING), [
        (_province(one.province), SECTORS_TOLD[one.sector].label, str(_month(one.month) or NO_DAY_LEFT.label),
         f"{one.visits:,}")
        for one in missing[:SHOWN]
    ])  # fmt: skip
    rest = missing[SHOWN:]
    if rest:
        count, visits = f"{len(rest):,}", f"{sum(one.visits for one in rest):,}"
        console.print(
            Both(
                f"이 밖에 {count}줄, 방문 {visits}건이 더 있습니다. --json에는 모두 나옵니다.",
                f"… and {count} more, with {visits} visits; --json names them all.",
            ).lines
        )


def _repairs(console: Console, repairs: list[Repair]) -> None:
    show(console, (PROVINCE, AT_AGENCIES_FOR, MANAGERS), [
        (_province(one.province), ", ".join(name.label for name in sectors_of(one.sectors)), f"{one.managers:,}")
        for one in repairs
    ])  # fmt: skip


def _province(number: int) -> str:
    return Both(PROVINCES[number].short_korean, PROVINCES[number].english).label


def _month(number: int) -> int | None:
    return None if number == NO_MONTH else number % 12 + 1


def sectors_of(bits: int) -> list[Both]:
    """The names of a set of sectors."""
    return [name for number, name in enumerate(SECTORS_TOLD) if bits >> number & 1]


def certificate_as_json(proof: Certificate) -> dict[str, Any]:
    """The proof with codes in place of numbers; months are calendar months, null where no day is open."""
    missing = [
        {"province": PROVINCES[one.province].code, "sector": SECTORS[one.sector], "month": _month(one.month),
         "visits": one.visits}
        for one in proof.missing
    ]  # fmt: skip
    repairs = [
        {"province": PROVINCES[one.province].code, "sectors": [name.en for name in sectors_of(one.sectors)],
         "managers": one.managers}
        for one in proof.repairs
    ]  # fmt: skip
    return asdict(proof) | {"missing": missing, "repairs": repairs}

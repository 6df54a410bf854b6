"""A periodic instance as Cordeau's files state it: type 1, with visit combinations, capacity and duration."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scheduling.both import ToldError

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

PERIODIC = 1


class NotPeriodicError(ToldError):
    """The file is no periodic instance, or breaks its format."""


@dataclass(frozen=True)
class Instance:
    """Customers 1..n and the depot 0; `choices[c]` are the sets of days on which customer c may be visited."""

    name: str
    vehicles: int
    place: Reals
    service: Reals
    demand: Reals
    choices: tuple[Flags, ...]
    duration: Reals
    capacity: Reals

    @property
    def customers(self) -> int:
        return len(self.place) - 1

    @property
    def days(self) -> int:
        return len(self.capacity)

    @property
    def distance(self) -> Reals:
        return np.hypot(*(self.place[:, None, :] - self.place[None, :, :]).transpose(2, 0, 1))


def read(path: Path) -> Instance:
    """Reads a file; NotPeriodicError says what is wrong with which line."""
    lines = _lines(path)
    vehicles, days = _header(path, lines)
    limits = np.array([_row(path, lines, i + 1, 2)[:2] for i in range(days)])
    # The n of the header is not asked: in the oldest files it counts the depot as well.
    places = [_row(path, lines, i, 7) for i in range(days + 1, len(lines))]
    columns = np.array([row[:5] for row in places])
    if len(places) < 2 or not np.array_equal(columns[:, 0], np.arange(len(places))):
        raise NotPeriodicError(
            f"{path.name}: 고객 번호가 차고지 0부터 차례대로가 아닙니다.",
            f"{path.name}: customers are not numbered from the depot 0 on.",
        )
    choices = tuple(_choices(path, row, days) for row in places)
    return Instance(
        name=path.stem,
        vehicles=vehicles,
        place=columns[:, 1:3],
        service=columns[:, 3],
        demand=columns[:, 4],
        choices=choices,
        duration=np.where(limits[:, 0] > 0, limits[:, 0], np.inf),
        capacity=np.where(limits[:, 1] > 0, limits[:, 1], np.inf),
    )


def _lines(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    except UnicodeDecodeError as fault:
        raise NotPeriodicError(
            f"{path.name}: {fault.start + 1}번째 바이트가 글자가 아닙니다. Cordeau 형식의 파일을 지정하십시오.",
            f"{path.name}: byte {fault.start + 1} is no text. Name a Cordeau file.",
        ) from fault


def _header(path: Path, lines: list[list[str]]) -> tuple[int, int]:
    """Vehicles and days."""
    try:
        kind, vehicles, _, days = (int(cell) for cell in lines[0][:4])
    except (IndexError, ValueError) as fault:
        raise NotPeriodicError(
            f"{path.name}, 1행: `type m n t` 형식이 아닙니다({fault}).",
            f"{path.name}, line 1: not `type m n t` ({fault}).",
        ) from fault
    if kind != PERIODIC:
        raise NotPeriodicError(
            f"{path.name}: 유형 {kind}입니다. 유형 1(PVRP)만 주기적 경로 문제입니다.",
            f"{path.name}: type {kind}, and only type 1 (PVRP) is periodic.",
        )
    return vehicles, days


def _row(path: Path, lines: list[list[str]], at: int, least: int) -> list[float]:
    try:
        cells = [float(cell) for cell in lines[at]]
    except (IndexError, ValueError) as fault:
        raise NotPeriodicError(
            f"{path.name}, {at + 1}행: 읽을 수 없습니다({fault}).",
            f"{path.name}, line {at + 1}: cannot be read ({fault}).",
        ) from fault
    if len(cells) < least:
        raise NotPeriodicError(
            f"{path.name}, {at + 1}행: 숫자가 {len(cells)}개입니다. {least}개 이상이어야 합니다.",
            f"{path.name}, line {at + 1}: {len(cells)} numbers, at least {least} expected.",
        )
    return cells


def _broken(path: Path, row: list[float], ko: str, en: str) -> NotPeriodicError:
    return NotPeriodicError(f"{path.name}, 고객 {int(row[0])}: {ko}.", f"{path.name}, customer {int(row[0])}: {en}.")


def _choices(path: Path, row: list[float], days: int) -> Flags:
    """Day flags of each visit combination: in a 5-day period 10 is 01010, days 2 and 4."""
    visits, count, masks = int(row[5]), int(row[6]), np.array(row[7:], dtype=np.int64)
    if len(masks) < count:
        raise _broken(
            path,
            row,
            f"방문일 조합이 {count}개라고 했으나 {len(masks)}개입니다",
            f"{count} combinations are promised and {len(masks)} given",
        )
    if visits and not count:
        raise _broken(
            path,
            row,
            f"방문이 {visits}회인데 방문일 조합이 없습니다",
            f"{visits} visits and no combination of days for them",
        )
    choices = (masks[:count, None] >> np.arange(days - 1, -1, -1)[None, :]) & 1 == 1
    for mask, chosen in zip(masks, choices, strict=False):
        if not 0 <= mask < 2**days or chosen.sum() != visits:
            raise _broken(
                path,
                row,
                f"조합 {mask}은(는) {days}일 가운데 {visits}일이 아닙니다",
                f"combination {mask} is not {visits} of {days} days",
            )
    return choices

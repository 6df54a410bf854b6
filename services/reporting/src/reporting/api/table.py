"""The table of provinces and sectors as CSV, in Korean or English."""

import csv
import io
from collections.abc import Iterator
from typing import Literal

from korea.provinces import PROVINCES
from reporting.model import Cell, Progress

Language = Literal["ko", "en"]

_HEADINGS: dict[Language, list[str]] = {
    "ko": [
        *(
            "연도",
            "합성 자료",
            "지역 코드",
            "지역",
            "업종",
            "등록",
            "가상 사업장",
            "폐업",
            "대상 판정",
            "비대상 판정",
            "지원 대상",
        ),
        *("방문 계획 있음", "1회 이상 방문", "2회 이상 방문", "필요 횟수 완료", "대기 방문", "완료 방문", "불발 방문"),
        *("취소 방문", "발견한 유해·위험요인", "제거한 유해·위험요인", "고위험 사업장 미방문", "방문 후 고위험"),
    ],
    "en": [
        *("year", "synthetic", "province_code", "province", "sector", "registered"),
        *("synthetic_enterprises", "closed", "eligible", "ineligible"),
        *("targeted", "scheduled", "visited_once", "visited_twice", "reached", "visits_waiting", "visits_completed"),
        *("visits_missed", "visits_cancelled", "hazards_found", "hazards_removed"),
        *("high_risk_waiting", "high_risk_left"),
    ],
}
_SECTORS: dict[Language, dict[str | None, str]] = {
    "ko": {"manufacturing": "제조업", "construction": "건설업", "service": "서비스업", None: "미확인"},
    "en": {"manufacturing": "manufacturing", "construction": "construction", "service": "service", None: "unknown"},
}
_PROVINCES: dict[Language, dict[str | None, str]] = {
    "ko": {None: "미확인"} | {province.code: province.korean for province in PROVINCES},
    "en": {None: "unknown"} | {province.code: province.english for province in PROVINCES},
}


def table_of(progress: Progress, language: Language) -> bytes:
    """Begins with a byte order mark: Excel takes the file for UTF-8 only then."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_HEADINGS[language])
    rows.writerows(_rows(progress, language))
    return text.getvalue().encode("utf-8-sig")


def _rows(progress: Progress, language: Language) -> Iterator[list[object]]:
    programme = progress.programme
    whole = [programme.year, int(programme.is_synthetic)] if programme else ["", ""]
    for cell in progress.cells:
        place = _PROVINCES[language].get(cell.province, cell.province)
        sector = _SECTORS[language].get(cell.sector, cell.sector)
        yield [*whole, cell.province or "", place, sector, *_figures(cell)]


def _figures(cell: Cell) -> list[int]:
    of = cell.figures
    return [
        *(
            of.registered,
            of.synthetic,
            of.closed,
            of.eligible,
            of.ineligible,
            of.targeted,
            of.scheduled,
            of.visited_once,
        ),
        *(of.visited_twice, of.reached, of.visits_waiting, of.visits_completed, of.visits_missed, of.visits_cancelled),
        *(of.hazards_found, of.hazards_removed, of.high_risk_waiting, of.high_risk_left),
    ]

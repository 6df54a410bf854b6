"""The industries of a synthetic population: KSIC revision 10 codes, names such companies have, risks."""

from dataclasses import dataclass

import numpy as np

SECTORS = ("manufacturing", "construction", "service")
CODE_SYSTEM = "KSIC-10"
# ASSUMED: no public table gives small sites by province and sector.
SECTOR_SHARES = (0.45, 0.30, 0.25)
TILTS = {
    "KR-11": (0.6, 0.9, 1.8),
    "KR-26": (0.9, 1.0, 1.2),
    "KR-41": (1.2, 0.9, 0.8),
    "KR-42": (0.5, 1.4, 1.4),
    "KR-44": (1.2, 1.0, 0.7),
    "KR-48": (1.2, 0.9, 0.8),
    "KR-49": (0.4, 1.5, 1.5),
}
RISKS = np.array([1, 2, 3, 4, 6, 9])
"""The products of the 3x3 matrix; 6 and 9 are high."""
RISK_SHARES = (
    (0.15, 0.20, 0.17, 0.18, 0.22, 0.08),
    (0.08, 0.12, 0.15, 0.15, 0.34, 0.16),
    (0.22, 0.28, 0.17, 0.18, 0.12, 0.03),
)


@dataclass(frozen=True, slots=True)
class Industry:
    """A KSIC revision 10 code with an ending of its companies' names and its share within the sector."""

    code: str
    ending: str
    share: float


INDUSTRIES: dict[str, tuple[Industry, ...]] = {
    "manufacturing": (
        Industry("10712", "식품", 0.09),
        Industry("14112", "어패럴", 0.05),
        Industry("16291", "목재", 0.04),
        Industry("18119", "인쇄", 0.06),
        Industry("22299", "플라스틱", 0.12),
        Industry("23325", "콘크리트", 0.03),
        Industry("24199", "철강", 0.05),
        Industry("25922", "도금", 0.06),
        Industry("25924", "정밀", 0.20),
        Industry("26299", "전자", 0.06),
        Industry("28909", "전기", 0.04),
        Industry("29294", "금형", 0.10),
        Industry("30399", "오토텍", 0.06),
        Industry("32021", "가구", 0.03),
        Industry("34019", "기계정비", 0.01),
    ),
    "construction": (
        Industry("41112", "주택건설", 0.10),
        Industry("41122", "종합건설", 0.20),
        Industry("42110", "철거", 0.08),
        Industry("42201", "설비", 0.16),
        Industry("42311", "전기공사", 0.16),
        Industry("42411", "도장", 0.08),
        Industry("42412", "인테리어", 0.22),
    ),
    "service": (
        Industry("46800", "상사", 0.12),
        Industry("47129", "마트", 0.12),
        Industry("49301", "물류", 0.16),
        Industry("52102", "창고", 0.06),
        Industry("56111", "식당", 0.22),
        Industry("74211", "환경", 0.12),
        Industry("87111", "요양원", 0.06),
        Industry("95212", "모터스", 0.10),
        Industry("96911", "세탁", 0.04),
    ),
    "farming": (Industry("01110", "영농", 0.5), Industry("01212", "축산", 0.3), Industry("03111", "수산", 0.2)),
    "mining": (Industry("07110", "석회", 0.5), Industry("07122", "골재", 0.5)),
}
STEMS = tuple(
    first + second
    for first in (
        "가람",
        "나래",
        "다온",
        "라온",
        "마루",
        "바른",
        "새벽",
        "아람",
        "한빛",
        "한울",
        "해솔",
        "푸른",
        "미래",
        "동해",
    )
    for second in ("", "누리", "산업", "테크", "원", "이엔지", "하늘", "터")
)

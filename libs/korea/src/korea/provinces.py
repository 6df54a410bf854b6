"""The seventeen provinces: codes in both code systems, names, neighbours and shares of the country's worksites."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Province:
    """One of the seventeen; `code` is ISO 3166-2:KR, `legal_digits` begin its legal-district codes (newest first)."""

    code: str
    korean: str
    english: str
    short_korean: str
    legal_digits: tuple[str, ...]
    neighbours: tuple[str, ...]
    share: float
    is_share_assumed: bool = True


# Shares of Korea's establishments: those of Gyeonggi, Seoul and Busan are published (2022); the others are ASSUMED,
# plausible, and make a whole. Legal digits differ from ISO in both directions: Jeju is 50 (ISO 49), Sejong 36 (ISO 50);
# Gangwon became 51 in June 2023 and Jeonbuk 52 in January 2024, and files with the old digits go on circulating.
PROVINCES: tuple[Province, ...] = (
    Province("KR-11", "서울특별시", "Seoul", "서울", ("11",), ("KR-28", "KR-41"), 0.190, is_share_assumed=False),
    Province("KR-26", "부산광역시", "Busan", "부산", ("26",), ("KR-31", "KR-48"), 0.065, is_share_assumed=False),
    Province("KR-27", "대구광역시", "Daegu", "대구", ("27",), ("KR-47", "KR-48"), 0.047),
    Province("KR-28", "인천광역시", "Incheon", "인천", ("28",), ("KR-11", "KR-41"), 0.051),
    Province("KR-29", "광주광역시", "Gwangju", "광주", ("29",), ("KR-46",), 0.028),
    Province("KR-30", "대전광역시", "Daejeon", "대전", ("30",), ("KR-43", "KR-44", "KR-50"), 0.028),
    Province("KR-31", "울산광역시", "Ulsan", "울산", ("31",), ("KR-26", "KR-47", "KR-48"), 0.021),
    Province(
        "KR-41",
        "경기도",
        "Gyeonggi",
        "경기",
        ("41",),
        ("KR-11", "KR-28", "KR-42", "KR-43", "KR-44"),
        0.247,
        is_share_assumed=False,
    ),
    Province("KR-42", "강원특별자치도", "Gangwon", "강원", ("51", "42"), ("KR-41", "KR-43", "KR-47"), 0.033),
    Province(
        "KR-43",
        "충청북도",
        "North Chungcheong",
        "충북",
        ("43",),
        ("KR-30", "KR-41", "KR-42", "KR-44", "KR-45", "KR-47", "KR-50"),
        0.032,
    ),
    Province(
        "KR-44", "충청남도", "South Chungcheong", "충남", ("44",), ("KR-30", "KR-41", "KR-43", "KR-45", "KR-50"), 0.042
    ),
    Province(
        "KR-45",
        "전북특별자치도",
        "North Jeolla",
        "전북",
        ("52", "45"),
        ("KR-43", "KR-44", "KR-46", "KR-47", "KR-48"),
        0.036,
    ),
    Province("KR-46", "전라남도", "South Jeolla", "전남", ("46",), ("KR-29", "KR-45", "KR-48"), 0.037),
    Province(
        "KR-47",
        "경상북도",
        "North Gyeongsang",
        "경북",
        ("47",),
        ("KR-27", "KR-31", "KR-42", "KR-43", "KR-45", "KR-48"),
        0.054,
    ),
    Province(
        "KR-48",
        "경상남도",
        "South Gyeongsang",
        "경남",
        ("48",),
        ("KR-26", "KR-27", "KR-31", "KR-45", "KR-46", "KR-47"),
        0.066,
    ),
    Province("KR-49", "제주특별자치도", "Jeju", "제주", ("50", "49"), (), 0.017),
    Province("KR-50", "세종특별자치시", "Sejong", "세종", ("36",), ("KR-30", "KR-43", "KR-44"), 0.006),
)
_BY_CODE = {province.code: province for province in PROVINCES}
_BY_LEGAL_DIGITS = {digits: province for province in PROVINCES for digits in province.legal_digits}


def province(code: str) -> Province:
    """The province with an ISO 3166-2:KR code such as `KR-41`; KeyError names a code that is none."""
    if code not in _BY_CODE:
        raise KeyError(f"{code} is no ISO 3166-2:KR code of a province")
    return _BY_CODE[code]


def province_of_legal_code(legal_code: str) -> Province:
    """The province that a legal-district (beopjeongdong) code of two or more digits lies in, old digits and new."""
    digits = legal_code[:2]
    if digits not in _BY_LEGAL_DIGITS:
        raise KeyError(f"{legal_code} does not begin with the digits of a province in the legal-district code system")
    return _BY_LEGAL_DIGITS[digits]

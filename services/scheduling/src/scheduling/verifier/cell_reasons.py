"""Why a cell cannot be read, in Korean and English."""

from scheduling.both import Both

EMPTY = Both("비어 있음", "empty")
TWICE = Both("두 번 적혀 있음", "said twice")
NO_DATE = Both("ISO 형식의 날짜가 아님", "not an ISO date")
NOT_WHOLE = Both("정수가 아님", "not a whole number")
NO_NUMBER = Both("숫자가 아님", "not a number")
NOT_FINITE = Both("유한한 수가 아님", "not a finite number")
NO_DAYS = Both("날짜도 기간도 아님", "neither a day nor a span of days")
BEFORE_SUSPENDED = Both("suspended_from보다 빠름", "before suspended_from")
NO_VISITS_A_DAY = Both("1부터 20까지의 수가 아님", "not a number of 1-20")
UNREADABLE_AGENCY = Both("읽을 수 없는 기관", "an agency that cannot be read")
BEFORE_AVAILABLE = Both("available_from보다 빠름", "before available_from")
NO_RESIDUAL = Both("0부터 9까지의 위험도가 아님", "not a risk of 0-9")
BEFORE_OPEN = Both("open_from보다 빠름", "before open_from")
NO_RISK = Both("1부터 9까지의 위험도가 아님", "not a risk of 1-9")
UNKNOWN_AGENCY = Both(
    "등록된 자료에 없는 기관, 이 행은 그대로 반영함",
    "an agency that the facts do not know; the row counts all the same",
)
ABROAD = Both("대한민국 안이 아님", "not in South Korea")
NOWHERE = Both(
    "위치도, 그 시도의 시군구 코드 5자리도 없음", "neither a place nor a five-digit district of the province"
)
HALF_A_PLACE = Both("위도와 경도 가운데 하나뿐임", "half of a place")
NO_ORDINAL = Both("1부터 99까지의 차수가 아님", "not an ordinal of 1-99")
NO_FLAG = Both("true도 false도 아님", "neither true nor false")


def none_of(codes: tuple[str, ...]) -> Both:
    """Why a cell is refused that lists something else than codes."""
    named = "|".join(codes)
    return Both(f"{named} 중 하나가 아님", f"none of {named}")

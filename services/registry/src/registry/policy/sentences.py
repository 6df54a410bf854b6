"""What is wrong with something that was sent, in Korean and English."""

from collections.abc import Mapping, Sequence
from typing import Any

KOREAN: Mapping[str, str] = {
    "missing": "필수 항목이 비어 있습니다",
    "uuid_parsing": "식별자(UUID)가 아닙니다",
    "uuid_type": "식별자(UUID)가 아닙니다",
    "int_parsing": "정수가 아닙니다",
    "int_type": "정수가 아닙니다",
    "int_from_float": "정수가 아닙니다",
    "float_parsing": "숫자가 아닙니다",
    "float_type": "숫자가 아닙니다",
    "bool_parsing": "true 또는 false가 아닙니다",
    "date_from_datetime_parsing": "날짜(YYYY-MM-DD)가 아닙니다",
    "date_parsing": "날짜(YYYY-MM-DD)가 아닙니다",
    "date_type": "날짜(YYYY-MM-DD)가 아닙니다",
    "greater_than_equal": "값이 너무 작습니다 (최소 {ge})",
    "less_than_equal": "값이 너무 큽니다 (최대 {le})",
    "less_than": "값이 너무 큽니다 ({lt} 미만)",
    "literal_error": "허용된 값이 아닙니다 ({expected})",
    "string_too_short": "비어 있습니다",
    "string_too_long": "너무 깁니다 (최대 {max_length}자)",
    "string_type": "문자열이 아닙니다",
    "string_pattern_mismatch": "쓸 수 없는 글자가 있습니다",
    "too_short": "적어도 {min_length}개가 있어야 합니다",
    "extra_forbidden": "알 수 없는 항목입니다",
    "json_invalid": "JSON 형식이 아닙니다",
}
OURS: Mapping[str, tuple[str, str]] = {
    "business_number": (
        "사업자등록번호 10자리가 아니거나 검증 번호가 틀립니다",
        "is no business registration number, or its check digit is wrong",
    ),
    "province": (
        "시도 코드(ISO 3166-2:KR, 예: KR-41)가 아닙니다",
        "is no province code (ISO 3166-2:KR, such as KR-41)",
    ),
    "window": ("사업 기간이 시작 전에 끝납니다", "the window ends before it begins"),
    "suspension": ("업무정지가 시작 전에 끝납니다", "the suspension ends before it begins"),
}
OUTSIDE = frozenset({"not_your_agency", "agency_elsewhere"})
"""Of the refusals, those that lie with the caller."""
REFUSALS: Mapping[str, tuple[str, str]] = {
    "unknown_agency": ("등록되지 않은 기관입니다. 기관을 먼저 신청하십시오", "no such agency; let it apply first"),
    "unknown_manager": ("등록되지 않은 안전관리자입니다. 먼저 등록하십시오", "no such manager; enrol them first"),
    "not_your_agency": ("다른 기관의 자료는 보낼 수 없습니다", "you can send your own agency's rows only"),
    "not_your_province": (
        "담당 지역 밖의 사업장은 보낼 수 없습니다",
        "you can send enterprises of your own provinces only",
    ),
    "agency_elsewhere": (
        "담당 지역에만 속한 기관이 아닙니다",
        "this agency is no affair of your provinces alone",
    ),
    "import_id_taken": (
        "이 import_id는 자료, 시험 실행 여부 또는 보낸 사람이 다른 가져오기의 것입니다. 새 import_id로 보내십시오",
        "this import_id names another import (of another sheet, dry run or sender); send it with a new one",
    ),
    "import_sent_again": (
        "이 가져오기는 다시 전송되어 그쪽에서 이어집니다. GET /imports/{import_id}로 확인하십시오",
        "this import was sent again and goes on there; watch it at GET /imports/{import_id}",
    ),
    "another_file": (
        "이 import_id로는 다른 파일을 이미 끝까지 받았습니다. 고친 파일은 새 import_id로 보내십시오",
        "another file came in whole under this import_id; send the mended one under a new import_id",
    ),
    "number_taken": (
        "이 사업자등록번호로 다른 기관이 이미 신청했습니다",
        "another agency has applied with this business number",
    ),
    "other_programme": ("다른 사업에 신청한 기관입니다", "this agency applied to another programme"),
    "already_inspected": (
        "심사가 끝난 신청은 고칠 수 없습니다",
        "an application cannot be changed after its inspection",
    ),
    "already_qualified": ("이미 적격 판정을 받은 기관입니다", "this agency has qualified already"),
    "inspected_before": (
        "같은 날 또는 이후의 심사가 이미 있습니다",
        "there is an inspection of that day or a later one already",
    ),
    "too_many_points": ("배점보다 높은 점수가 있습니다", "a criterion has more points than there are for it"),
    "other_agency": ("다른 기관에 등록된 안전관리자입니다", "this manager is enrolled with another agency"),
    "no_training_day": ("이 사업의 교육일이 아닙니다", "this is no training day of the programme"),
    "already_trained": (
        "교육을 이미 마친 안전관리자의 출석은 취소할 수 없습니다",
        "the training is finished: attendance cannot be taken back",
    ),
    "not_qualified": (
        "적격 판정을 받은 기관이 아니므로 업무를 정지할 수 없습니다",
        "this agency has not qualified: there is nothing to suspend",
    ),
    "suspended_already": (
        "이 기관의 업무정지가 그날까지 끝나지 않습니다. 같은 시작일로 보내 종료일을 고치거나 먼저 해제하십시오",
        "this agency's suspension is not over by then; send the same first day to change its end, or lift it first",
    ),
    "not_suspended": (
        "이 기관은 그날 업무정지 중이 아닙니다",
        "this agency is not suspended on that day",
    ),
    "reinstated_too_early": (
        "업무정지 시작일보다 앞선 날에는 해제할 수 없습니다. 시작일로 보내면 정지가 없던 것이 됩니다",
        "an agency cannot be reinstated before its suspension begins; on its first day, it never took place",
    ),
    "after_programme": (
        "사업 기간이 끝난 뒤의 날짜입니다. 연도를 확인하십시오",
        "this day is after the programme's window; check the year",
    ),
    "has_left": (
        "퇴직 처리된 안전관리자입니다. 잘못된 처리라면 먼저 취소하십시오 (DELETE …/departure)",
        "this manager has left; if that is wrong, take it back first (DELETE …/departure)",
    ),
    "left_before_trained": (
        "교육을 마친 날보다 앞선 날에 퇴직할 수 없습니다",
        "a manager cannot leave before the day on which the training was finished",
    ),
    "both_kinds": (
        "같은 날이 휴일이면서 근무일입니다. 하나만 남기십시오",
        "a day is both a holiday and a workday; leave it in one list",
    ),
    "window_reversed": ("사업 기간이 시작 전에 끝납니다", "the window would end before it begins"),
    "window_has_begun": (
        "이미 시작된 사업의 시작일은 바꿀 수 없습니다",
        "the window has begun: its first day cannot be changed any more",
    ),
    "window_in_the_past": (
        "사업을 지난 날에 끝낼 수 없습니다. 오늘 또는 이후의 날을 보내십시오",
        "the window cannot end in the past; send today or a later day",
    ),
    "window_beyond_year": (
        "window_from 또는 window_until이 사업 연도에서 한 해 넘게 떨어져 있습니다. 연도를 확인하십시오",
        "window_from or window_until lies more than a year from the programme's year; check the year",
    ),
    "training_beyond_year": (
        "training_days에 사업 연도에서 한 해 넘게 떨어진 날이 있습니다. 연도를 확인하십시오",
        "a day of training_days lies more than a year from the programme's year; check the year",
    ),
    "training_after_window": (
        "training_days에 사업 기간이 끝난 뒤의 날이 있습니다. 연도를 확인하십시오",
        "a day of training_days lies behind the window's end; check the year",
    ),
    "outside_window": (
        "사업 기간 밖의 날짜가 있습니다. 연도를 확인하십시오",
        "a day is outside the programme's window; check the year",
    ),
}


def of_fault(fault: Mapping[str, Any]) -> tuple[str, str]:
    """The sentences for one of pydantic's errors."""
    context = fault.get("ctx", {})
    if fault["type"] == "value_error":
        return OURS.get(str(context.get("error")), ("값이 올바르지 않습니다", "is not valid"))
    korean = KOREAN.get(fault["type"], "값이 올바르지 않습니다")
    return korean.format(**context), str(fault["msg"])


def named(place: Sequence[object]) -> str:
    """The name of the field that an error is about."""
    return ".".join(str(part) for part in place) or "row"

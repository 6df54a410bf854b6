"""Each rule that a plan can break, as a sentence in Korean and in English."""

_SENTENCES: dict[str, tuple[str, str]] = {
    "unreadable_row": (
        "{file} {row}행 {column}: 읽을 수 없는 값입니다({reason_ko}).",
        "{file}, row {row}, column {column}: cannot be read ({reason}).",
    ),
    "unknown_enterprise": (
        "사업장 {enterprise_id}은(는) 등록된 자료에 없습니다.",
        "Enterprise {enterprise_id} is not among the facts.",
    ),
    "unknown_agency": ("기관 {agency_id}은(는) 등록된 자료에 없습니다.", "Agency {agency_id} is not among the facts."),
    "unknown_manager": (
        "안전보건관리자 {manager_id}은(는) 등록된 자료에 없습니다.",
        "Manager {manager_id} is not among the facts.",
    ),
    "agency_not_qualified": (
        "기관 {agency_id}은(는) {visit_on}에 자격심사를 통과한 상태가 아닙니다(통과일 {qualified_on}).",
        "Agency {agency_id} is not qualified on {visit_on} (qualified on {qualified_on}).",
    ),
    "agency_licence_ended": (
        "기관 {agency_id}의 지정 유효기간이 {licence_until}에 끝나 {visit_on}에 방문할 수 없습니다.",
        "The licence of agency {agency_id} ends on {licence_until}, before the visit of {visit_on}.",
    ),
    "agency_suspended": (
        "기관 {agency_id}은(는) {suspended_from}부터 {suspended_until}까지 정지되어 {visit_on}에 방문할 수 없습니다.",
        "Agency {agency_id} is suspended from {suspended_from} until {suspended_until}; the visit is on {visit_on}.",
    ),
    "agency_not_competent": (
        "기관 {agency_id}은(는) {sector_ko} 업종을 맡을 수 없습니다.",
        "Agency {agency_id} is not competent for the sector {sector}.",
    ),
    "agency_out_of_province": (
        "기관 {agency_id}은(는) {province} 지역을 맡을 수 없습니다.",
        "Agency {agency_id} does not serve {province}.",
    ),
    "agency_handed_back": (
        "기관 {agency_id}은(는) 사업장 {enterprise_id}을(를) 반납하여 다시 맡을 수 없습니다.",
        "Agency {agency_id} gave {enterprise_id} back and may not come again.",
    ),
    "manager_of_another_agency": (
        "안전보건관리자 {manager_id}은(는) 기관 {agency_id}이(가) 아니라 {own_agency} 소속입니다.",
        "Manager {manager_id} belongs to agency {own_agency}, not to {agency_id}.",
    ),
    "manager_not_trained": (
        "안전보건관리자 {manager_id}은(는) {visit_on} 전에 직무교육을 마치지 않았습니다(수료일 {trained_on}).",
        "Manager {manager_id} was not trained before {visit_on} (trained on {trained_on}).",
    ),
    "training_not_over": (
        "{visit_on}은(는) 마지막 교육일 {training_over} 이후가 아닙니다.",
        "{visit_on} is not after {training_over}, the last day of training.",
    ),
    "manager_on_leave": (
        "안전보건관리자 {manager_id}은(는) {visit_on}에 휴가입니다.",
        "Manager {manager_id} is on leave on {visit_on}.",
    ),
    "manager_not_available": (
        "안전보건관리자 {manager_id}은(는) {available_from}~{available_until}에만 일합니다({visit_on}).",
        "Manager {manager_id} works from {available_from} until {available_until}; the visit is on {visit_on}.",
    ),
    "not_a_working_day": ("{visit_on}은(는) 근무일이 아닙니다.", "{visit_on} is not a working day."),
    "outside_programme_window": (
        "{visit_on}은(는) 사업 기간({window_from}~{window_until}) 밖입니다.",
        "{visit_on} lies outside the programme's window ({window_from} to {window_until}).",
    ),
    "outside_construction_period": (
        "{visit_on}은(는) 사업장 {enterprise_id}의 공사·운영 기간({open_from}~{open_until}) 밖입니다.",
        "{visit_on} lies outside the period in which {enterprise_id} is open ({open_from} to {open_until}).",
    ),
    "before_it_was_known": (
        "사업장 {enterprise_id}은(는) {known_on}에야 알려졌는데 방문일이 {visit_on}입니다.",
        "Enterprise {enterprise_id} became known on {known_on}; the visit is on {visit_on}.",
    ),
    "closed_weekday": (
        "사업장 {enterprise_id}은(는) {weekday_ko}요일마다 쉬므로 {visit_on}에 방문할 수 없습니다.",
        "Enterprise {enterprise_id} is closed on every {weekday}; the visit is on {visit_on}.",
    ),
    "closed_day": (
        "사업장 {enterprise_id}은(는) {visit_on}에 쉽니다.",
        "Enterprise {enterprise_id} is closed on {visit_on}.",
    ),
    "visit_misnamed": (
        "사업장 {enterprise_id}의 {ordinal}차 방문에 다른 방문의 번호 {key}이(가) 적혀 있습니다(올바른 번호 {meant}).",
        "Visit {ordinal} of {enterprise_id} bears the id {key}; its own is {meant}.",
    ),
    "visit_twice": (
        "사업장 {enterprise_id}의 {ordinal}차 방문이 두 번 들어 있습니다({row}행).",
        "Visit {ordinal} of {enterprise_id} stands there twice (again in row {row}).",
    ),
    "enterprise_twice_a_day": (
        "사업장 {enterprise_id}을(를) {visit_on} 하루에 두 번 방문합니다.",
        "Enterprise {enterprise_id} is visited twice on {visit_on}.",
    ),
    "spacing_too_short": (
        "사업장 {enterprise_id}의 방문 간격({earlier_on}~{visit_on})이 {days_between}일로 최소 {least}일보다 짧습니다.",
        "{enterprise_id} is visited on {earlier_on} and {visit_on}: {days_between} days apart, at least {least} asked.",
    ),
    "ordinals_out_of_order": (
        "사업장 {enterprise_id}의 {ordinal}차 방문({visit_on})이 앞 차수의 방문({earlier_on})보다 이릅니다.",
        "Visit {ordinal} of {enterprise_id} on {visit_on} comes before the visit it should follow ({earlier_on}).",
    ),
    "over_capacity": (
        "안전보건관리자 {manager_id}의 {visit_on} 방문이 {visits}건으로 하루 한도 {capacity}건을 넘습니다.",
        "Manager {manager_id} has {visits} visits on {visit_on}; the most is {capacity}.",
    ),
    "visit_lost": (
        "사업장 {enterprise_id}의 {ordinal}차 방문이 계획에도 미배정 목록에도 없습니다.",
        "Visit {ordinal} of {enterprise_id} is neither planned nor listed as unscheduled.",
    ),
    "visit_planned_and_unscheduled": (
        "사업장 {enterprise_id}의 {ordinal}차 방문이 계획과 미배정 목록에 모두 있습니다.",
        "Visit {ordinal} of {enterprise_id} is planned and listed as unscheduled as well.",
    ),
    "visit_not_owed": (
        "사업장 {enterprise_id}에는 방문이 {required}회만 필요한데 {ordinal}차 방문이 있습니다.",
        "Enterprise {enterprise_id} is owed {required} visits, and the plan names visit {ordinal}.",
    ),
    "unscheduled_twice": (
        "사업장 {enterprise_id}의 {ordinal}차 방문이 미배정 목록에 두 번 있습니다.",
        "Visit {ordinal} of {enterprise_id} is listed as unscheduled twice.",
    ),
    "unknown_reason": (
        "사업장 {enterprise_id}의 {ordinal}차 방문에 알 수 없는 미배정 사유({reason})가 적혀 있습니다.",
        "Visit {ordinal} of {enterprise_id} is unscheduled for an unknown reason ({reason}).",
    ),
    "done_changed": (
        "이미 마친 방문(사업장 {enterprise_id}, {visit_on})이 바뀌었습니다(현재 {now_manager_id}, {now_visit_on}).",
        "The visit done at {enterprise_id} on {visit_on} was changed (now {now_manager_id}, {now_visit_on}).",
    ),
    "pinned_moved": (
        "고정된 방문(사업장 {enterprise_id}, {visit_on})이 {now_manager_id}, {now_visit_on}(으)로 옮겨졌습니다.",
        "The pinned visit to {enterprise_id} on {visit_on} was moved to {now_manager_id}, {now_visit_on}.",
    ),
    "published_moved": (
        "공표된 방문(사업장 {enterprise_id}, {visit_on})이 까닭 없이 옮겨졌습니다({now_manager_id}, {now_visit_on}).",
        "The published visit to {enterprise_id} on {visit_on} moved unforced to {now_manager_id}, {now_visit_on}.",
    ),
    "stage_went_back": (
        "사업장 {enterprise_id}의 {ordinal}차 방문이 {stage} 단계에서 되돌아갔습니다.",
        "Visit {ordinal} of {enterprise_id} was {stage} and went back a stage.",
    ),
    "pin_lost": (
        "사업장 {enterprise_id}의 {ordinal}차 방문이 고정에서 풀렸습니다.",
        "Visit {ordinal} of {enterprise_id} was pinned and is not any more.",
    ),
    "placed_in_frozen_days": (
        "{published_until}까지는 확정되어 있는데 사업장 {enterprise_id}의 방문이 {visit_on}에 새로 들어왔습니다.",
        "Days up to {published_until} are frozen, and the visit to {enterprise_id} on {visit_on} is new there.",
    ),
}

RULES = tuple(_SENTENCES)


def sentence(rule: str, language: str, values: dict[str, object]) -> str:
    """The rule as broken here, in `ko` or `en`."""
    return _SENTENCES[rule][0 if language == "ko" else 1].format_map(values)

"""Why a report or a plan is refused, or an enterprise has no visit: a code, and a sentence in Korean and English."""

from collections.abc import Iterable, Mapping, Sequence

from scheduling.model import Because, State

UNKNOWN_VISIT = Because(
    "unknown_visit",
    "이 방문은 등록되어 있지 않습니다. 방문 번호를 확인하십시오.",
    "No such visit is known. Check the visit's id.",
)
NOT_YOURS = Because(
    "not_yours",
    "다른 기관, 다른 관리자 또는 담당 지역 밖의 방문입니다. 담당 기관에서 보고하십시오.",
    "The visit belongs to another agency or manager, or lies outside your provinces. Whoever it belongs to reports it.",
)
REPORT_ID_TAKEN = Because(
    "report_id_taken",
    "같은 보고 번호로 다른 내용이 이미 접수되었습니다. 새 보고 번호를 쓰십시오.",
    "A report with this id was taken with other contents. Use a new report id.",
)
IN_THE_FUTURE = Because(
    "in_the_future",
    "보고한 날짜가 아직 오지 않았습니다. 날짜를 확인하십시오.",
    "The day reported has not come yet. Check the date.",
)
OUTSIDE_PROGRAMME = Because(
    "outside_programme",
    "보고한 날짜가 사업 기간 밖입니다. 날짜를 확인하십시오.",
    "The day reported lies outside the programme. Check the date.",
)
BEFORE_SPACING = Because(
    "before_spacing",
    "같은 사업장의 다른 방문과 최소 간격이 지켜지지 않았습니다. 날짜를 확인하십시오.",
    "It is too close to another visit to the same enterprise. Check the date.",
)
REFUSED_STATES: Mapping[State, Because] = {
    "completed": Because(
        "already_completed",
        "이미 완료로 보고된 방문입니다. 다시 보고할 필요가 없습니다.",
        "The visit was reported as completed before. There is nothing left to report.",
    ),
    "missed": Because(
        "already_missed",
        "이미 방문하지 못한 것으로 보고되었습니다. 새 날짜가 정해진 뒤 보고하십시오.",
        "The visit was reported as missed. Report again once it has a new day.",
    ),
    "cancelled": Because(
        "cancelled",
        "취소된 방문입니다. 담당자에게 문의하십시오.",
        "The visit was cancelled. Ask your programme officer.",
    ),
}

NO_WORKING_DAYS = Because(
    "no_working_days",
    "방문할 수 있는 근무일이 남아 있지 않습니다. 사업 기간과 교육일을 확인하십시오.",
    "No working day is left to visit on. Check the programme's window and training days.",
)
NOBODY_TRAINED = Because(
    "nobody_trained",
    "선정된 기관에 교육을 마친 관리자가 없습니다. 교육 결과가 등록된 뒤 다시 요청하십시오.",
    "No qualified agency has a trained manager. Ask again once the training is recorded.",
)
NOTHING_TO_PLAN = Because(
    "nothing_to_plan",
    "새로 계획할 방문이 없습니다. 대상 사업장이 추가되면 다시 요청하십시오.",
    "There is no visit left to plan. Ask again when enterprises have been added.",
)
PLANNING_FAILED = Because(
    "planning_failed",
    "계획을 계산하는 프로그램이 여러 번 멈추었습니다. 운영자에게 알리십시오.",
    "The planner stopped several times. Tell the operators.",
)
FAULTS = frozenset({"planning_failed", "not_valid"})
"""Codes of plans refused through no fault of whoever asked for them: they are asked for again by themselves."""


NOTHING_SCHEDULED = Because(
    "nothing_scheduled",
    "옮길 수 있는 예정된 방문이 없습니다. 이미 방문했거나, 취소되었거나, 확정 기간에 있습니다.",
    "There is no scheduled visit that could be moved: it was made, cancelled, or lies in the days that are fixed.",
)
FROZEN = Because(
    "frozen",
    "가까운 며칠의 확정 기간에 있는 방문은 옮기지 않습니다. 그 방문이 지난 뒤 다시 요청하십시오.",
    "A visit lies in the next few days, which are fixed. Ask again when it lies behind you.",
)
NOT_SERVED = Because(
    "not_served",
    "이 사업장의 예정된 방문이 모두 이 기관의 것은 아닙니다. 현재 담당 기관을 확인하십시오.",
    "Not all scheduled visits to this enterprise are this agency's. Look up who serves it now.",
)
NOBODY_ELSE = Because(
    "nobody_else",
    "다른 기관에는 이 사업장을 방문할 여유가 없습니다. 현재 기관이 계속 담당합니다. 담당 공무원과 상의하십시오.",
    "No other agency has room for this enterprise. It stays with its agency; talk to your programme officer.",
)
NO_SUCH_DAY = Because(
    "no_such_day",
    "원하신 날에는 방문할 수 있는 관리자가 없거나 다른 방문과의 간격이 맞지 않습니다. "
    "다른 날을 더 넣어 다시 요청하십시오.",
    "On none of these days can anybody come at the right distance from the other visits. Ask again with more days.",
)
PINNED = Because(
    "pinned",
    "고정된 방문이라 옮기지 않습니다. 고정을 풀고 다시 요청하십시오.",
    "The visit is pinned and stays. Take the pin away and ask again.",
)
WISH_NOT_VALID = Because(
    "not_valid",
    "이 요청대로 옮기면 규칙에 어긋나 그대로 두었습니다. 운영자에게 알리십시오.",
    "Carried out, it would break a rule, so everything stays as it is. Tell the operators.",
)
WISHES: Mapping[str, Because] = {
    because.code: because for because in (NOTHING_SCHEDULED, FROZEN, NOT_SERVED, NOBODY_ELSE, NO_SUCH_DAY, PINNED)
}
"""Why a wish is not fulfilled, by the code that the planner gives."""


def not_valid(violations: Iterable[tuple[str, int, Sequence[str]]]) -> Because:
    """The verifier found broken rules (which, how often, the first few keys), so nothing was published."""
    told = ((f"{rule}: {count}", ", ".join(keys)) for rule, count, keys in violations)
    said = "; ".join(f"{rule} ({keys})" if keys else rule for rule, keys in told)
    return Because(
        "not_valid",
        f"계획이 검증을 통과하지 못하여 공표하지 않았습니다 ({said}). 운영자에게 알리십시오.",
        f"The plan broke rules and was not published ({said}). Tell the operators.",
    )


def too_many_moved(moved: int, most: int) -> Because:
    """The plan would move more published visits than was allowed."""
    return Because(
        "too_many_moved",
        f"공표된 방문 {moved}건이 옮겨져 허용한 {most}건을 넘으므로 계획 전체를 거부했습니다. "
        "한도를 조정해 다시 요청하십시오.",
        f"It would move {moved} published visits, and {most} are allowed: refused as a whole. "
        "Ask again with another limit.",
    )


def too_many_dropped(dropped: int, most: int) -> Because:
    """The plan would cancel more published visits than was allowed."""
    return Because(
        "too_many_dropped",
        f"공표된 방문 {dropped}건이 취소되어 허용한 {most}건을 넘으므로 계획 전체를 거부했습니다. "
        "한도를 조정해 다시 요청하십시오.",
        f"It would cancel {dropped} published visits, and {most} are allowed: refused as a whole. "
        "Ask again with another limit.",
    )

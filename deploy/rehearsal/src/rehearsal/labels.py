"""What a run calls its stages, steps and figures: the English name, and the Korean word beside it."""

_STAGES = {
    "start": "시작",
    "files": "파일 작성",
    "agencies": "기관",
    "training": "직무교육",
    "enterprises": "사업장",
    "decisions": "판정",
    "plan": "방문 계획",
    "visits": "방문",
    "reporting": "현황 집계",
    "reconciliation": "대사",
    "in all": "합계",
}
_STEPS = {
    "agencies apply": "기관 신청",
    "agencies are inspected": "자격 심사",
    "managers enrol": "관리자 등록",
    "managers attend the training": "관리자 직무교육",
    "enterprises are registered": "사업장 등록",
    "eligibility decides": "대상 판정",
    "the plan is made and published": "계획 수립과 공표",
    "managers visit and report": "방문과 결과 보고",
    "missed visits get another day": "불발 방문 재배정",
    "reporting hears the rest": "현황 집계",
}
_FIGURES = {
    "agencies applied": "신청 기관",
    "agencies qualified": "자격 심사 통과 기관",
    "agencies rejected": "탈락 기관",
    "managers trained": "교육을 마친 관리자",
    "enterprises registered": "등록 사업장",
    "eligible": "대상 판정",
    "ineligible": "비대상 판정",
    "visits scheduled": "예정한 방문",
    "visits completed": "완료한 방문",
    "plans published": "공표한 계획",
    "enterprises visited twice": "두 번 이상 방문한 사업장",
    "visits missed and made up for": "불발 후 완료한 방문",
    "events published": "발행한 사실",
    "events consumed": "수신한 사실",
    "dead letters": "처리 불가 기록",
    "duplicates skipped": "건너뛴 중복",
}
_TABLES = {
    "The programme year 2023": "2023년 사업",
    "Reconciliation": "대사",
    "Time": "소요 시간",
    "Memory": "메모리",
    "figure": "지표",
    "value": "값",
    "counted three ways": "세 가지로 센 수",
    "source": "원본",
    "topic": "토픽",
    "read model": "조회 모델",
    "agreement": "일치 여부",
    "equal": "일치",
    "DIFFERS": "불일치",
    "stage": "단계",
    "seconds": "초",
    "process": "프로세스",
    "MB at the most": "최대 MB",
    "registry": "등록",
    "eligibility": "선정",
    "scheduling": "일정",
    "scheduling planner": "일정 계획기",
}
KOREAN = _STAGES | _STEPS | _FIGURES | _TABLES


def korean(name: str) -> str:
    """The Korean word for a name in code or in words."""
    return KOREAN[name.replace("_", " ")]


def label(name: str) -> str:
    """Both words side by side."""
    return f"{name.replace('_', ' ')} · {korean(name)}"


def stacked(name: str) -> str:
    """Both words above a column of figures, which is narrow."""
    return f"{name}\n{korean(name)}"

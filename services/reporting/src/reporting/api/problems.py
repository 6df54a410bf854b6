"""Why a question cannot be answered, in Korean and English."""

from access.problems import Problem

NO_SUCH_PROGRAMME = Problem(
    "programme-unknown",
    404,
    "알 수 없는 사업입니다",
    "This programme is not known",
    "'/api/programmes'에서 사업 목록을 확인하십시오. 방금 개설된 사업이라면 잠시 뒤에 다시 요청하십시오.",
    "See '/api/programmes' for those that are. If it was opened just now, ask again in a moment.",
)
NO_SUCH_AGENCY = Problem(
    "agency-unknown",
    404,
    "알 수 없는 기관입니다",
    "This agency is not known",
    "기관 번호를 확인하십시오. 방금 신청한 기관이라면 잠시 뒤에 다시 요청하십시오.",
    "Check the agency's id. If it applied just now, ask again in a moment.",
)
NO_PAGE = Problem(
    "page-not-built",
    503,
    "화면 파일이 아직 만들어지지 않았습니다",
    "The page has not been built",
    "'.venv/bin/python services/reporting/web/build.py'를 실행한 뒤 다시 여십시오.",
    "Run '.venv/bin/python services/reporting/web/build.py', then open it again.",
)

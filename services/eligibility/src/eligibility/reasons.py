"""Words a criterion's outcome for people, in Korean and English, and keeps it readable for programs."""

from datetime import date
from functools import lru_cache

from eligibility.industries import NO_TARGET, Target
from eligibility.model import Measure, Rule, RuleSet
from events.contracts.eligibility import Reason
from events.contracts.registry import Sector

MISSING = "missing"
_SECTORS_KO: dict[Sector, str] = {"manufacturing": "제조업", "construction": "건설업", "service": "서비스업"}
_BOUNDS_KO = {"at_most": "이하", "below": "미만"}
_SIGNS = {"at_most": "<=", "below": "<"}
_MEASURES_KO: dict[Measure, str] = {"headcount": "상시근로자 수", "contract_value": "공사금액"}
_MEASURES_EN: dict[Measure, str] = {"headcount": "headcount", "contract_value": "contract value"}


@lru_cache(maxsize=20_000)
def of_sector(rule_set: RuleSet, code: str, target: Target | None) -> Reason:
    """Whether the industry is one that the rule set has a rule for; `code` with its system, as in "KSIC-10 25111"."""
    limit = " | ".join(rule.sector for rule in rule_set.rules)
    if target is None:
        ko, en = "업종을 확인할 수 없어 판정하지 못했습니다", "Undecided: the industry is missing or not known"
        return _reason("sector", "unknown", (code, limit), f"{ko}(업종 코드: {code}).", f"{en} (code {code}).")
    if target == NO_TARGET or rule_set.rule_for(target) is None:
        ko, en = "지원 대상 업종이 아닙니다.", "is not an industry that the programme is for."
        return _reason("sector", "not_met", (f"{code}: {target}", limit), f"업종 코드 {code}: {ko}", f"{code} {en}")
    ko, en = f"{_SECTORS_KO[target]}, 지원 대상 업종입니다.", f"is {target}, a sector that the programme is for."
    return _reason("sector", "met", (f"{code}: {target}", limit), f"업종 코드 {code}: {ko}", f"{code} {en}")


@lru_cache(maxsize=20_000)
def of_measure(rule: Rule, found: int | None) -> Reason:
    """Whether as many people, or as much money, are within the rule's limit."""
    limit, limit_ko, limit_en = f"{_SIGNS[rule.bound]} {rule.limit}", _limit_ko(rule), _limit_en(rule)
    ko, en = _MEASURES_KO[rule.measure], _MEASURES_EN[rule.measure]
    if found is None:
        sentence_ko = f"{ko} 정보가 없어 판정하지 못했습니다(기준: {limit_ko})."
        return _reason(
            rule.measure, "unknown", (MISSING, limit), sentence_ko, f"Undecided: the {en} is missing ({limit_en})."
        )
    is_met = rule.is_met_by(found)
    verdict_ko = "충족합니다" if is_met else "충족하지 않습니다"
    sentence_ko = f"{ko} {_amount_ko(rule, found)}: {limit_ko} 기준을 {verdict_ko}."
    sentence_en = f"The {en} is {_amount_en(rule, found)}, {'within' if is_met else 'beyond'} the limit ({limit_en})."
    return _reason(rule.measure, "met" if is_met else "not_met", (str(found), limit), sentence_ko, sentence_en)


def of_closing(closed_on: date) -> tuple[Reason]:
    """The one reason that an enterprise which ceased to be has left."""
    ko, en = f"{closed_on} 폐업하여 지원 대상이 아닙니다.", f"It closed on {closed_on}; the programme is for open ones."
    return (_reason("open", "not_met", (f"closed {closed_on}", "open"), ko, en),)


def of_no_rules(code: str, on: date) -> tuple[Reason]:
    """The one reason there is on a day for which there are no rules."""
    ko = f"{on}에 시행 중인 선정 기준이 없어 판정하지 못했습니다."
    en = f"Undecided: no rule set was in force on {on}."
    return (_reason("sector", "unknown", (code, f"no rule set in force on {on}"), ko, en),)


def _reason(criterion: str, outcome: str, found_and_limit: tuple[str, str], ko: str, en: str) -> Reason:
    found, limit = found_and_limit
    return Reason.model_validate(
        {
            "criterion": criterion, "outcome": outcome, "found": found, "limit": limit,
            "sentence_ko": ko, "sentence_en": en,
        }
    )  # fmt: skip


def _amount_ko(rule: Rule, amount: int) -> str:
    return f"{amount:,}{'명' if rule.measure == 'headcount' else '원'}"


def _amount_en(rule: Rule, amount: int) -> str:
    return f"{amount:,}{'' if rule.measure == 'headcount' else ' won'}"


def _limit_ko(rule: Rule) -> str:
    return f"{_amount_ko(rule, rule.limit)} {_BOUNDS_KO[rule.bound]}"


def _limit_en(rule: Rule) -> str:
    return f"{'at most' if rule.bound == 'at_most' else 'below'} {_amount_en(rule, rule.limit)}"

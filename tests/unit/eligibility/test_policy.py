"""The policy: whom the programme is for, why, and what of it is news."""

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.model import Decision, RuleBook, Standing
from eligibility.policy import AboutEnterprise, Revision, decide, revise, taken_back
from eligibility.rules import read_rules
from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible
from events.contracts.envelope import Envelope, Fact, Received, id_of
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered

RULES = read_rules()
ENTERPRISE = UUID("00000000-0000-7000-8000-000000000001")
OTHER = UUID("00000000-0000-7000-8000-000000000002")
FACTORY: dict[str, Any] = {"industry_code": "25111", "headcount": 10}
SITE: dict[str, Any] = {"industry_code": "41112", "headcount": 3}
SHOP: dict[str, Any] = {"industry_code": "56111", "headcount": 50}
PLACE: dict[str, Any] = {"province": "KR-41", "district": "41111", "latitude": 37.2, "longitude": 127.0}


def but(state: dict[str, Any], **otherwise: Any) -> dict[str, Any]:
    return state | otherwise


def registered(enterprise_id: UUID = ENTERPRISE, on: str = "2023-04-12", **state: Any) -> EnterpriseRegistered:
    given_state: dict[str, Any] = {"industry_code_system": "KSIC-10", **PLACE, **state}
    return EnterpriseRegistered(enterprise_id=enterprise_id, registered_on=date.fromisoformat(on), **given_state)


def changed(enterprise_id: UUID = ENTERPRISE, on: str = "2023-06-01", **state: Any) -> EnterpriseChanged:
    given_state: dict[str, Any] = {"industry_code_system": "KSIC-10", **PLACE, **state}
    return EnterpriseChanged(enterprise_id=enterprise_id, changed_on=date.fromisoformat(on), **given_state)


def closed(enterprise_id: UUID = ENTERPRISE, on: str = "2023-07-01") -> EnterpriseClosed:
    return EnterpriseClosed(enterprise_id=enterprise_id, closed_on=date.fromisoformat(on))


def heard(fact: Fact, sequence: int) -> Received[Any]:
    time, key = "2023-04-12T00:00:00+00:00", fact.key
    return Received(fact, Envelope(f"{key}:{sequence}", fact.type, fact.source, key, time, sequence, key, key))


def after(*facts: AboutEnterprise, rules: RuleBook = RULES) -> Revision:
    """One batch of facts about one enterprise, in the register's order."""
    return revise(rules, {}, [heard(fact, number) for number, fact in enumerate(facts, 1)])


def outcomes(decision: Decision) -> dict[str, str]:
    return {reason.criterion: reason.outcome for reason in decision.reasons}


@pytest.mark.parametrize(
    ("state", "is_eligible"),
    [
        (but(FACTORY, headcount=10), True),
        (but(FACTORY, headcount=11), False),
        (but(FACTORY, headcount=0), True),
        (but(SITE, contract_value_won=99_999_999), True),
        (but(SITE, contract_value_won=100_000_000), False),
        (but(SITE, contract_value_won=1, headcount=4_000), True),
        (but(SHOP, headcount=50), True),
        (but(SHOP, headcount=51), False),
        ({"industry_code": "01110", "headcount": 1}, False),
    ],
)
def test_the_three_rules_hold_to_the_last_person_and_the_last_won(state: dict[str, Any], is_eligible: bool) -> None:
    decision = decide(RULES, registered(**state))
    assert decision.is_eligible is is_eligible
    assert decision.outcome == ("eligible" if is_eligible else "ineligible")


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        (SITE, "contract_value"),
        (but(FACTORY, headcount=None), "headcount"),
        (but(SHOP, headcount=None), "headcount"),
        (but(SHOP, industry_code="999999", industry_code_system="NTS"), "sector"),
    ],
)
def test_a_missing_fact_leaves_it_undecided_and_is_named(state: dict[str, Any], missing: str) -> None:
    decision = decide(RULES, registered(**state))
    assert not decision.is_eligible
    assert decision.outcome == "undecided"
    assert outcomes(decision)[missing] == "unknown"


def test_each_criterion_has_a_reason_in_both_languages() -> None:
    sector, value = decide(RULES, registered(**SITE, contract_value_won=120_000_000)).reasons
    assert (sector.criterion, sector.outcome, sector.found) == ("sector", "met", "KSIC-10 41112: construction")
    assert (value.criterion, value.outcome) == ("contract_value", "not_met")
    assert (value.found, value.limit) == ("120000000", "< 100000000")
    assert value.sentence_ko == "공사금액 120,000,000원: 100,000,000원 미만 기준을 충족하지 않습니다."
    assert value.sentence_en == "The contract value is 120,000,000 won, beyond the limit (below 100,000,000 won)."


def test_the_day_of_the_fact_chooses_the_rules(tmp_path: Path) -> None:
    text = shipped_rules()
    first = text.replace("valid_from = 2023-01-01", "valid_from = 2023-01-01\nvalid_until = 2023-12-31")
    later = text.replace("valid_from = 2023-01-01", "valid_from = 2024-01-01").replace('"2023"', '"2024"')
    later = later.replace("limit = 10\n", "limit = 9\n")
    (tmp_path / "rules.toml").write_text(first + later, "utf-8")
    rules = read_rules(tmp_path / "rules.toml")
    said = after(registered(on="2023-12-31", **FACTORY), changed(on="2024-01-01", **FACTORY), rules=rules).announcements
    assert [type(each.fact) for each in said] == [EnterpriseFoundEligible, EnterpriseFoundIneligible]
    assert [each.fact.model_dump()["rule_set"] for each in said] == ["2023", "2024"]


def shipped_rules() -> str:
    return (files("eligibility") / "rules.toml").read_text("utf-8")


def test_a_day_without_rules_leaves_it_undecided() -> None:
    decision = decide(RULES, registered(on="2022-12-31", **FACTORY))
    assert (decision.outcome, decision.rule_set, decision.sector) == ("undecided", "none", "manufacturing")
    assert "2022-12-31" in decision.reasons[0].sentence_en


def test_a_sector_without_a_rule_is_no_target(tmp_path: Path) -> None:
    text = shipped_rules()
    (tmp_path / "rules.toml").write_text(text.rpartition("[[rule_set.rules]]")[0], "utf-8")
    decision = decide(read_rules(tmp_path / "rules.toml"), registered(**SHOP))
    assert (decision.is_eligible, outcomes(decision)) == (False, {"sector": "not_met"})


def test_an_enterprise_is_decided_once_however_often_announced() -> None:
    fact = heard(registered(**FACTORY), 1)
    once = revise(RULES, {}, [fact, fact])
    assert len(once.announcements) == 1
    (standing,) = once.standings
    again = revise(RULES, {ENTERPRISE: standing}, [fact])
    assert (again.standings, again.announcements) == ([], [])


def test_a_late_fact_changes_nothing() -> None:
    (standing,) = after(registered(**FACTORY), changed(**but(FACTORY, headcount=30))).standings
    late = revise(RULES, {ENTERPRISE: standing}, [heard(registered(**FACTORY), 1)])
    assert (late.standings, late.announcements) == ([], [])


def test_only_news_is_said() -> None:
    changes: list[dict[str, Any]] = [{"risk": 9}, {"closed_weekdays": ("sat",)}, {"closed_days": (date(2023, 8, 1),)}]
    revision = after(registered(**FACTORY), *(changed(**FACTORY, **change) for change in changes))
    assert [each.sequence for each in revision.announcements] == [1]
    assert [(standing.version, standing.heard) for standing in revision.standings] == [(1, 4)]


@pytest.mark.parametrize(
    "change", [{"headcount": 9}, {"headcount": 11}, {"province": "KR-11"}, {"industry_code": "56"}]
)
def test_another_outcome_reason_sector_or_province_is_news(change: dict[str, Any]) -> None:
    revision = after(registered(**FACTORY), changed(**but(FACTORY, **change)))
    assert [each.sequence for each in revision.announcements] == [1, 2]


def test_one_batch_may_change_an_enterprise_there_and_back() -> None:
    revision = after(registered(**FACTORY), changed(**but(FACTORY, headcount=99)), changed(**FACTORY))
    assert [each.fact.type.split(".")[2] for each in revision.announcements] == ["eligible", "ineligible", "eligible"]
    assert [each.sequence for each in revision.announcements] == [1, 2, 3]


def test_what_is_said_names_its_cause() -> None:
    cause = heard(registered(**FACTORY), 1)
    (said,) = revise(RULES, {}, [cause]).announcements
    assert said.because == cause.envelope
    assert said.occurred_at == cause.envelope.occurred_at


def test_a_closed_enterprise_is_no_target() -> None:
    revision = after(registered(**FACTORY), closed())
    fact = revision.announcements[-1].fact
    assert isinstance(fact, EnterpriseFoundIneligible)
    assert [(reason.criterion, reason.outcome) for reason in fact.reasons] == [("open", "not_met")]
    assert (fact.sector, fact.province, fact.decided_on) == ("manufacturing", "KR-41", date(2023, 7, 1))


def test_a_state_said_after_the_closing_opens_an_enterprise_again() -> None:
    for said in (changed(**FACTORY), registered(**FACTORY)):
        anew = after(registered(**FACTORY), closed(), said)
        assert isinstance(anew.announcements[-1].fact, EnterpriseFoundEligible)
        assert not anew.standings[0].is_closed


def test_an_end_heard_of_before_the_beginning_is_remembered_and_not_told() -> None:
    (standing,) = after(closed(on="2022-07-01")).standings
    assert (standing.version, standing.is_closed, standing.decision.rule_set) == (0, True, "none")
    anew = revise(RULES, {ENTERPRISE: standing}, [heard(registered(**FACTORY), 6)])
    assert [each.sequence for each in anew.announcements] == [1]


def test_enterprises_do_not_touch_one_another() -> None:
    batch = [heard(registered(OTHER, **SHOP), 1), heard(registered(**but(FACTORY, headcount=11)), 1)]
    revision = revise(RULES, {}, batch)
    assert [standing.decision.enterprise_id for standing in revision.standings] == [ENTERPRISE, OTHER]
    assert [standing.decision.is_eligible for standing in revision.standings] == [False, True]


@given(st.integers(0, 10**9), st.integers(0, 10**12), st.sampled_from(["10", "41", "56", "01"]))
def test_a_smaller_enterprise_is_never_turned_away_where_a_larger_one_is_not(
    headcount: int, value: int, code: str
) -> None:
    larger = decide(RULES, registered(industry_code=code, headcount=headcount, contract_value_won=value))
    smaller = decide(RULES, registered(industry_code=code, headcount=headcount // 2, contract_value_won=value // 2))
    assert smaller.is_eligible >= larger.is_eligible


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 20)), max_size=12), st.integers(0, 12))
def test_batches_may_be_cut_anywhere(changes: list[tuple[int, int]], cut: int) -> None:
    facts = [heard(changed(**but(FACTORY, headcount=people)), sequence) for sequence, people in changes]
    whole = revise(RULES, {}, facts)
    first = revise(RULES, {}, facts[:cut])
    known: dict[UUID, Standing] = {standing.decision.enterprise_id: standing for standing in first.standings}
    second = revise(RULES, known, facts[cut:])
    assert [*first.announcements, *second.announcements] == whole.announcements
    assert (second.standings or first.standings) == whole.standings


def said_by(revision: Revision) -> list[Received[Any]]:
    """What a revision announces, as it lies in the log."""
    back = list[Received[Any]]()
    for one in revision.announcements:
        assert one.because
        envelope = heard(one.fact, one.sequence).envelope
        back.append(Received(one.fact, envelope._replace(causationid=one.because.id)))
    return back


def of_the_register(*facts: AboutEnterprise) -> list[Received[Any]]:
    """Facts with the ids that the register gives them."""
    batch = [heard(fact, number) for number, fact in enumerate(facts, 1)]
    return [
        one._replace(envelope=one.envelope._replace(id=str(id_of(one.fact.type, one.fact.key, one.envelope.sequence))))
        for one in batch
    ]


def test_what_was_said_taken_back_is_what_stood_and_is_not_decided_again() -> None:
    facts = of_the_register(registered(**FACTORY), changed(**but(FACTORY, headcount=11)), closed())
    stood = revise(RULES, {}, facts)
    back = taken_back({}, said_by(stood))
    assert [(one.version, one.heard, one.is_closed) for one in back] == [(3, 3, True)]
    assert back == list(stood.standings)
    assert revise(RULES, {ENTERPRISE: back[0]}, facts).announcements == []


def test_a_decision_that_is_known_is_left_as_it_is() -> None:
    stood = revise(RULES, {}, of_the_register(registered(**FACTORY)))
    assert taken_back({ENTERPRISE: stood.standings[0]}, said_by(stood)) == []


def test_a_decision_taken_back_whose_cause_cannot_be_told_rests_on_something_later() -> None:
    stood = revise(RULES, {}, [heard(registered(**FACTORY), 1), heard(closed(), 7)])
    [back] = taken_back({}, said_by(stood)[1:])
    assert (back.version, back.heard, back.is_closed) == (2, 1, True)

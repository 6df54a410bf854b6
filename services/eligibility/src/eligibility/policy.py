"""Decides whom the programme is for; pure, so that any decision can be made again and explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from eligibility import reasons
from eligibility.industries import NO_TARGET, Target, target_of
from eligibility.model import Decision, RuleBook, RuleSet, Standing
from events.contracts.eligibility import EnterpriseFoundEligible, EnterpriseFoundIneligible, Reason
from events.contracts.envelope import Announcement, Received, id_of
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered, Sector

NO_RULE_SET = "none"
MOST_CHANGES = 1_000
"""Of one enterprise between a copy of the database and what was said after it."""
NO_PROVINCE = ""
"""Of an enterprise whose end was heard of before its beginning."""

State = EnterpriseRegistered | EnterpriseChanged
AboutEnterprise = State | EnterpriseClosed
AnyOfThem = TypeVar("AnyOfThem", EnterpriseRegistered, EnterpriseChanged, EnterpriseClosed)
Found = EnterpriseFoundEligible | EnterpriseFoundIneligible
AnyFound = TypeVar("AnyFound", EnterpriseFoundEligible, EnterpriseFoundIneligible)


@dataclass(frozen=True, slots=True)
class Revision:
    """What a batch of facts comes to: what stands now, by enterprise, and what is to be said, in order."""

    standings: Sequence[Standing]
    announcements: Sequence[Announcement]


def revise(rules: RuleBook, standings: Mapping[UUID, Standing], batch: Sequence[Received[AnyOfThem]]) -> Revision:
    """Decide fact by fact; what is late or repeated changes nothing, and only news is said."""
    after: dict[UUID, Standing] = {}
    announcements: list[Announcement] = []
    for received in batch:
        fact, sequence = received.fact, received.envelope.sequence
        before = after.get(fact.enterprise_id) or standings.get(fact.enterprise_id)
        if before and sequence <= before.heard:
            continue
        now = standing_after(rules, before, fact, sequence)
        after[fact.enterprise_id] = now
        if now.version > (before.version if before else 0):
            announcement = Announcement(
                fact_of(now.decision), now.version, received.envelope.occurred_at, received.envelope
            )
            announcements.append(announcement)
    return Revision([after[enterprise_id] for enterprise_id in sorted(after, key=attrgetter("int"))], announcements)


def standing_after(rules: RuleBook, before: Standing | None, fact: AboutEnterprise, heard: int) -> Standing:
    """What stands after a fact; the version grows only if the decision says something else than before."""
    decision, is_closed = _judge(rules, before, fact)
    said = before.version if before else 0
    if decision.province == NO_PROVINCE:
        return Standing(decision, said, heard, is_closed)
    if before and decision.says_the_same_as(before.decision):
        return replace(before, heard=heard, is_closed=is_closed)
    return Standing(decision, said + 1, heard, is_closed)


def _judge(rules: RuleBook, before: Standing | None, fact: AboutEnterprise) -> tuple[Decision, bool]:
    if isinstance(fact, EnterpriseClosed):
        return _decide_closed(rules, before, fact), True
    return decide(rules, fact), False  # a state said after a closing means that it is open again


def decide(rules: RuleBook, state: State) -> Decision:
    """Whether the programme is for an open enterprise as the register describes it, by the rules of that day."""
    on = state.registered_on if isinstance(state, EnterpriseRegistered) else state.changed_on
    rule_set, target = rules.in_force(on), target_of(state.industry_code_system, state.industry_code)
    sector: Sector | None = None if target is None or target == NO_TARGET else target
    found = _reasons(rule_set, state, target) if rule_set else reasons.of_no_rules(_code_of(state), on)
    return Decision(
        enterprise_id=state.enterprise_id,
        is_eligible=all(reason.outcome == "met" for reason in found),
        sector=sector,
        province=state.province,
        reasons=found,
        rule_set=rule_set.name if rule_set else NO_RULE_SET,
        decided_on=on,
    )


def _reasons(rule_set: RuleSet, state: State, target: Target | None) -> tuple[Reason, ...]:
    of_sector = reasons.of_sector(rule_set, _code_of(state), target)
    rule = rule_set.rule_for(target) if target and target != NO_TARGET else None
    if rule is None:
        return (of_sector,)
    amount = state.headcount if rule.measure == "headcount" else state.contract_value_won
    return (of_sector, reasons.of_measure(rule, amount))


def _code_of(state: State) -> str:
    return f"{state.industry_code_system} {state.industry_code}"


def _decide_closed(rules: RuleBook, before: Standing | None, fact: EnterpriseClosed) -> Decision:
    rule_set = rules.in_force(fact.closed_on)
    return Decision(
        enterprise_id=fact.enterprise_id,
        is_eligible=False,
        sector=before.decision.sector if before else None,
        province=before.decision.province if before else NO_PROVINCE,
        reasons=reasons.of_closing(fact.closed_on),
        rule_set=rule_set.name if rule_set else NO_RULE_SET,
        decided_on=fact.closed_on,
    )


def fact_of(decision: Decision) -> EnterpriseFoundEligible | EnterpriseFoundIneligible:
    """The decision as it is told to the other services."""
    kind = EnterpriseFoundEligible if decision.is_eligible else EnterpriseFoundIneligible
    return kind(
        enterprise_id=decision.enterprise_id,
        sector=decision.sector,
        province=decision.province,
        reasons=decision.reasons,
        rule_set=decision.rule_set,
        decided_on=decision.decided_on,
    )


def taken_back(standings: Mapping[UUID, Standing], batch: Sequence[Received[AnyFound]]) -> list[Standing]:
    """What stood when it was said, of decisions that the database has forgotten; a later version is left as it is."""
    after: dict[UUID, Standing] = {}
    for fact, envelope in batch:
        before = after.get(fact.enterprise_id) or standings.get(fact.enterprise_id)
        if before is None or before.version < envelope.sequence:
            heard, is_closed = _rested_on(fact, envelope.causationid, before.heard if before else 0)
            after[fact.enterprise_id] = Standing(_decision_of(fact), envelope.sequence, heard, is_closed)
    return [after[enterprise_id] for enterprise_id in sorted(after, key=attrgetter("int"))]


def _rested_on(fact: Found, cause: str | None, above: int) -> tuple[int, bool]:
    """The enterprise's version that a decision rests on, and whether it was a closing: its cause's id is made of them.

    So the register's facts that were decided before are not decided again when they are read again.
    """
    for heard in range(above + 1, above + MOST_CHANGES):
        for kind in (EnterpriseRegistered, EnterpriseChanged, EnterpriseClosed):
            if cause == str(id_of(kind.type, str(fact.enterprise_id), heard)):
                return heard, kind is EnterpriseClosed
    return above + 1, any(reason.criterion == "open" for reason in fact.reasons)


def _decision_of(fact: Found) -> Decision:
    return Decision(
        enterprise_id=fact.enterprise_id,
        is_eligible=isinstance(fact, EnterpriseFoundEligible),
        sector=fact.sector,
        province=fact.province,
        reasons=fact.reasons,
        rule_set=fact.rule_set,
        decided_on=fact.decided_on,
    )

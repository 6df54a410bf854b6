"""The nouns of eligibility: dated rule sets, decisions, and what stands decided about an enterprise."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from events.contracts.eligibility import Reason
from events.contracts.registry import Sector

Measure = Literal["headcount", "contract_value"]
Bound = Literal["at_most", "below"]
Outcome = Literal["eligible", "ineligible", "undecided"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a sector's enterprises are measured by, and how much of it a target may have."""

    sector: Sector
    measure: Measure
    bound: Bound
    limit: int

    def is_met_by(self, found: int) -> bool:
        """Whether this much is still within the limit."""
        return found <= self.limit if self.bound == "at_most" else found < self.limit


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a rule set comes from."""

    title_ko: str
    title_en: str
    issued_by: str


class RuleBookError(ValueError):
    """Rule sets that leave it open which rule is in force; the text names them."""


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: it is hashed for every enterprise
class RuleSet:
    """The rules in force from one day until another (both included; no last day: until further notice)."""

    name: str
    valid_from: date
    source: Source
    rules: tuple[Rule, ...]
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.valid_until and self.valid_until < self.valid_from:
            raise RuleBookError(f"rule set {self.name!r} ends before it begins")
        if len({rule.sector for rule in self.rules}) < len(self.rules):
            raise RuleBookError(f"rule set {self.name!r} has two rules for one sector")

    def rule_for(self, sector: Sector) -> Rule | None:
        """The sector's rule; None when the programme is not for that sector."""
        return next((rule for rule in self.rules if rule.sector == sector), None)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rule sets, the oldest first; at most one of them is in force on any day."""

    rule_sets: tuple[RuleSet, ...]

    def __post_init__(self) -> None:
        if not self.rule_sets:
            raise RuleBookError("there is no rule set at all")
        for earlier, later in zip(self.rule_sets, self.rule_sets[1:], strict=False):
            if earlier.valid_until is None or earlier.valid_until >= later.valid_from:
                raise RuleBookError(f"rule set {later.name!r} begins while {earlier.name!r} is in force")

    def in_force(self, on: date) -> RuleSet | None:
        """The rule set of a day; None when there was none yet, or none any more."""
        for rule_set in reversed(self.rule_sets):
            if rule_set.valid_from <= on:
                return rule_set if rule_set.valid_until is None or on <= rule_set.valid_until else None
        return None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the programme is for an enterprise, and why."""

    enterprise_id: UUID
    is_eligible: bool
    sector: Sector | None
    province: str
    reasons: tuple[Reason, ...]
    rule_set: str
    decided_on: date

    @property
    def outcome(self) -> Outcome:
        """In one word; undecided: a fact that decides it is missing."""
        if any(reason.outcome == "unknown" for reason in self.reasons):
            return "undecided"
        return "eligible" if self.is_eligible else "ineligible"

    def says_the_same_as(self, other: "Decision") -> bool:
        """Whether nobody needs to hear of this one who has heard the other; when and by which rules may differ."""
        return self._content == other._content

    @property
    def _content(self) -> tuple[object, ...]:
        return self.is_eligible, self.sector, self.province, self.reasons


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands about an enterprise: the last decision and its version, and the registry's version it rests on."""

    decision: Decision
    version: int
    heard: int
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many decisions of one province and sector came out alike."""

    province: str
    sector: Sector | None
    outcome: Outcome
    enterprises: int

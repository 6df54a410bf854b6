"""What eligibility says: whom the programme is for, with a reason for each criterion."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.contracts.envelope import Fact
from events.contracts.registry import Sector


class Reason(BaseModel):
    """How one criterion came out, in a form that people and programs can read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    criterion: Literal["sector", "headcount", "contract_value", "open"]
    outcome: Literal["met", "not_met", "unknown"]
    found: str
    limit: str
    sentence_ko: str
    sentence_en: str


class _Decision(Fact):
    enterprise_id: UUID
    sector: Sector | None
    province: str
    reasons: tuple[Reason, ...]
    rule_set: str
    decided_on: date


class EnterpriseFoundEligible(_Decision, type="eligibility.decision.eligible.v1", key="enterprise_id"):
    """An enterprise is one that the programme is for."""


class EnterpriseFoundIneligible(_Decision, type="eligibility.decision.ineligible.v1", key="enterprise_id"):
    """An enterprise is not one that the programme is for, or a fact that decides it is missing (outcome `unknown`)."""

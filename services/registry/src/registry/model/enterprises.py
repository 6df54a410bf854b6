"""Enterprises: what is known of them, and the rows of the files that tell it."""

from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

Form = Literal["template", "pension"]
"""Where a row comes from: the product's own template, or the National Pension Service's file."""


class Enterprise(NamedTuple):  # a tuple, not a dataclass: made, compared and copied 200,000 times an import
    """What is known of an enterprise's worksite."""

    name: str
    business_number: str
    address: str
    industry_code: str
    industry_code_system: str
    headcount: int | None
    contract_value_won: int | None
    province: str
    district: str
    latitude: float | None
    longitude: float | None
    is_placed: bool
    risk: int | None
    open_from: date | None
    open_until: date | None
    closed_weekdays: str
    closed_days: tuple[date, ...]
    preferred_weekdays: str
    is_synthetic: bool


class Reading(NamedTuple):
    """A row of an enterprise file that could be read; dates only when the row gives them."""

    enterprise_id: UUID
    enterprise: Enterprise
    registered_on: date | None
    changed_on: date | None
    is_closed: bool
    closed_on: date | None
    digest: bytes = b""


class Known(NamedTuple):
    """What the register holds of an enterprise, as far as it takes to see whether a row brings anything new."""

    version: int
    is_closed: bool
    template_digest: bytes | None
    pension_digest: bytes | None

    def digest(self, form: Form) -> bytes | None:
        """Of the row that this source gave last."""
        return self.template_digest if form == "template" else self.pension_digest

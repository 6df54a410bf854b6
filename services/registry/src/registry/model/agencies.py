"""Agencies, their applications and their inspections."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from events.contracts.registry import Sector
from registry.model.checks import BusinessNumber, Latitude, Longitude, Name, Province, Said, Text, listed
from registry.model.programmes import Points

Status = Literal["applied", "qualified", "rejected"]


class Application(Said):
    """An agency's application."""

    agency_id: UUID
    name: Name
    business_number: BusinessNumber
    sectors: Annotated[tuple[Sector, ...], BeforeValidator(listed), Field(min_length=1)]
    provinces: Annotated[tuple[Province, ...], BeforeValidator(listed)] = ()
    province: Province | None = None
    address: Text | None = None
    latitude: Latitude
    longitude: Longitude
    applied_on: date | None = None
    licence_until: date | None = None
    synthetic: bool = False


class Inspection(Points):
    """What an agency's inspection gave."""

    agency_id: UUID
    inspected_on: date


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as the register holds it."""

    application: Application
    programme_id: UUID
    status: Status
    version: int

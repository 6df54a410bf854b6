"""What a synthetic population is: one programme and five tables, every one of them marked as made up."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from korea.population.columns import Columns
from korea.population.identity import uuid_of


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme year of the press release, in numbers; its sizes are data, so that a later year is another row."""

    programme_id: UUID
    target_enterprises: int
    year: int = 2023
    opened_on: date = date(2023, 1, 9)
    window_from: date = date(2023, 4, 12)
    window_until: date = date(2023, 12, 29)
    minimum_visits: int = 2
    spacing_days: int = 28
    visits_a_day: int = 4
    training_days: tuple[date, ...] = (date(2023, 4, 4), date(2023, 4, 5), date(2023, 4, 6), date(2023, 4, 11))
    reserve_share: float = 0.04

    @classmethod
    def of_2023(cls, target_enterprises: int, seed: int) -> "Programme":
        """The year's programme for a number of enterprises."""
        return cls(uuid_of(seed, "programme", 2023), target_enterprises)


@dataclass(frozen=True, slots=True)
class Population:
    """A synthetic Korea: tables of numpy columns; the modules that make them say which columns.

    `enterprises` has `is_targeted`, the truth that eligibility must find by itself; `agencies` has `is_qualified` and
    `managers` has `is_trained` likewise. No file of the registry contains those three.
    """

    seed: int
    programme: Programme
    enterprises: Columns
    agencies: Columns
    inspections: Columns
    managers: Columns
    attendance: Columns

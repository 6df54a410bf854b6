"""A small nation as a picture, and how it goes on once a proposal was published; for the tests of planning."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
import pytest

from scheduling.model import Programme
from scheduling.planning.freeing import Ground, days_of
from scheduling.planning.picture import FAR_AHEAD, LONG_AGO, Agencies, Ints, Managers, Picture, Proposal, Sites
from scheduling.planning.reading import COLUMNS, sort_out


def picture_of(seed: int = 0, sites: int = 40, managers: int = 4, until: date = date(2023, 9, 29)) -> Picture:
    """A small nation: three agencies, of which one goes everywhere, some leave, some works, some closed days."""
    dice = np.random.default_rng(seed)
    programme = Programme(UUID(int=seed), date(2023, 4, 1), until, 2, 28, 4, (date(2023, 4, 11),), (), (), 0.04, None)
    days = days_of(programme)
    first, last = int(days[0]), int(days[-1])
    agencies = Agencies(
        [UUID(int=n) for n in range(3)],
        dice.uniform(35, 37, 3),
        dice.uniform(127, 129, 3),
        np.array([0b111, 0b011, 0b101]),
        np.array([0, 0b11, 0b1110]),
        np.full(3, first - 100),
        np.array([FAR_AHEAD, FAR_AHEAD, last - 30]),
        np.array([FAR_AHEAD, first + 30, FAR_AHEAD]),
        np.array([FAR_AHEAD, first + 60, FAR_AHEAD]),
    )
    people = Managers(
        [UUID(int=n) for n in range(managers)],
        np.arange(managers) % 3,
        dice.uniform(35, 37, managers),
        dice.uniform(127, 129, managers),
        dice.integers(1, 5, managers),
        np.full(managers, first - 1),
        np.zeros(3, np.int64),
        days[[1, 5, 9]],
        np.where(np.arange(managers) == 5, first + 90, FAR_AHEAD),
    )
    enterprises = _enterprises(dice, sites, (first, last))
    ground = Ground(programme, agencies, people, enterprises, LONG_AGO)
    return sort_out(ground, table_of([]), days)


def _enterprises(dice: np.random.Generator, sites: int, year: tuple[int, int]) -> Sites:
    first, last = year
    works = dice.random(sites) < 0.3
    return Sites(
        dice.integers(0, 256, (sites, 16)).astype(np.uint8),
        dice.uniform(35, 37, sites),
        dice.uniform(127, 129, sites),
        dice.integers(0, 3, sites),
        dice.integers(0, 5, sites),
        dice.integers(1, 10, sites),
        np.where(works, first + 20, 0),
        np.where(works, last - dice.integers(0, 80, sites), FAR_AHEAD),
        np.where(dice.random(sites) < 0.2, 1 << dice.integers(0, 7, sites), 0),
        np.zeros(sites, np.int64),
        dice.integers(0, sites, 3 * sites),
        first + dice.integers(0, last - first, 3 * sites),
    )


def table_of(rows: list[tuple[int, ...]]) -> Ints:
    """Site, ordinal, agency, manager, day, 0 gone | 1 scheduled | 2 done, version, risk left, pinned."""
    return np.array(rows, np.int64).reshape(-1, len(COLUMNS))


def ground_of(picture: Picture, today: int = LONG_AGO) -> Ground:
    return Ground(picture.programme, picture.agencies, picture.managers, picture.sites, today, picture.handed_back)


def published(picture: Picture, proposal: Proposal, share: float, seed: int = 0) -> Picture:
    """The picture after a part of a proposal was published: the rest is still needed."""
    dice = np.random.default_rng(seed)
    rows = proposal.placed[dice.random(len(proposal.placed)) < share]
    return again(picture, visits_of(picture, proposal, rows))


def visits_of(picture: Picture, proposal: Proposal, rows: Ints) -> Ints:
    needs, manager, one = picture.needs, proposal.manager[rows], np.ones(len(rows), np.int64)
    agency = picture.managers.agency[manager]
    site, ordinal, day = needs.site[rows], needs.ordinal[rows], proposal.day[rows]
    return np.column_stack([site, ordinal, agency, manager, day, one, one, one * 0, one * 0])


def again(picture: Picture, table: Ints, today: int = LONG_AGO) -> Picture:
    """The picture, with whatever facts it has now, behind a day, when these visits have been published."""
    days = days_of(picture.programme, today + 1)
    return sort_out(ground_of(picture, today), table, days)


@dataclass(frozen=True)
class Small:
    """What there is to build with."""

    picture_of: Callable[..., Picture] = picture_of
    table_of: Callable[[list[tuple[int, ...]]], Ints] = table_of
    published: Callable[..., Picture] = published
    visits_of: Callable[[Picture, Proposal, Ints], Ints] = visits_of
    again: Callable[..., Picture] = again


@pytest.fixture(scope="session")
def small() -> Small:
    return Small()

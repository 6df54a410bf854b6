"""The safety managers of a synthetic population, and on which training days they were there.

Managers: manager_number, manager_id, agency_id, name, phone, latitude, longitude (home, where the day begins),
visits_a_day, leave_days, synthetic, is_trained.
Attendance: manager_id, day, attended, synthetic: a row for every manager and training day.
"""

import numpy as np

from korea.calendar import working_days
from korea.population.agencies import sites_in
from korea.population.columns import Columns, Numbers, Places, Texts, always, texts
from korea.population.identity import MARK, uuids_of
from korea.population.model import Programme
from korea.population.staffing import FOUR_A_DAY, LEAVE_DAYS, MOST_MANAGERS, Staffing
from korea.provinces import PROVINCES

HOMES_NEAR = 300
"""A manager lives beside one of the so many sites that are nearest to the agency."""
SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN = ("가온", "나래", "다온", "도담", "라온", "마루", "보람", "새론", "서윤", "아라", "이든", "지호", "하람", "한결")


def managers_of(
    programme: Programme, agencies: Columns, enterprises: Columns, staffing: Staffing, seed: int
) -> Columns:
    """Those who finish their training first, agency by agency, then those who miss a day."""
    rng, sizes = np.random.default_rng([seed, 5]), staffing.sizes
    agency = np.concatenate([
        np.repeat(np.arange(len(staffing.managers)), staffing.managers),
        rng.choice(np.flatnonzero(staffing.managers < MOST_MANAGERS), sizes.enrolled - sizes.trained),
    ])  # fmt: skip
    latitude, longitude = _homes(agency, agencies, enterprises, rng)
    number = np.arange(1, len(agency) + 1)
    return {
        "manager_number": number,
        "manager_id": uuids_of(seed, "manager", len(agency)),
        "agency_id": agencies["agency_id"][agency],
        "name": _names(len(agency), rng),
        "phone": texts([f"010-0000-{one:04d}" for one in number]),  # no subscriber has a number that begins with 0000
        "latitude": latitude,
        "longitude": longitude,
        "visits_a_day": 3 + np.diff(np.floor(np.append(0, number) * FOUR_A_DAY)).astype(np.int64),
        "leave_days": _leave(programme, len(agency), rng),
        "synthetic": always(True, len(agency)),
        "is_trained": number <= sizes.trained,
    }  # fmt: skip


def attendance_of(programme: Programme, managers: Columns, seed: int) -> Columns:
    """Everybody was there every day, except that whoever does not finish missed one of them."""
    rng = np.random.default_rng([seed, 6])
    days = len(programme.training_days)
    attended = np.ones((len(managers["manager_id"]), days), dtype=np.bool_)
    missing = np.flatnonzero(~managers["is_trained"])
    attended[missing, rng.integers(0, days, len(missing))] = False
    return {
        "manager_id": np.repeat(managers["manager_id"], days),
        "day": np.tile(np.array(programme.training_days, dtype="datetime64[D]"), len(managers["manager_id"])),
        "attended": attended.ravel(),
        "synthetic": always(True, attended.size),
    }  # fmt: skip


def _homes(
    agency: Places, agencies: Columns, enterprises: Columns, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    seats = np.column_stack([agencies["latitude"], agencies["longitude"]])
    province, homes = agencies["province"], np.empty((len(agency), 2))
    sites = {one.code: sites_in(enterprises, one.code) for one in PROVINCES}
    for one in np.unique(agency).tolist():
        there, here = sites[str(province[one])], np.flatnonzero(agency == one)
        far = np.hypot(there[:, 0] - seats[one, 0], (there[:, 1] - seats[one, 1]) * 0.8)
        near = np.argsort(far, kind="stable")[:HOMES_NEAR]
        homes[here] = there[near[rng.integers(0, len(near), len(here))]]
    return homes[:, 0], homes[:, 1]


def _names(managers: int, rng: np.random.Generator) -> Texts:
    first, last = rng.integers(0, len(GIVEN), managers), rng.integers(0, len(SURNAMES), managers)
    return texts([f"{SURNAMES[s]}{GIVEN[g]}({MARK})" for s, g in zip(last, first, strict=True)])


def _leave(programme: Programme, managers: int, rng: np.random.Generator) -> Texts:
    days = [day.isoformat() for day in working_days(programme.window_from, programme.window_until)]
    taken = rng.choice(LEAVE_DAYS, managers)
    return texts(["|".join(days[day] for day in sorted(rng.choice(len(days), many, replace=False))) for many in taken])

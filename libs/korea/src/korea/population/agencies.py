"""The private agencies of a synthetic population and how they came out of their inspection.

Agencies: agency_number, agency_id, name, business_number, sectors, provinces (empty: everywhere), province, address,
latitude, longitude, applied_on, licence_until, synthetic, is_qualified.
Inspections: agency_id, inspected_on, staff_capability, earlier_delivery, accident_record, equipment, score, synthetic.
"""

from datetime import date

import numpy as np

from korea.calendar import working_days
from korea.districts import districts
from korea.population.columns import Columns, Numbers, Places, Texts, Truths, always, texts
from korea.population.identity import MARK, business_numbers, uuids_of
from korea.population.industries import SECTORS, STEMS
from korea.population.staffing import SETS, Staffing
from korea.provinces import PROVINCES

PASS_MARK = 70
MOST_POINTS = {"staff_capability": 40, "earlier_delivery": 30, "accident_record": 15, "equipment": 15}
AGENCY_BUSINESS_NUMBERS = 50_000_000  # agencies count from here, so that they never share a number with an enterprise
APPLIED = (date(2023, 1, 9), date(2023, 1, 31))
INSPECTED = (date(2023, 2, 6), date(2023, 2, 28))
LICENCES = np.array([None, date(2024, 12, 31), date(2025, 6, 30), date(2026, 12, 31)], dtype="datetime64[D]")


def agencies_of(enterprises: Columns, staffing: Staffing, seed: int) -> Columns:
    """The qualified ones first, in the order of the staffing, then those that do not pass."""
    rng, sizes = np.random.default_rng([seed, 3]), staffing.sizes
    province, sectors = _with_the_failed(staffing, rng)
    latitude, longitude = _seats(enterprises, province, rng)
    codes = np.array([one.code for one in PROVINCES], dtype=object)
    korean = np.array([one.korean for one in PROVINCES], dtype=object)
    numbers = np.array([f" {MARK}대로 {number}" for number in range(1, 500)], dtype=object)
    return {
        "agency_number": np.arange(1, sizes.applied + 1),
        "agency_id": uuids_of(seed, "agency", sizes.applied),
        "name": _names(sizes.applied, rng),
        "business_number": business_numbers(seed, sizes.applied, AGENCY_BUSINESS_NUMBERS),
        "sectors": texts(["|".join(np.array(SECTORS)[competent]) for competent in sectors]),
        "provinces": texts(["|".join(_provinces(int(own), rng)) for own in province]),
        "province": codes[province],
        "address": korean[province] + numbers[rng.integers(0, len(numbers), sizes.applied)],
        "latitude": latitude,
        "longitude": longitude,
        "applied_on": rng.choice(np.array(working_days(*APPLIED), dtype="datetime64[D]"), sizes.applied),
        "licence_until": LICENCES[rng.choice(len(LICENCES), sizes.applied, p=(0.3, 0.3, 0.2, 0.2))],
        "synthetic": always(True, sizes.applied),
        "is_qualified": np.arange(sizes.applied) < sizes.qualified,
    }  # fmt: skip


def inspections_of(agencies: Columns, seed: int) -> Columns:
    """Points for each criterion; one agency passes with exactly the pass mark and one fails a point below it."""
    rng = np.random.default_rng([seed, 4])
    passed = agencies["is_qualified"]
    score = np.where(passed, rng.integers(PASS_MARK, 93, len(passed)), rng.integers(38, PASS_MARK, len(passed)))
    score[0], score[~passed] = PASS_MARK, np.minimum(score[~passed], PASS_MARK - 1)
    if not passed.all():
        score[np.argmin(passed)] = PASS_MARK - 1
    moved = rng.integers(-2, 3, len(passed))
    staff = np.round(score * 0.40).astype(np.int64) + moved
    delivery = np.round(score * 0.30).astype(np.int64) - moved
    accidents = np.floor(score * 0.15).astype(np.int64)
    return {
        "agency_id": agencies["agency_id"],
        "inspected_on": rng.choice(np.array(working_days(*INSPECTED), dtype="datetime64[D]"), len(passed)),
        "staff_capability": staff,
        "earlier_delivery": delivery,
        "accident_record": accidents,
        "equipment": score - staff - delivery - accidents,
        "score": score,
        "synthetic": always(True, len(passed)),
    }  # fmt: skip


def _with_the_failed(staffing: Staffing, rng: np.random.Generator) -> tuple[Places, Truths]:
    failed = staffing.sizes.applied - staffing.sizes.qualified
    province = rng.choice(len(PROVINCES), failed, p=[one.share for one in PROVINCES])
    sectors = SETS[rng.choice(len(SETS), failed)]
    return np.concatenate([staffing.province, province]), np.concatenate([staffing.sectors, sectors])


def _seats(enterprises: Columns, province: Places, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Where agencies have their office: each next to some site of its province."""
    latitude, longitude = np.empty(len(province)), np.empty(len(province))
    for position, one in enumerate(PROVINCES):
        here = np.flatnonzero(province == position)
        sites = sites_in(enterprises, one.code)
        chosen = sites[rng.integers(0, len(sites), len(here))]
        latitude[here], longitude[here] = chosen[:, 0], chosen[:, 1]
    return latitude, longitude


def sites_in(enterprises: Columns, province: str) -> Numbers:
    """Latitude and longitude of every site in a province, or of its districts' centres where there is none."""
    there = enterprises["province"] == province
    if not there.any():
        return np.array([(one.latitude, one.longitude) for one in districts() if one.province == province])
    return np.column_stack([enterprises["latitude"][there], enterprises["longitude"][there]])


def _names(agencies: int, rng: np.random.Generator) -> Texts:
    stems = np.array(STEMS, dtype=object)[rng.integers(0, len(STEMS), agencies)]
    ends = np.array(["안전기술원", "산업안전", "안전보건센터", "재해예방원"], dtype=object)[
        rng.integers(0, 4, agencies)
    ]
    return texts([f"{MARK}-{stem}{end}" for stem, end in zip(stems, ends, strict=True)])


def _provinces(own: int, rng: np.random.Generator) -> list[str]:
    """Everywhere for one in five; otherwise its own province with some or all of the neighbours."""
    is_everywhere, is_all, chances = rng.random() < 0.2, rng.random() < 0.4, rng.random(len(PROVINCES))
    if is_everywhere:
        return []
    home = PROVINCES[own]
    near = [code for code, chance in zip(home.neighbours, chances, strict=False) if is_all or chance < 0.4]
    return sorted([home.code, *near])

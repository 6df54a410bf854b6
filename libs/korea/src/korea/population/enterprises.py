"""The enterprises of a synthetic population: those that the press release means, and some that it does not.

Columns: enterprise_number, enterprise_id, name, business_number, industry_code, industry_code_system, sector,
headcount, contract_value_won, risk, open_from, open_until, closed_weekdays, preferred_weekdays, province, district,
address, latitude, longitude, synthetic, is_targeted.
"""

from dataclasses import dataclass

import numpy as np

from korea.population.columns import Columns, Places, Texts, always, unless
from korea.population.identity import MARK, business_numbers, uuids_of
from korea.population.industries import (
    CODE_SYSTEM,
    INDUSTRIES,
    RISK_SHARES,
    RISKS,
    SECTOR_SHARES,
    SECTORS,
    STEMS,
    TILTS,
)
from korea.population.model import Programme
from korea.population.towns import settle, towns
from korea.population.works import works_periods
from korea.provinces import PROVINCES

UNTARGETED_SHARE = 0.06
KINDS = ("targeted", "over the limit", "farming", "mining", "no contract value")
OUTSIDE = (KINDS.index("farming"), KINDS.index("mining"))
UNTARGETED_KINDS = (0.70, 0.12, 0.05, 0.13)  # of the untargeted: over the limit, farming, mining, no contract value
MOST_HEADS = {"manufacturing": 10, "service": 50}
CONTRACT_LIMIT_WON = 100_000_000
CLOSED = np.array([None, "mon", "sat", "wed", "mon|tue"], dtype=object)
PREFERRED = np.array([None, "tue", "thu", "tue|thu", "fri"], dtype=object)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What decides everything else about each enterprise: its kind (position in KINDS), sector and industry."""

    kind: Places
    sector: Texts
    code: Texts
    ending: Texts


def enterprises_of(programme: Programme, seed: int) -> Columns:
    """The programme's target in enterprises that qualify, and about six in a hundred more that do not, shuffled."""
    rng = np.random.default_rng([seed, 1])
    extra = round(programme.target_enterprises * UNTARGETED_SHARE)
    sites = programme.target_enterprises + extra
    kind = np.zeros(sites, dtype=np.int64)
    kind[:extra] = rng.choice(np.arange(1, len(KINDS)), extra, p=UNTARGETED_KINDS)
    rng.shuffle(kind)
    places, province = _places(sites, rng)
    return _companies(_drawn(kind, province, rng), programme, seed, rng) | places | {
        "synthetic": always(True, sites),
        "is_targeted": kind == 0,
    }  # fmt: skip


def _places(sites: int, rng: np.random.Generator) -> tuple[Columns, Places]:
    """The columns that say where each site is, and its province's position."""
    town, latitude, longitude = settle(sites, rng)
    province = towns().province[town]
    return {
        "province": np.array([one.code for one in PROVINCES], dtype=object)[province],
        "district": towns().district[town],
        "address": _addresses(town, rng),
        "latitude": latitude,
        "longitude": longitude,
    }, province


def _companies(drawn: _Drawn, programme: Programme, seed: int, rng: np.random.Generator) -> Columns:
    """The columns that say who each enterprise is and when it may be visited."""
    sites = len(drawn.kind)
    opens, closes = works_periods(programme, drawn.sector == "construction", rng)
    return {
        "enterprise_number": np.arange(1, sites + 1),
        "enterprise_id": uuids_of(seed, "enterprise", sites),
        "name": _names(drawn.ending, rng),
        "business_number": business_numbers(seed, sites),
        "industry_code": drawn.code,
        "industry_code_system": always(CODE_SYSTEM, sites),
        "sector": unless(np.isin(drawn.kind, OUTSIDE), drawn.sector),
        "headcount": _headcounts(drawn, rng),
        "contract_value_won": _contract_values(drawn, rng),
        "risk": _risks(drawn.sector, rng),
        "open_from": opens,
        "open_until": closes,
        "closed_weekdays": CLOSED[rng.choice(len(CLOSED), sites, p=(0.96, 0.02, 0.01, 0.005, 0.005))],
        "preferred_weekdays": PREFERRED[rng.choice(len(PREFERRED), sites, p=(0.95, 0.02, 0.01, 0.01, 0.01))],
    }


def _drawn(kind: Places, province: Places, rng: np.random.Generator) -> _Drawn:
    chances = np.array([TILTS.get(one.code, (1.0, 1.0, 1.0)) for one in PROVINCES]) * SECTOR_SHARES
    steps = np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)[province]
    sector = np.array(SECTORS, dtype=object)[np.minimum((rng.random((len(kind), 1)) > steps).sum(axis=1), 2)]
    sector[kind == KINDS.index("farming")] = "farming"
    sector[kind == KINDS.index("mining")] = "mining"
    sector[kind == KINDS.index("no contract value")] = "construction"
    code, ending = np.empty_like(sector), np.empty_like(sector)
    for name, industries in INDUSTRIES.items():
        here = np.flatnonzero(sector == name)
        picked = rng.choice(len(industries), len(here), p=[one.share for one in industries])
        code[here] = np.array([one.code for one in industries], dtype=object)[picked]
        ending[here] = np.array([one.ending for one in industries], dtype=object)[picked]
    return _Drawn(kind, sector, code, ending)


def _names(ending: Texts, rng: np.random.Generator) -> Texts:
    stems = np.array(STEMS, dtype=object)[rng.integers(0, len(STEMS), len(ending))]
    before = np.array([f"{MARK}-", f"{MARK}-(주)", f"(주){MARK}-"], dtype=object)[rng.integers(0, 3, len(ending))]
    return before + stems + ending


def _addresses(town: Places, rng: np.random.Generator) -> Texts:
    numbers = np.array([f" {MARK}로 {number}" for number in range(1, 2_000)], dtype=object)
    return towns().address[town] + numbers[rng.integers(0, len(numbers), len(town))]


def _headcounts(drawn: _Drawn, rng: np.random.Generator) -> Places:
    """Small ones are many; the limit itself is among them on both sides: 10 and 11, 50 and 51."""
    most = np.select([drawn.sector == sector for sector in MOST_HEADS], list(MOST_HEADS.values()), 30)
    small = 1 + np.floor(rng.random(len(most)) ** 1.6 * most).astype(np.int64)
    large = most + 1 + np.floor(rng.random(len(most)) ** 3 * 150).astype(np.int64)
    is_over = (drawn.kind == KINDS.index("over the limit")) & (drawn.sector != "construction")
    return np.where(is_over, large, small)


def _contract_values(drawn: _Drawn, rng: np.random.Generator) -> Texts:
    """Won, for construction alone; the limit itself is not targeted, one won less is."""
    sites = len(drawn.kind)
    under = 10_000 * rng.integers(300, CONTRACT_LIMIT_WON // 10_000, sites)
    under[rng.random(sites) < 0.01] = CONTRACT_LIMIT_WON - 1
    over = CONTRACT_LIMIT_WON + 10_000 * np.floor(rng.random(sites) ** 2 * 500_000).astype(np.int64)
    over[rng.random(sites) < 0.05] = CONTRACT_LIMIT_WON
    unknown = (drawn.sector != "construction") | (drawn.kind == KINDS.index("no contract value"))
    return unless(unknown, np.where(drawn.kind == KINDS.index("over the limit"), over, under))


def _risks(sector: Texts, rng: np.random.Generator) -> Places:
    risk = RISKS[rng.choice(len(RISKS), len(sector), p=RISK_SHARES[0])]
    for name, shares in zip(SECTORS[1:], RISK_SHARES[1:], strict=True):
        here = np.flatnonzero(sector == name)
        risk[here] = RISKS[rng.choice(len(RISKS), len(here), p=shares)]
    return risk

"""`anjeon plan what-if`: the programme as it is and as it might be, side by side."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from scheduling.bar import progress
from scheduling.commands.terminal import BadInput, answers, place_of, read, read_planned, say
from scheduling.planfiles import telling
from scheduling.planfiles.facts import PROVINCE_NUMBERS, Reading
from scheduling.planfiles.plans import day_of
from scheduling.planfiles.shortages import BY_ANYONE, BY_THE_NEAREST, certificate, certificate_as_json
from scheduling.planfiles.telling import World
from scheduling.planner import pipeline
from scheduling.planner.difference import difference
from scheduling.planner.measures import measure
from scheduling.planner.model import Facts
from scheduling.planner.shortfall import certify
from scheduling.planner.waiting import Season, season_of
from scheduling.planner.whatif import Question, around, changed, of_province

WORTH_A_PROCESS = 20_000
"""Enterprises from which planning takes longer than starting a second interpreter."""


def what_if(facts: Path, planned: Path | None, wish: dict[str, Any]) -> None:
    """Compares both worlds, planned from nothing or around the plan at hand."""
    here, there = _asked(facts, planned, wish)
    one, other = worlds(here, there)
    change = difference(here, one.plan.visits, other.plan.visits, there)
    proof = certify(there)
    if wish["as_json"]:
        compared = telling.comparison_as_json(one, other, change)
        say(compared | {"certificate": certificate_as_json(proof)})
        return
    console = answers()
    telling.comparison(console, one, other, change)
    by_whom = BY_THE_NEAREST if wish["province"] else BY_ANYONE
    certificate(console, proof, len(other.plan.unscheduled.site), by_whom)


def _dates(wish: dict[str, Any]) -> dict[str, str]:
    """What the programme's window would be instead."""
    asked = {"window_until": wish["until"], "window_from": None if wish["suspend"] else wish["since"]}
    return {name: said.date().isoformat() for name, said in asked.items() if said}


def _question(reading: Reading, wish: dict[str, Any]) -> Question:
    since, agency = wish["since"], wish["suspend"]
    dates = reading.facts.calendar.dates
    first = int(np.searchsorted(dates, since.toordinal())) if since and agency else 0
    if first >= len(dates):
        raise BadInput(
            f"--from {since:%Y-%m-%d}이(가) 사업의 마지막 날보다 늦습니다. 더 이른 날을 적으십시오.",
            f"--from {since:%Y-%m-%d} lies after the last day of the programme. Say an earlier day.",
        )
    return Question(
        managers_more=wish["managers"],
        stops_more=wish["visits_a_day"],
        suspended=place_of(agency, reading.names.agencies, "agency") if agency else None,
        suspended_from=first,
        risk_weight=wish["risk_weight"],
    )


def _asked(facts: Path, planned: Path | None, wish: dict[str, Any]) -> tuple[Facts, Facts]:
    """The facts here and there, with the visits of the plan at hand that stand in them."""
    reading = read(facts)
    question, dates = _question(reading, wish), _dates(wish)
    here, there = reading.facts, changed(read(facts, dates).facts if dates else reading.facts, question)
    new_days = np.setdiff1d(there.calendar.dates, here.calendar.dates)
    question = replace(question, has_new_days=bool(len(new_days)))
    before = read_planned(planned, reading).plan.visits if planned else None
    if wish["province"]:
        number = _province(wish["province"], is_planned=before is not None)
        return of_province(here, number), of_province(there, number)
    if before is None:
        return here, there
    moved = replace(before, day=day_of(there.calendar, before.date))
    return around(here, question, before), around(there, question, moved)


def _province(code: str, *, is_planned: bool) -> int:
    if is_planned:
        raise BadInput(
            "한 시도에 대한 질문은 처음부터 계획합니다. PLANNED를 빼십시오.",
            "A question about one province is planned from nothing: leave PLANNED away.",
        )
    if code not in PROVINCE_NUMBERS:
        among = ", ".join(PROVINCE_NUMBERS)
        raise BadInput(
            f"--province {code}은(는) 없는 시도입니다. 쓸 수 있는 코드: {among}.",
            f"--province {code} is none. Say one of {among}.",
        )
    return PROVINCE_NUMBERS[code]


def worlds(here: Facts, there: Facts) -> tuple[World, World]:
    """Both worlds planned and measured; large ones at the same time, each by its own process."""
    season = season_of(here, there)
    if len(here.sites) < WORTH_A_PROCESS:
        with progress() as tell:
            return _world(here, season, tell), _world(there, season, tell)
    with ProcessPoolExecutor(1, get_context("spawn")) as other_process:
        one = other_process.submit(_world, here, season)
        with progress() as tell:
            other = _world(there, season, tell)
            return one.result(), other


def _world(facts: Facts, season: Season, tell: pipeline.Progress | None = None) -> World:
    made = pipeline.plan(facts, progress=tell)
    return World(made, measure(facts, made, season))

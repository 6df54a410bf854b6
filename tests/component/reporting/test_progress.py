"""What is counted: the nation, its provinces, sectors and weeks."""

import csv
import io
import json
from datetime import date
from typing import Any

from reporting.api.board import Board

SPRING, SUMMER = date(2023, 4, 19), date(2023, 6, 21)


async def progress(office: Any) -> Any:
    return (await office.get("/api/progress")).json()


def two_sites(log: Any) -> None:
    log.open_programme(target=4)
    for name, province in (("bakery", "KR-11"), ("garage", "KR-26")):
        log.enterprise(name, province=province)
        log.decision(name, sector="service")
        for ordinal, on in ((1, SPRING), (2, SUMMER)):
            log.visit(name, ordinal, "scheduled", on)


async def test_an_empty_read_model_says_that_nothing_was_heard(reporting: Any) -> None:
    document = await progress(await reporting())
    assert document["programme"] is None
    assert document["newest_fact_at"] is None
    assert document["weeks"] == []


async def test_a_site_visited_twice_is_a_share_of_the_target(reporting: Any, log: Any) -> None:
    office = await reporting()
    two_sites(log)
    log.visit("bakery", 1, "completed", SPRING)
    log.visit("bakery", 2, "completed", SUMMER)
    log.visit("garage", 1, "completed", SPRING)
    await office.hear(log.said)
    document = await progress(office)
    nation = document["nation"]
    assert (nation["targeted"], nation["scheduled"], nation["visited_once"], nation["visited_twice"]) == (2, 2, 2, 1)
    assert (nation["visits_completed"], nation["visits_waiting"]) == (3, 1)
    assert (nation["hazards_found"], nation["hazards_removed"]) == (12, 9)
    assert document["share"] == 0.25
    assert {part["code"]: part["share"] for part in document["provinces"]} == {"KR-11": 1, "KR-26": 0}


async def test_enterprises_of_a_real_list_are_told_from_those_made_up(reporting: Any, log: Any) -> None:
    office = await reporting()
    log.open_programme(target=4)
    log.enterprise("bakery", is_synthetic=True)
    log.enterprise("garage")
    log.enterprise("mill", is_synthetic=True)
    log.enterprise("mill", "changed", is_synthetic=False)
    await office.hear(log.said)
    nation = (await progress(office))["nation"]
    assert (nation["registered"], nation["synthetic"]) == (3, 1)


async def test_weeks_are_koreas_and_their_shares_add_up(reporting: Any, log: Any) -> None:
    office = await reporting()
    two_sites(log)
    log.visit("bakery", 1, "completed", SPRING)
    log.visit("bakery", 2, "completed", SUMMER)
    await office.hear(log.said)
    weeks = {week["week"]: week for week in (await progress(office))["weeks"]}
    assert (weeks["2023-W16"]["begins_on"], weeks["2023-W16"]["completed"], weeks["2023-W16"]["waiting"]) == (
        "2023-04-17",
        1,
        1,
    )
    assert (weeks["2023-W15"]["share_visited_once"], weeks["2023-W24"]["share_visited_once"]) == (0, 0.25)
    assert (weeks["2023-W24"]["share"], weeks["2023-W52"]["share"]) == (0, 0.25)


async def test_an_attempt_is_never_counted_as_done(reporting: Any, log: Any) -> None:
    office = await reporting()
    two_sites(log)
    log.visit("bakery", 1, "missed", SPRING)
    await office.hear(log.said)
    nation = (await progress(office))["nation"]
    assert (nation["visits_missed"], nation["visits_completed"], nation["visited_once"]) == (1, 0, 0)


async def test_a_visit_heard_of_before_its_enterprise_is_counted_and_finds_its_province_later(
    reporting: Any, log: Any
) -> None:
    office = await reporting()
    log.open_programme(target=4)
    log.visit("bakery", 1, "completed", SPRING)
    await office.hear(log.said)
    document = await progress(office)
    assert document["nation"]["visits_completed"] == 1
    assert [part["code"] for part in document["provinces"]] == [None]
    log.enterprise("bakery", province="KR-41")
    await office.hear(log.said[-1:])
    assert [part["code"] for part in json.loads(await office.document())["provinces"]] == ["KR-41"]


async def test_a_site_that_closes_unvisited_leaves_the_target_and_a_visited_one_stays(reporting: Any, log: Any) -> None:
    office = await reporting()
    two_sites(log)
    log.visit("bakery", 1, "completed", SPRING)
    log.enterprise("bakery", "closed")
    log.enterprise("garage", "closed")
    await office.hear(log.said)
    nation = (await progress(office))["nation"]
    assert (nation["closed"], nation["eligible"], nation["targeted"]) == (2, 2, 1)


async def test_high_risk_sites_wait_until_they_are_visited(reporting: Any, log: Any) -> None:
    office = await reporting()
    log.open_programme()
    for name in ("furnace", "scaffold"):
        log.enterprise(name, risk=9)
        log.decision(name)
    log.visit("furnace", 1, "completed", SPRING, risk_after=6)
    await office.hear(log.said)
    nation = (await progress(office))["nation"]
    assert (nation["high_risk"], nation["high_risk_waiting"], nation["high_risk_left"]) == (2, 1, 1)


async def test_the_table_to_take_away_adds_up_to_the_nation(reporting: Any, year: Any) -> None:
    office = await reporting()
    await office.hear(year().said)
    nation = (await progress(office))["nation"]
    rows = list(csv.DictReader(io.StringIO((await office.get("/api/progress.csv?lang=en")).text.removeprefix("﻿"))))
    for figure in ("registered", "targeted", "visited_twice", "visits_completed", "hazards_removed"):
        assert sum(int(row[figure]) for row in rows) == nation[figure]
    assert {row["synthetic"] for row in rows} == {"1"}
    korean = (await office.get("/api/progress.csv")).text
    assert "서울특별시" in korean


async def test_a_document_that_did_not_change_is_not_sent_again(reporting: Any, log: Any) -> None:
    office = await reporting()
    two_sites(log)
    await office.hear(log.said)
    changes = Board(office.pool).changes(None)
    first = await anext(changes)
    assert first is not None
    assert await anext(changes) is None
    log.visit("bakery", 1, "completed", SPRING)
    await office.hear(log.said[-1:])
    second = await anext(changes)
    while second is None:
        second = await anext(changes)
    assert second.progress.nation.visits_completed == 1
    await changes.aclose()


async def test_agencies_suspended_and_managers_gone_are_those_of_the_newest_facts_day(
    reporting: Any, year: Any
) -> None:
    office = await reporting()
    await office.hear(year().said)
    document = await progress(office)
    assert (document["agencies"]["qualified"], document["agencies"]["suspended"]) == (6, 2)
    assert (document["managers_trained"], document["managers_left"]) == (6, 1)


async def test_a_programme_that_changed_is_shown_as_it_is_now(reporting: Any, log: Any) -> None:
    office = await reporting()
    log.open_programme()
    opened = log.said[-1].fact.model_dump()
    log.say("registry.programme.changed", **{**opened, "window_until": "2023-12-22", "changed_on": "2023-09-05"})
    await office.hear(log.said[::-1])
    assert (await progress(office))["programme"]["window_until"] == "2023-12-22"

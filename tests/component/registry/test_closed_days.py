"""Days on which an enterprise is closed: handed in by file, said with its state, and refused where they are none."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from events.contracts.envelope import Fact

Said = Callable[[], Awaitable[list[tuple[Fact, int]]]]
Send = Callable[..., Awaitable[dict[str, Any]]]
Row = Callable[..., dict[str, object]]
SPAN, DAYS = "2023-08-01..2023-08-03", tuple(date(2023, 8, day) for day in (1, 2, 3))


def days_said(facts: list[tuple[Any, int]]) -> list[tuple[str, tuple[date, ...], int]]:
    return [(type(fact).__name__, fact.closed_days, version) for fact, version in facts]


async def test_closed_days_are_said_with_the_state_and_again_when_they_change(
    send: Send, enterprise_row: Row, said: Said, officer: httpx.AsyncClient
) -> None:
    for days in (SPAN, "2023-08-02 | 2023-08-03|2023-08-01", "2023-08-01", ""):
        await send("enterprises", [enterprise_row(1, closed_days=days)])
    assert days_said(await said()) == [
        ("EnterpriseRegistered", DAYS, 1),
        ("EnterpriseChanged", DAYS[:1], 2),
        ("EnterpriseChanged", (), 3),
    ]
    await send("enterprises", [enterprise_row(1, closed_days=SPAN)])
    shown = (await officer.get(f"/enterprises/{UUID(int=1)}")).json()
    assert shown["closed_days"] == [str(day) for day in DAYS]


async def test_a_file_without_the_column_leaves_the_days_that_are_known(
    send: Send, enterprise_row: Row, said: Said
) -> None:
    await send("enterprises", [enterprise_row(1, closed_days=SPAN)])
    other = {name: cell for name, cell in enterprise_row(1, headcount=30).items() if name != "closed_days"}
    await send("enterprises", [other])
    assert days_said(await said())[1:] == [("EnterpriseChanged", DAYS, 2)]


async def test_a_day_that_is_none_is_named_by_row_and_column_in_both_languages(
    send: Send, enterprise_row: Row, officer: httpx.AsyncClient
) -> None:
    rows = [enterprise_row(1, closed_days=SPAN), enterprise_row(2, closed_days="2023-08-01|2023-13-01")]
    result = await send("enterprises", rows)
    assert (result["refused"], result["outcomes"]) == (1, {"registered": 1})
    (refused,) = csv.DictReader(io.StringIO((await officer.get(result["refused_csv"])).content.decode("utf-8-sig")))
    assert (refused["row_number"], refused["refused_columns"]) == ("3", "closed_days")
    assert "날짜" in refused["reason_ko"]
    assert "2023-13-01" in refused["reason_en"]

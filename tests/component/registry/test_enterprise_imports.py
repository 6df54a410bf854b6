"""Enterprises by file: nothing lost, nothing doubled, bad rows beside good ones."""

import csv
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from events.contracts.envelope import Fact
from events.contracts.registry import EnterpriseChanged, EnterpriseClosed, EnterpriseRegistered
from events.transport.db import Pool

Said = Callable[[], Awaitable[list[tuple[Fact, int]]]]
Send = Callable[..., Awaitable[dict[str, Any]]]
Row = Callable[..., dict[str, object]]
LISTED = """\
자료생성년월,사업장명,사업자등록번호,사업장가입상태코드 1 등록 2 탈퇴,사업장도로명상세주소,사업장지번상세주소,\
법정동주소광역시도코드,법정동주소광역시시군구코드,사업장업종코드,사업장업종코드명,탈퇴일자,가입자수
2025-06,(주))합성개발,502812,1,대구광역시 동구 화랑로108길,대구광역시 동구 용계동,27,140,452102,유리 및 창호 공사업,,6
2025-06,(주)합성철강,504813,1,,대구광역시 달성군 다사읍,27,710,514220,1차 금속제품 도매업,,7
2025-06,합성정밀,504198,1,대구광역시 북구 3공단로43길,대구광역시 북구 노원동3가,27,230,292903,주형 및 금형 제조업,,4
"""


async def test_the_same_file_twice_doubles_nothing(send: Send, enterprise_row: Row, said: Said) -> None:
    rows = [enterprise_row(number) for number in range(1, 40)]
    first, second = await send("enterprises", rows), await send("enterprises", rows)
    assert (first["outcomes"], second["outcomes"]) == ({"registered": 39}, {"unchanged": 39})
    assert [(type(fact), version) for fact, version in await said()] == [(EnterpriseRegistered, 1)] * 39


async def test_what_changed_and_what_closed_is_said_once_with_the_next_version(
    send: Send, enterprise_row: Row, said: Said
) -> None:
    await send("enterprises", [enterprise_row(number) for number in range(1, 6)])
    month = [enterprise_row(1, headcount=30), enterprise_row(2, closed_on="2023-06-01"), enterprise_row(3)]
    results = [await send("enterprises", month, on="2023-06-02") for _ in range(2)]
    assert [result["outcomes"] for result in results] == [
        {"unchanged": 1, "changed": 1, "closed": 1},
        {"unchanged": 3},
    ]
    changed, closed = (await said())[5:]
    assert isinstance(changed[0], EnterpriseChanged)
    assert (changed[0].headcount, str(changed[0].changed_on), changed[1]) == (30, "2023-06-02", 2)
    assert isinstance(closed[0], EnterpriseClosed)
    assert (str(closed[0].closed_on), closed[1]) == ("2023-06-01", 2)


async def test_a_closed_enterprise_that_is_listed_again_opens_with_the_next_version(
    send: Send, enterprise_row: Row, said: Said
) -> None:
    for closed_on in ("", "2023-06-01", ""):
        await send("enterprises", [enterprise_row(1, closed_on=closed_on)])
    assert [(type(fact), version) for fact, version in await said()] == [
        (EnterpriseRegistered, 1),
        (EnterpriseClosed, 2),
        (EnterpriseChanged, 3),
    ]


@pytest.mark.parametrize("order", [1, -1])
async def test_an_enterprise_listed_as_open_and_as_closed_is_open_whichever_comes_first(
    send: Send, enterprise_row: Row, said: Said, order: int
) -> None:
    rows = [enterprise_row(1), enterprise_row(1, closed_on="2023-06-01")][::order]
    for _ in range(3):
        await send("enterprises", rows)
    assert [type(fact) for fact, _ in await said()] == [EnterpriseRegistered]


async def test_bad_rows_are_named_and_their_neighbours_taken(
    send: Send, enterprise_row: Row, officer: httpx.AsyncClient, pool: Pool
) -> None:
    rows = [enterprise_row(number) for number in range(1, 21)]
    rows[3] |= {"headcount": "many", "risk": "12"}
    rows[7] |= {"business_number": "050-00-20238"}
    rows[9] |= {"name": '"합성, ""하나"""', "enterprise_id": "no id"}
    rows[12] = enterprise_row(1, headcount=99)
    result = await send("enterprises", rows)
    assert (result["refused"], result["outcomes"]) == (4, {"registered": 16})
    assert await pool.fetchval("select count(*) from enterprise") == 16
    download = await officer.get(result["refused_csv"])
    refused = list(csv.DictReader(io.StringIO(download.content.decode("utf-8-sig"))))
    assert [row["row_number"] for row in refused] == ["5", "9", "11", "14"]
    assert [row["refused_columns"] for row in refused] == [
        "headcount|risk",
        "business_number",
        "enterprise_id",
        "name|business_number",
    ]
    assert refused[2]["name"] == '합성, "하나"'
    assert "정수" in refused[0]["reason_ko"]
    assert "line 2" in refused[3]["reason_en"]


async def test_the_refused_rows_can_be_mended_and_sent_in_as_they_are(
    send: Send, enterprise_row: Row, officer: httpx.AsyncClient, pool: Pool
) -> None:
    result = await send("enterprises", [enterprise_row(1), enterprise_row(2, headcount="many")])
    mended = (await officer.get(result["refused_csv"])).text.replace("many", "7")
    again = await send("enterprises", mended)
    assert (again["outcomes"], again["refused"], again["ignored_columns"]) == ({"registered": 1}, 0, [])
    assert await pool.fetchval("select count(*) from enterprise") == 2


async def test_a_dry_run_says_what_would_come_and_changes_nothing(
    send: Send, enterprise_row: Row, said: Said, pool: Pool
) -> None:
    await send("enterprises", [enterprise_row(1), enterprise_row(2)])
    rows = [enterprise_row(1, headcount=40), enterprise_row(2), enterprise_row(3), enterprise_row(4, risk="x")]
    tried = await send("enterprises", rows, dry_run=True)
    assert (tried["outcomes"], tried["refused"]) == ({"changed": 1, "unchanged": 1, "registered": 1}, 1)
    assert await pool.fetchval("select count(*) from enterprise") == 2
    assert len(await said()) == 2


async def test_the_pension_services_list_is_taken_in_either_encoding(send: Send, said: Said, pool: Pool) -> None:
    first = await send("enterprises", LISTED.replace("\n", "\r\n").encode("cp949"))
    again = await send("enterprises", LISTED.encode("utf-8-sig"))
    assert (first["form"], first["encoding"], first["outcomes"]) == ("pension", "cp949", {"registered": 3})
    assert again["outcomes"] == {"unchanged": 3}
    facts = [fact for fact, _ in await said() if isinstance(fact, EnterpriseRegistered)]
    assert {(fact.industry_code_system, fact.province) for fact in facts} == {("NTS", "KR-27")}
    assert await pool.fetchval("select count(*) from enterprise where is_placed") == 3


async def test_next_months_list_updates_and_closes(send: Send, said: Said) -> None:
    await send("enterprises", LISTED)
    later = LISTED.replace("2025-06", "2025-07").replace("도매업,,7", "도매업,,9")
    later = later.replace("합성정밀,504198,1", "합성정밀,504198,2").replace("제조업,,4", "제조업,2025-07-01,0")
    result = await send("enterprises", later, on="2025-08-01")
    assert result["outcomes"] == {"unchanged": 1, "changed": 1, "closed": 1}
    assert [type(fact) for fact, _ in (await said())[3:]] == [EnterpriseChanged, EnterpriseClosed]


async def test_a_workplace_that_left_before_it_was_ever_listed_is_counted_and_not_said(send: Send, said: Said) -> None:
    result = await send("enterprises", LISTED.replace("합성정밀,504198,1", "합성정밀,504198,2"))
    assert result["outcomes"] == {"registered": 2, "unknown_closed": 1}
    assert len(await said()) == 2


async def test_one_list_does_not_wipe_out_what_another_knows(send: Send, said: Said) -> None:
    await send("enterprises", LISTED)
    own = (
        "name,business_number,industry_code,industry_code_system,district,address,contract_value_won\n"
        "(주))합성개발,502-81-20000,452102,NTS,27140,대구광역시 동구 화랑로108길,90000000\n"
    )
    number = next(f"50281{last:05d}" for last in range(20_000, 30_000) if _is_valid(f"50281{last:05d}"))
    added = await send("enterprises", own.replace("502-81-20000", number))
    again = await send("enterprises", LISTED.replace("창호 공사업,,6", "창호 공사업,,8"))
    assert (added["outcomes"], again["outcomes"]) == ({"changed": 1}, {"changed": 1, "unchanged": 2})
    last = (await said())[-1][0]
    assert isinstance(last, EnterpriseChanged)
    assert (last.headcount, last.contract_value_won) == (8, 90_000_000)


def _is_valid(digits: str) -> bool:
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return (total + int(digits[8]) * 5 // 10 + int(digits[9])) % 10 == 0


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"a,b\n1,2\n", "lacks"), ("이름".encode("utf-16"), "UTF-16"), (b"x" * 80_000, "too long")],
)
async def test_a_file_that_is_no_table_of_enterprises_is_refused_whole(
    officer: httpx.AsyncClient, content: bytes, word: str
) -> None:
    refused = await officer.post("/enterprises/import", content=content)
    assert (refused.status_code, word in refused.json()["detail"]) == (422, True)
    assert refused.json()["detail_ko"]


async def test_a_form_upload_is_told_to_send_the_file_itself(officer: httpx.AsyncClient) -> None:
    refused = await officer.post("/enterprises/import", files={"file": ("a.csv", b"a,b\n")})
    assert refused.status_code == 415


async def test_an_import_can_be_watched_while_it_runs(
    officer: httpx.AsyncClient, enterprise_row: Row, send: Send
) -> None:
    import_id = str(uuid4())
    seen: list[dict[str, Any]] = []
    rows = [",".join(map(str, enterprise_row(number).values())) + "\n" for number in range(18_000)]
    parts = ["".join(rows[at : at + 6_000]).encode() for at in range(0, 18_000, 6_000)]
    header = (",".join(enterprise_row(1)) + "\n").encode()

    async def slowly() -> AsyncGenerator[bytes]:
        yield header
        for part in parts:
            yield part
            seen.append((await officer.get(f"/imports/{import_id}")).json())

    done = await officer.post("/enterprises/import", content=slowly(), params={"import_id": import_id})
    assert [one["state"] for one in seen] == ["running"] * 3
    assert [one["rows"] for one in seen] == [5_000, 10_000, 15_000]
    assert (done.json()["rows"], done.json()["state"]) == (18_000, "done")
    again = await officer.post("/enterprises/import", content=header + b"".join(parts), params={"import_id": import_id})
    assert again.json() == done.json()
    assert [one["import_id"] for one in (await officer.get("/imports")).json()] == [import_id]

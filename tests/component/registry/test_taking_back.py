"""A registry restored to an older state takes back what it said, says nothing twice, and goes on from there."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from events.contracts.envelope import KNOWN, Envelope, Received
from events.contracts.registry import AgencyQualified, ManagerTrained
from events.transport.db import Pool
from events.transport.outbox import transaction
from events.transport.rounds import rounds
from registry.handlers import RECALLS

Body = Callable[..., dict[str, Any]]
DAYS = ("2023-04-04", "2023-04-05", "2023-04-06", "2023-04-11")
POINTS = {"staff_capability": 28, "earlier_delivery": 21, "accident_record": 11, "equipment": 10}
TODAY = {"on": "2023-06-12"}
TABLES = ("programme", "agency", "suspension", "manager", "enterprise")


class Register:
    """The register and whom it speaks of, with what the log has of it."""

    def __init__(self, pool: Pool, officer: httpx.AsyncClient, agency: dict[str, Any], manager: dict[str, Any]) -> None:
        self.pool = pool
        self.officer = officer
        self.agency = agency
        self.manager = manager

    async def send(self, method: str, path: str, body: Any, **query: str) -> str:
        answer = await self.officer.request(method, path, json=body, params=query)
        assert answer.status_code < 300, answer.text
        return answer.json()["outcome"]

    async def qualify(self) -> None:
        agency_id = self.agency["agency_id"]
        await self.send("POST", "/agencies", self.agency)
        await self.send("POST", "/inspections", {"agency_id": agency_id, "inspected_on": "2023-02-06", **POINTS})

    async def train(self) -> None:
        await self.send("POST", "/managers", self.manager)
        for day in DAYS:
            said = {"manager_id": self.manager["manager_id"], "day": day, "attended": True}
            await self.send("POST", "/attendance", said)

    async def facts(self) -> list[Received[Any]]:
        rows = await self.pool.fetch("select * from transport.outbox order by number")
        return [
            Received(
                KNOWN[row["type"]].model_validate_json(row["payload"]),
                Envelope(
                    *(row["id"], row["type"], row["source"], row["subject"], row["time"], int(row["sequence"])),
                    *(row["aggregateid"], row["correlationid"]),
                ),
            )
            for row in rows
        ]

    async def take_back(self, facts: list[Received[Any]]) -> None:
        async with transaction(self.pool) as tx:
            for kind, batch in rounds(facts):
                await RECALLS[kind](tx, batch)

    async def state(self) -> dict[str, list[dict[str, Any]]]:
        without = {"template_digest", "pension_digest"}
        return {
            table: [
                {name: value for name, value in row.items() if name not in without}
                for row in await self.pool.fetch(f"select * from {table} order by 1, 2")
            ]
            for table in TABLES
        }

    async def forgotten(self) -> dict[str, Any]:
        return (await self.officer.get("/forgotten")).json()

    async def newest(self, kind: type[Any]) -> Received[Any]:
        return [received for received in await self.facts() if isinstance(received.fact, kind)][-1]


@pytest.fixture
async def register(
    pool: Pool, officer: httpx.AsyncClient, programme: str, agency_body: Body, manager_body: Body
) -> Register:
    assert programme
    agency = agency_body()
    return Register(pool, officer, agency, manager_body(agency["agency_id"]))


async def mid_year(register: Register, send: Any, enterprise_row: Body) -> None:
    """Everything that can be said, once."""
    agency_id, manager_id = register.agency["agency_id"], register.manager["manager_id"]
    await register.qualify()
    await register.train()
    order = {"from": "2023-06-19", "until": "2023-07-18", "reason": "false_reports"}
    await register.send("POST", f"/agencies/{agency_id}/suspension", order, **TODAY)
    await register.send("POST", f"/agencies/{agency_id}/reinstatement", {"from": "2023-07-03"}, **TODAY)
    await register.send("PUT", f"/managers/{manager_id}/leave", {"days": ["2023-08-01"]})
    await register.send("POST", f"/managers/{manager_id}/departure", {"on": "2023-11-01"})
    [programme] = (await register.officer.get("/programmes")).json()
    path = f"/programmes/{programme['programme_id']}/changes"
    await register.send("POST", path, {"holidays_added": ["2023-10-02"]}, **TODAY)
    days = {6: "2023-08-01..2023-08-04"}
    await send("enterprises", [enterprise_row(number, closed_days=days.get(number, "")) for number in range(1, 7)])
    await send("enterprises", [enterprise_row(1, headcount=40), enterprise_row(2, closed_on="2023-06-30")])


async def test_what_is_known_stands_as_it_was_said_however_often(
    register: Register, send: Any, enterprise_row: Body
) -> None:
    await mid_year(register, send, enterprise_row)
    facts, before = await register.facts(), await register.state()
    await register.pool.execute("delete from suspension")
    await register.pool.execute("update agency set status = 'applied', version = 1")
    await register.pool.execute("update manager set trained_on = null, left_on = null, leave_days = '{}', version = 0")
    await register.pool.execute("update programme set standing = terms, version = 1")
    await register.pool.execute(
        "update enterprise set headcount = 1, closed_days = '{}', is_closed = false, version = 0"
    )
    for _ in range(2):
        await register.take_back(facts)
    assert await register.state() == before
    assert await register.facts() == facts
    assert await register.forgotten() == {"enterprises_without_a_name": 0, "forgotten": []}


async def test_whoever_is_not_known_is_named_and_goes_on_from_their_version_when_handed_in_again(
    register: Register, send: Any, enterprise_row: Body
) -> None:
    await mid_year(register, send, enterprise_row)
    facts, enterprises = await register.facts(), (await register.state())["enterprise"]
    versions = {received.envelope.subject: received.envelope.sequence for received in facts}
    await register.pool.execute("truncate programme, agency, inspection, suspension, manager, attendance, enterprise")
    for _ in range(2):
        await register.take_back(facts)
    named = await register.forgotten()
    assert named["enterprises_without_a_name"] == 5
    assert [(one["kind"], one["said"]) for one in named["forgotten"]] == [
        ("agency", "registry.agency.reinstated.v1"),
        ("manager", "registry.manager.left.v1"),
        ("programme", None),
    ]
    for before, after in zip(enterprises, (await register.state())["enterprise"], strict=True):
        assert {**before, "name": "", "business_number": "", "address": ""} == after
    await register.qualify()
    await register.train()
    qualified, trained = await register.newest(AgencyQualified), await register.newest(ManagerTrained)
    assert qualified.envelope.sequence > versions[register.agency["agency_id"]]
    assert trained.envelope.sequence > versions[register.manager["manager_id"]]
    await send("enterprises", [enterprise_row(number) for number in (1, 3, 4, 5, 6)])
    again = (await register.state())["enterprise"]
    assert {row["name"] for row in again if not row["is_closed"]} == {f"합성-가람{n}" for n in (1, 3, 4, 5, 6)}
    named = await register.forgotten()
    assert (named["enterprises_without_a_name"], [one["kind"] for one in named["forgotten"]]) == (0, ["programme"])


async def test_a_programme_that_was_read_back_learns_from_its_file_how_agencies_are_inspected(
    register: Register, officer: httpx.AsyncClient
) -> None:
    facts = await register.facts()
    [shown] = (await officer.get("/programmes")).json()
    await register.pool.execute("truncate programme cascade")
    await register.take_back(facts)
    file = {**shown, "inspection": {**shown["inspection"], "pass_mark": 65}}
    other = await officer.post("/programmes", json=file | {"visits_a_day": 5})
    assert other.status_code == 409
    assert (await officer.post("/programmes", json=file)).json()["outcome"] == "unchanged"
    [standing] = (await officer.get("/programmes")).json()
    assert standing == file
    assert await register.facts() == facts
    assert (await register.forgotten())["forgotten"] == []

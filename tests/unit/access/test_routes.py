"""Routes: who is let in, what the others are told, and that no route forgets to say."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from httpx import ASGITransport, AsyncClient, Response

from access.caller import Caller
from access.keys import Keys
from access.routes import (
    TOKEN_COOKIE,
    OpenRouteError,
    allowed,
    allowed_for_the_nation,
    assert_every_route_names_its_callers,
    guard,
    open_to_anyone,
)

KEYS = Keys.generate()
Officer = Annotated[Caller, Depends(allowed("officer", "service"))]


def visits(caller: Officer) -> dict[str, str]:
    return {"seen_by": caller.subject}


def is_up() -> dict[str, bool]:
    return {"is_up": True}


def answer_nothing() -> None: ...


def app_with_routes() -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.get("/visits")(visits)
    app.post("/visits")(visits)
    app.get("/health")(open_to_anyone("probes carry no token")(is_up))
    return app


def client_of(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://test")


@pytest.fixture
def client() -> AsyncClient:
    app = app_with_routes()
    guard(app, KEYS.public)
    return client_of(app)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_an_allowed_role_gets_in_and_the_route_knows_who_it_is(client: AsyncClient) -> None:
    answer = await client.get("/visits", headers=bearer(KEYS.token("officer", subject="kim")))
    assert (answer.status_code, answer.json()) == (200, {"seen_by": "kim"})


def problem_of(answer: Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert all(said[part] for part in ("title", "title_ko", "detail", "detail_ko"))
    return answer.status_code, said["type"].rpartition(":")[2]


async def test_without_a_token_the_answer_is_401_and_says_what_to_send(client: AsyncClient) -> None:
    answer = await client.get("/visits")
    assert problem_of(answer) == (401, "token-missing")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "Authorization: Bearer" in answer.json()["detail_ko"]
    assert answer.json()["instance"] == "/visits"


async def test_an_expired_or_foreign_token_is_401(client: AsyncClient) -> None:
    expired, foreign = KEYS.token("officer", subject="kim", hours=-1), Keys.generate().token("officer", subject="kim")
    assert problem_of(await client.get("/visits", headers=bearer(expired))) == (401, "token-expired")
    assert problem_of(await client.get("/visits", headers=bearer(foreign))) == (401, "token-refused")


async def test_another_role_is_403_and_is_told_which_roles_do(client: AsyncClient) -> None:
    answer = await client.get("/visits", headers=bearer(KEYS.token("operator", subject="park")))
    assert problem_of(answer) == (403, "role-not-allowed")
    assert "officer | service" in answer.json()["detail"]


async def test_what_is_of_the_whole_country_is_not_for_who_is_bound_to_provinces() -> None:
    app = FastAPI(openapi_url=None)
    app.get("/plans", dependencies=[Depends(allowed_for_the_nation("officer"))])(answer_nothing)
    guard(app, KEYS.public)
    bound, other, everywhere = (
        KEYS.token("officer", subject="kim", provinces=("KR-11",)),
        KEYS.token("operator", subject="park", provinces=("KR-11",)),
        KEYS.token("officer", subject="lee"),
    )
    assert problem_of(await client_of(app).get("/plans", headers=bearer(bound))) == (403, "nation-wide")
    assert problem_of(await client_of(app).get("/plans", headers=bearer(other))) == (403, "role-not-allowed")
    assert (await client_of(app).get("/plans", headers=bearer(everywhere))).status_code == 200


async def test_a_marked_route_is_open(client: AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"is_up": True}


async def test_a_cookie_reads_but_never_changes_anything(client: AsyncClient) -> None:
    client.cookies.set(TOKEN_COOKIE, KEYS.token("officer", subject="kim"))
    assert (await client.get("/visits")).status_code == 200
    assert problem_of(await client.post("/visits")) == (401, "token-missing")


def forgetful_route(app: FastAPI) -> None:
    app.get("/forgot")(answer_nothing)


def forgetful_router(app: FastAPI) -> None:
    router = APIRouter()
    router.get("/forgot")(answer_nothing)
    app.include_router(router, prefix="/in")


def forgetful_mount(app: FastAPI) -> None:
    inner = FastAPI(openapi_url=None)
    inner.get("/forgot")(answer_nothing)
    app.mount("/in", inner)


def forgetful_socket(app: FastAPI) -> None:
    async def stream(websocket: Any) -> None:
        await websocket.close()

    app.add_api_websocket_route("/forgot", stream)


def plain_route(app: FastAPI) -> None:
    async def anything(request: Any) -> Any:
        return request

    app.add_route("/forgot", anything)


@pytest.mark.parametrize(
    "forget",
    [forgetful_route, forgetful_router, forgetful_mount, forgetful_socket, plain_route],
    ids=lambda f: f.__name__,
)
def test_an_app_with_a_route_that_names_no_callers_does_not_start(forget: Any) -> None:
    app = app_with_routes()
    forget(app)
    with pytest.raises(OpenRouteError, match="/forgot"):
        guard(app, KEYS.public)


def test_the_pages_of_fastapi_are_routes_too() -> None:
    with pytest.raises(OpenRouteError, match=r"/openapi\.json"):
        assert_every_route_names_its_callers(FastAPI())


def test_what_cannot_be_marked_is_listed_with_its_reason() -> None:
    app = app_with_routes()
    forgetful_mount(app)
    assert_every_route_names_its_callers(app, {"/in/forgot": "static files of the page"})


async def test_a_router_may_name_the_callers_of_all_its_routes() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter(dependencies=[Depends(allowed("officer"))])
    router.get("/inside")(answer_nothing)
    app.include_router(router)
    guard(app, KEYS.public)
    assert (await client_of(app).get("/inside")).status_code == 401


def test_an_open_route_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        open_to_anyone(" ")

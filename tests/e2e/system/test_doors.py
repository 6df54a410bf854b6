"""Every door of every running service: nobody without a token comes in, unless a route is named open."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from access.routes import MARK
from eligibility.main import build as eligibility
from eligibility.settings import Settings as EligibilitySettings
from registry.main import build as registry
from registry.settings import Settings as RegistrySettings
from reporting.main import build as reporting
from reporting.settings import Settings as ReportingSettings
from scheduling.main import build as scheduling
from scheduling.settings import Settings as SchedulingSettings

pytestmark = pytest.mark.timeout(400)
OPEN = {"/health/live", "/health/ready", "/metrics"}
"""What the hosting adds: for the orchestrator and for Prometheus, which have no token; no figures of the programme."""
TEXTS = {"service": "eligibility", "code": "KR-11", "kind": "agencies"}


def app_of(service: str, public_keys: Path) -> FastAPI:
    """The app as the running process has made it."""
    settings = {"database_url": "postgresql://nowhere", "http_port": 1, "access_keys": public_keys}
    apps = {
        "registry": lambda: registry(RegistrySettings.model_validate(settings)),
        "eligibility": lambda: eligibility(EligibilitySettings.model_validate(settings)),
        "scheduling": lambda: scheduling(SchedulingSettings.model_validate(settings)),
        "reporting": lambda: reporting(ReportingSettings.model_validate(settings)),
    }
    return apps[service]().app


def routes_of(app: FastAPI) -> list[tuple[str, str, bool]]:
    """Method and path of each route, and whether anyone may call it."""
    found: list[tuple[str, str, bool]] = []
    for route in iter_route_contexts(list(app.routes)):
        if isinstance(route.original_route, Mount):
            continue
        path = re.sub(r"{(\w+)[^}]*}", lambda name: TEXTS.get(name[1], str(UUID(int=1))), route.path or "")
        found += [(method, path, hasattr(route.endpoint, MARK)) for method in sorted(route.methods or ())]
    return found


@pytest.mark.parametrize("service", ["registry", "eligibility", "scheduling", "reporting"])
async def test_every_route_refuses_who_has_no_token_unless_it_is_named_open(service: str, system: Any) -> None:
    routes = routes_of(app_of(service, system.folder / "home" / "access.public.pem"))
    assert len(routes) >= 3
    for method, path, is_open in routes:
        if is_open:
            continue
        answer = await system.ask(service, path, method=method)
        assert answer.status_code == 401, f"{method} {path} answers {answer.status_code} {answer.text[:200]}"
        if method != "HEAD":
            problem = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"title_ko", "title_en"} & set(problem) or problem["title"]


@pytest.mark.parametrize("service", ["registry", "eligibility", "scheduling", "reporting"])
async def test_a_token_that_is_none_opens_nothing(service: str, system: Any) -> None:
    address = f"http://127.0.0.1:{system.stack.port(service)}"
    routes = routes_of(app_of(service, system.folder / "home" / "access.public.pem"))
    closed = next(path for method, path, is_open in routes if method == "GET" and not is_open)
    strangers = type(system.keys).generate().token("officer", subject="a stranger")
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        for token in ("x.y.z", strangers, strangers + "x"):
            answer = await client.get(closed, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 401


@pytest.mark.parametrize("service", ["registry", "eligibility", "scheduling", "reporting"])
async def test_health_and_metrics_are_open_and_say_nothing_of_the_programme(service: str, system: Any) -> None:
    for path in OPEN:
        answer = await system.ask(service, path)
        assert answer.status_code == 200
        assert "postgresql://" not in answer.text

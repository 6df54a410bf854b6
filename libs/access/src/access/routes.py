"""Routes name their callers: dependencies for FastAPI, and the check that no route forgets to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Mount

from access.caller import Caller, Role
from access.keys import PublicKeys
from access.problems import NATION_WIDE, NO_TOKEN, NOT_ALLOWED, RefusedError, refusal
from access.tokens import caller_of

TOKEN_COOKIE = "anjeon_token"  # noqa: S105 - the name of a cookie, no secret
MARK = "__open_to_anyone__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class OpenRouteError(RuntimeError):
    """Routes that say neither who may call them nor that anyone may: the service does not start."""


class Allowed:
    """A dependency that lets callers of certain roles in, and gives the caller to the route."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self.roles = roles

    async def __call__(self, connection: HTTPConnection) -> Caller:
        """The caller, or 401 or 403."""
        caller = caller_of(_token_of(connection), connection.app.state.public_keys)
        if set(self.roles).isdisjoint(caller.roles):
            raise RefusedError(NOT_ALLOWED, self.roles)
        return caller


def allowed(role: Role, *more: Role) -> Allowed:
    """`Annotated[Caller, Depends(allowed("officer", "agency"))]`: the roles that may call a route."""
    return Allowed((role, *more))


class AllowedForTheNation(Allowed):
    """Lets in only those of its roles whose token names no provinces: for what cannot be narrowed to some."""

    async def __call__(self, connection: HTTPConnection) -> Caller:
        """The caller, or 401 or 403."""
        caller = await super().__call__(connection)
        if caller.provinces:
            raise RefusedError(NATION_WIDE)
        return caller


def allowed_for_the_nation(role: Role, *more: Role) -> AllowedForTheNation:
    """As `allowed`, for what is of the whole country."""
    return AllowedForTheNation((role, *more))


def open_to_anyone(reason: str) -> Callable[[Endpoint], Endpoint]:
    """Marks a route that needs no token, and says why; goes between the route's decorator and its function."""
    if not reason.strip():
        raise ValueError("a route that is open to anyone needs a reason")

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, MARK, reason)
        return endpoint

    return mark


def guard(app: FastAPI, keys: PublicKeys, open_paths: Mapping[str, str] | None = None) -> None:
    """Gives an app its public keys and its refusals; done last, for now every route must name its callers."""
    app.state.public_keys = keys
    app.add_exception_handler(RefusedError, refusal)
    assert_every_route_names_its_callers(app, open_paths)


def assert_every_route_names_its_callers(app: FastAPI, open_paths: Mapping[str, str] | None = None) -> None:
    """Refuses an app with a route that forgot; `open_paths`: path and reason of what cannot be marked (mounts)."""
    forgot = sorted(set(_unnamed(app.routes, "")) - set(open_paths or {}))
    if forgot:
        raise OpenRouteError(
            f"these routes do not say who may call them: {', '.join(forgot)}; "
            "add Depends(allowed(...)) or @open_to_anyone(reason)"
        )


def _unnamed(routes: Iterable[BaseRoute], prefix: str) -> Iterator[str]:
    for route in iter_route_contexts(list(routes)):
        path = f"{prefix}{route.path or ''}" or repr(route.original_route)
        if isinstance(route.original_route, Mount) and route.original_route.routes:
            yield from _unnamed(route.original_route.routes, path)
        elif not _names_its_callers(route):
            yield path


def _names_its_callers(route: RouteContext) -> bool:
    if hasattr(route.endpoint, MARK):
        return True
    dependant = getattr(route, "dependant", None)
    return isinstance(dependant, Dependant) and any(isinstance(call, Allowed) for call in _calls(dependant))


def _calls(dependant: Dependant) -> Iterator[object]:
    for needed in dependant.dependencies:
        yield needed.call
        yield from _calls(needed)


def _token_of(connection: HTTPConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    # A page's links and event streams cannot set headers. Changes must, or another site could ask for them.
    if connection.scope.get("method") in ("GET", "HEAD") and TOKEN_COOKIE in connection.cookies:
        return connection.cookies[TOKEN_COOKIE]
    raise RefusedError(NO_TOKEN)

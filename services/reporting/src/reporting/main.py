"""Puts the service together: its settings, its door, and what it hears."""

from fastapi import FastAPI

from access.keys import PublicKeys, read_public_keys
from access.routes import guard
from events.transport.hosting import Service
from reporting.api import freshness, page, progress, scoped
from reporting.handlers import HEARS
from reporting.settings import Settings


def door(keys: PublicKeys) -> FastAPI:
    """The HTTP door; `state.pool` must be given before it is used."""
    app = FastAPI(title="Anjeon reporting", openapi_url=None)
    app.include_router(progress.router)
    app.include_router(freshness.router)
    app.include_router(scoped.router)
    page.add_page(app)
    guard(app, keys, {page.ASSETS: "the page's files: no figures in them"})
    return app


def build(settings: Settings | None = None) -> Service:
    """The service; settings come from the environment unless they are given."""
    known = settings or Settings()  # pyright: ignore[reportCallIssue] - pydantic-settings reads the environment
    return Service("reporting", known, door(read_public_keys(known.access_keys)), HEARS)

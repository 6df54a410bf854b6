"""Puts eligibility together: settings, rules, door and handlers."""

from fastapi import FastAPI

from access.keys import read_public_keys
from access.routes import guard
from eligibility.api import routes
from eligibility.handlers import RECALLS, hears
from eligibility.rules import read_rules
from eligibility.settings import Settings
from events.transport.hosting import Service


def build(settings: Settings | None = None) -> Service:
    """The service; settings come from the environment unless given."""
    settings = settings or Settings()  # pyright: ignore[reportCallIssue] - the environment fills in what is required
    rules = read_rules(settings.rules_file)
    app = FastAPI(title="eligibility", openapi_url=None)
    app.include_router(routes(rules))
    guard(app, read_public_keys(settings.access_keys))
    return Service("eligibility", settings, app, hears(rules), RECALLS)

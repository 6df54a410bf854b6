"""Puts the registry together: settings and door; it hears nothing but, after a restore, itself."""

from access.keys import read_public_keys
from access.routes import guard
from events.transport.hosting import Service
from registry.api import open_door
from registry.handlers import RECALLS
from registry.settings import Settings


def build(settings: Settings | None = None) -> Service:
    """The service; settings come from the environment unless given."""
    settings = settings or Settings()  # pyright: ignore[reportCallIssue] - the environment fills in what is required
    app = open_door()
    guard(app, read_public_keys(settings.access_keys))
    return Service("registry", settings, app, recalls=RECALLS)

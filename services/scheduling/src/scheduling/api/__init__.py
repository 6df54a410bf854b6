"""The HTTP door: plans for officers, visits and reports for agencies and managers."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from access.keys import PublicKeys
from access.routes import guard
from scheduling.api import pins, plans, reports, visits, wishes
from scheduling.api.problems import not_understood


def door(keys: PublicKeys) -> FastAPI:
    """The app with every route, each naming its callers."""
    app = FastAPI(title="scheduling", docs_url=None, redoc_url=None, openapi_url=None)
    for part in (plans, reports, visits, wishes, pins):
        app.include_router(part.router)
    app.add_exception_handler(RequestValidationError, not_understood)
    guard(app, keys)
    return app
